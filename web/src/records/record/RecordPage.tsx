// A record of any type in three zones: its fields, what happened, what hangs on it.
import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Tabs } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { IconTrash } from '@tabler/icons-react';
import { lazy, Suspense, useEffect } from 'react';
import { isPerson, isScored, useCatalog } from '@/api/catalog';
import { Problem } from '@/api/client';
import { noteWritten, recordKeys, recordQuery, removeRecord, restoreRecord } from '@/api/records';
import type { ObjectType, RecordData } from '@/api/wire';
import { Failure } from '@/ui/ErrorBoundary';
import { type Command, useCommands } from '@/ui/keyboard';
import { NotFound } from '@/ui/NotFound';
import { noteRecent } from '@/ui/recent';
import { say, sayProblem } from '@/ui/toast';
import { Waiting } from '@/ui/Waiting';
import { FieldList } from './FieldList';
import { Header } from './Header';
import { History } from './History';
import { Related } from './Related';
import { RelatedList } from './RelatedList';
import { useSteps } from './steps';
import { relatedOf, tabsOf, type TabPart } from './tabs';
import { Timeline } from './Timeline';
import classes from './RecordPage.module.css';

const ScoreCards = lazy(() => import('../insight/ScoreCards'));

export default function RecordPage() {
  const { plural = '', id = '' } = useParams({ strict: false });
  const object = useCatalog().plural(plural);
  if (!object) return <NotFound />;
  return <Loaded key={`${plural}/${id}`} object={object} id={id} />;
}

function Loaded({ object, id }: { object: ObjectType; id: string }) {
  const record = useQuery(recordQuery(object, id));
  if (record.data) return <Page object={object} record={record.data} />;
  if (record.error instanceof Problem && [400, 404, 422].includes(record.error.status)) return <NotFound />;
  if (record.error) return <Failure error={record.error} retry={() => void record.refetch()} />;
  return <Waiting />;
}

function Page({ object, record }: { object: ObjectType; record: RecordData }) {
  const { t } = useLingui();
  const title = record.$title || (isPerson(object) ? t`Unknown customer` : record.id.slice(0, 8));
  const steps = useSteps(object, record);
  const bin = useBin(object, record, title);
  useEffect(() => {
    document.title = `${title} · ${object.label.one} · Rapport`;
    noteRecent({ object: object.name, plural: object.plural, id: record.id, title, subtitle: object.label.one });
  }, [title, object, record.id]);
  const group = object.label.one;
  const commands: (Command | false | undefined)[] = [
    steps.next && { id: 'record:next', label: t`Next in the list`, group, keys: ['mod+ArrowDown', 'j'], listed: true, run: steps.next },
    steps.previous && { id: 'record:previous', label: t`Previous in the list`, group, keys: ['mod+ArrowUp', 'k'], listed: true, run: steps.previous },
    { id: 'record:back', label: t`Back to the list`, group, keys: ['Escape'], listed: true, run: steps.back },
    { id: 'record:edit', label: t`Edit the first field`, group, keys: ['e'], run: () => document.querySelector<HTMLElement>('[data-editable]')?.click() },
    object.may.remove && !bin.removed && { id: 'record:remove', label: t`Move to the bin`, group, listed: true, run: bin.remove },
    object.may.remove && bin.removed && { id: 'record:restore', label: t`Restore from the bin`, group, listed: true, run: bin.restore },
  ];
  useCommands(commands.filter((one): one is Command => Boolean(one)));

  return (
    <div className={classes.page}>
      <Header object={object} record={record} title={title} steps={steps} bin={bin} />
      {bin.removed && (
        <Alert className={classes.removed ?? ''} color="orange" variant="light" icon={<IconTrash size={16} />}>
          <span><Trans>This record is in the bin.</Trans></span>
          {object.may.remove && <Button size="compact-xs" variant="default" onClick={bin.restore}><Trans>Restore</Trans></Button>}
        </Alert>
      )}
      <Zones object={object} record={record} />
    </div>
  );
}

function Zones({ object, record }: { object: ObjectType; record: RecordData }) {
  const { t } = useLingui();
  const catalog = useCatalog();
  const navigate = useNavigate();
  const narrow = useMediaQuery('(max-width: 1100px)', undefined, { getInitialValueInEffect: false }) ?? false;
  const phone = useMediaQuery('(max-width: 760px)', undefined, { getInitialValueInEffect: false }) ?? false;
  const tabs = tabsOf(catalog, object, phone);
  const related = relatedOf(catalog, object, tabs[0]?.key);
  const { tab } = useSearch({ strict: false }) as { tab?: string };
  const current = tabs.find((one) => one.key === tab) ?? tabs[0];
  const show = (key: string | null) =>
    void navigate({
      to: '/$plural/$id', params: { plural: object.plural, id: record.id }, replace: true,
      search: key && key !== tabs[0]?.key ? { tab: key } : {},
    });
  const scored = isScored(object);
  const beside = related.length > 0 || (scored && !narrow);
  const scores = scored && <Suspense fallback={null}><ScoreCards object={object} record={record} strip={narrow} /></Suspense>;
  return (
    <>
      {narrow && scores}
      <div className={classes.zones} data-related={beside && !narrow ? true : undefined}>
        {!phone && <aside className={classes.fields} aria-label={t`Fields`}><FieldList object={object} record={record} /></aside>}
        <div className={classes.middle}>
          <Tabs value={current?.key ?? null} onChange={show} className={classes.tabs ?? ''}>
            <Tabs.List aria-label={t`Parts of the record`}>
              {tabs.map((one) => <Tabs.Tab key={one.key} value={one.key}>{one.label}</Tabs.Tab>)}
            </Tabs.List>
            {tabs.map((one) => (
              <Tabs.Panel key={one.key} value={one.key} className={classes.panel ?? ''}>
                {one.key === current?.key && <Part part={one} object={object} record={record} />}
              </Tabs.Panel>
            ))}
          </Tabs>
        </div>
        {beside && (
          <aside className={classes.related} aria-label={t`Related records`}>
            {!narrow && scores}
            <Related relations={related} object={object} record={record} />
          </aside>
        )}
      </div>
    </>
  );
}

function Part({ part, object, record }: { part: TabPart; object: ObjectType; record: RecordData }) {
  switch (part.kind) {
    case 'timeline':
      return <Timeline object={object} record={record} />;
    case 'changes':
      return <History object={object} record={record} />;
    case 'fields':
      return <FieldList object={object} record={record} wide />;
    case 'relation':
      return <RelatedList relation={part.relation} object={object} record={record} />;
  }
}

export interface Bin {
  removed: boolean;
  remove: () => void;
  restore: () => void;
}

function useBin(object: ObjectType, record: RecordData, title: string): Bin {
  const { t } = useLingui();
  const client = useQueryClient();
  const key = recordKeys.one(object.plural, record.id);
  const read = async () => {
    await client.invalidateQueries({ queryKey: key });
    await client.invalidateQueries({ queryKey: recordKeys.lists(object.plural) });
    await client.invalidateQueries({ queryKey: recordKeys.history(object.plural, record.id) });
  };
  const restoreIt = async () => {
    noteWritten(client, object.plural, { ...(await restoreRecord(object.plural, record.id)), removed_at: null });
    await read();
  };
  return {
    removed: Boolean(record['removed_at']),
    remove: () => {
      removeRecord(object.plural, record.id, record.version)
        .then(async () => {
          say(t`${title} moved to the bin.`, restoreIt);
          await read();
        })
        .catch(sayProblem);
    },
    restore: () => {
      restoreIt().then(() => say(t`${title} restored.`)).catch(sayProblem);
    },
  };
}
