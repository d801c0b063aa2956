// Who changed what, from what to what, newest first.
import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { readHistory, recordKeys } from '@/api/records';
import { fieldOf } from '@/api/catalog';
import type { Change, ObjectType, RecordData } from '@/api/wire';
import { isEmpty, valueText } from '@/fields/values';
import { formatDay, formatTime } from '@/locale/format';
import { EmptyState } from '@/ui/EmptyState';
import { Failure } from '@/ui/ErrorBoundary';
import { RecordMark } from '@/ui/RecordMark';
import { useTitles } from './titles';
import { Waiting } from '@/ui/Waiting';
import classes from './History.module.css';

const PAGE = 50;

export function History({ object, record }: { object: ObjectType; record: RecordData }) {
  const history = useInfiniteQuery({
    queryKey: recordKeys.history(object.plural, record.id),
    queryFn: ({ pageParam, signal }) => readHistory(object.plural, record.id, pageParam, signal),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => (last.data.length < PAGE ? undefined : last.data.at(-1)?.version),
  });
  const titleOf = useTitles(namedIn(object, history.data?.pages.flatMap((page) => page.data) ?? []));
  if (history.isPending) return <Waiting />;
  if (history.error) return <Failure error={history.error} retry={() => void history.refetch()} />;
  const changes = history.data.pages.flatMap((page) => page.data);
  if (changes.length === 0) {
    return <EmptyState title={<Trans>No changes are kept for this record</Trans>}><Trans>It arrived with others in one batch and was not altered since.</Trans></EmptyState>;
  }
  return (
    <ol className={classes.history}>
      {changes.map((change, at) => (
        <Entry key={`${change.version}-${at}`} object={object} change={change} titleOf={titleOf}
          day={at === 0 || formatDay(change.at) !== formatDay(changes[at - 1]?.at ?? '')} />
      ))}
      {history.hasNextPage && (
        <li><Button variant="subtle" color="gray" loading={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}><Trans>Show older changes</Trans></Button></li>
      )}
    </ol>
  );
}

function namedIn(object: ObjectType, changes: Change[]) {
  return changes.flatMap((change) =>
    Object.entries(change.fields ?? {}).flatMap(([name, values]) => {
      const field = fieldOf(object, name);
      return field ? values.map((value) => ({ field, value })) : [];
    }),
  );
}

type TitleOf = ReturnType<typeof useTitles>;

function Entry({ object, change, day, titleOf }: { object: ObjectType; change: Change; day: boolean; titleOf: TitleOf }) {
  const { t } = useLingui();
  const actor = change.actor_name || change.actor || t`Rapport`;
  const fields = Object.entries(change.fields ?? {}).filter(([name]) => !['changed_at', 'changed_by', 'created_at', 'created_by', 'version', 'id'].includes(name));
  const created = change.kind.startsWith('create');
  const verbs: Record<string, string> = { created: t`created it`, create: t`created it`, removed: t`moved it to the bin`, remove: t`moved it to the bin`, restored: t`restored it`, restore: t`restored it` };
  return (
    <li>
      {day && <h3 className={classes.day}>{formatDay(change.at)}</h3>}
      <div className={classes.entry}>
        <RecordMark id={change.actor ?? actor} title={actor} size={20} />
        <div className={classes.body}>
          <p className={classes.who}><b>{actor}</b> {verbs[change.kind] ?? (fields.length === 1 ? t`changed a field` : t`changed ${fields.length} fields`)} <time dateTime={change.at}>{formatTime(change.at)}</time></p>
          <ul className={classes.fields}>
            {fields.filter(([, [, to]]) => !created || !isEmpty(to)).map(([name, [from, to]]) => (
              <Altered key={name} object={object} name={name} from={created ? null : from} to={to} titleOf={titleOf} />
            ))}
          </ul>
        </div>
      </div>
    </li>
  );
}

function Altered({ object, name, from, to, titleOf }: { object: ObjectType; name: string; from: unknown; to: unknown; titleOf: TitleOf }) {
  const { t } = useLingui();
  const field = fieldOf(object, name);
  const said = (value: unknown) => (field && !isEmpty(value) ? valueText(field, value, titleOf(value)) : isEmpty(value) ? t`empty` : String(value));
  return (
    <li>
      <span className={classes.name}>{field?.label ?? name}</span>
      {!isEmpty(from) && <><del><bdi>{said(from)}</bdi></del><span aria-hidden> → </span></>}
      <ins><bdi>{said(to)}</bdi></ins>
    </li>
  );
}
