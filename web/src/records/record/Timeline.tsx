// What happened, newest first: contacts, orders, tasks and changes in one stream. Only what is in
// sight is drawn; older entries are read as one comes near them.
import { Trans, useLingui } from '@lingui/react/macro';
import { Chip, Loader } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { IconHistory } from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { fieldOf, useCatalog } from '@/api/catalog';
import { readTimeline, recordKeys } from '@/api/records';
import type { ObjectType, RecordData, TimelineEntry } from '@/api/wire';
import { kindOf } from '@/fields/kinds';
import { isEmpty, valueText } from '@/fields/values';
import { formatDay, formatInstant, formatTime } from '@/locale/format';
import { EmptyState } from '@/ui/EmptyState';
import { Failure } from '@/ui/ErrorBoundary';
import { ObjectIcon } from '@/ui/icons';
import { Waiting } from '@/ui/Waiting';
import { useTitles } from './titles';
import classes from './Timeline.module.css';

const CHANGE = 'change';
const OVERSCAN = 6;
const READ_AHEAD = 10;
const HEIGHT_GUESSED = 64;

type Item = { day: string } | TimelineEntry;

export function Timeline({ object, record }: { object: ObjectType; record: RecordData }) {
  const { t } = useLingui();
  const kinds = useKinds(object);
  const [chosen, setChosen] = useState<string[]>([]);
  const entries = useInfiniteQuery({
    queryKey: [...recordKeys.timeline(object.plural, record.id), chosen],
    queryFn: ({ pageParam, signal }) => readTimeline(object.plural, record.id, chosen, pageParam || undefined, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.page.after || undefined,
  });
  const items = useMemo(() => withDays(entries.data?.pages.flatMap((page) => page.data) ?? []), [entries.data]);
  return (
    <>
      <div className={classes.kinds} role="group" aria-label={t`Show`}>
        <Chip.Group multiple value={chosen} onChange={setChosen}>
          {kinds.map((kind) => <Chip key={kind.name} value={kind.name} size="xs" variant="outline">{kind.label}</Chip>)}
        </Chip.Group>
      </div>
      {entries.isPending && <Waiting />}
      {entries.error && <Failure error={entries.error} retry={() => void entries.refetch()} />}
      {entries.data && items.length === 0 && (
        <EmptyState icon={<IconHistory size={20} stroke={1.6} />} title={<Trans>Nothing has happened here yet</Trans>}>
          <Trans>Contacts, orders, tasks and changes will stand here, the newest first.</Trans>
        </EmptyState>
      )}
      {items.length > 0 && (
        <Stream items={items} more={entries.hasNextPage} busy={entries.isFetchingNextPage} onMore={() => void entries.fetchNextPage()} />
      )}
    </>
  );
}

// What may stand on this timeline: the types that say so and hang on this one, and changes.
function useKinds(object: ObjectType): { name: string; label: string }[] {
  const { t } = useLingui();
  const catalog = useCatalog();
  const linked = catalog.relations(object).filter((one) => one.object.timeline?.at);
  const kinds = [...new Map(linked.map(({ object: other }) => [other.name, other.label.many]))];
  return [...kinds.map(([name, label]) => ({ name, label })), { name: CHANGE, label: t`Changes` }];
}

function withDays(entries: TimelineEntry[]): Item[] {
  const items: Item[] = [];
  let last = '';
  for (const entry of entries) {
    const day = formatDay(entry.at);
    if (day !== last) items.push({ day });
    last = day;
    items.push(entry);
  }
  return items;
}

function Stream({ items, more, busy, onMore }: { items: Item[]; more: boolean; busy: boolean; onMore: () => void }) {
  const { t } = useLingui();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => ('day' in (items[at] as Item) ? 34 : HEIGHT_GUESSED),
    overscan: OVERSCAN,
  });
  const drawn = virtual.getVirtualItems();
  const last = drawn.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && !busy && last >= items.length - READ_AHEAD) onMore();
  }, [last, items.length, more, busy, onMore]);
  return (
    <div ref={scroller} className={classes.scroller} tabIndex={0} role="region" aria-label={t`Timeline`} aria-busy={busy} data-testid="timeline">
      <div className={classes.whole} style={{ blockSize: virtual.getTotalSize() }}>
        {drawn.map((place) => {
          const item = items[place.index] as Item;
          return (
            <div key={place.key} ref={virtual.measureElement} data-index={place.index} className={classes.place}
              style={{ transform: `translateY(${place.start}px)` }}>
              {'day' in item ? <h3 className={classes.day}>{item.day}</h3> : <Entry entry={item} />}
            </div>
          );
        })}
      </div>
      {busy && <div className={classes.busy}><Loader size="xs" color="gray" /></div>}
    </div>
  );
}

function Entry({ entry }: { entry: TimelineEntry }) {
  const catalog = useCatalog();
  const object = catalog.named(entry.object);
  return (
    <article className={classes.entry}>
      <span className={classes.icon}>{entry.kind === CHANGE ? <IconHistory size={15} stroke={1.6} aria-hidden /> : <ObjectIcon name={object?.icon} size={15} />}</span>
      <div className={classes.body}>
        <div className={classes.line}>
          {entry.kind === CHANGE ? <Changed entry={entry} object={object} /> : <Headline entry={entry} object={object} />}
          <time dateTime={entry.at} title={formatInstant(entry.at)} className={classes.time}>{formatTime(entry.at)}</time>
        </div>
        {entry.kind !== CHANGE && object && <Details entry={entry} object={object} />}
      </div>
    </article>
  );
}

function Headline({ entry, object }: { entry: TimelineEntry; object: ObjectType | undefined }) {
  const title = entry.title || object?.label.one || entry.kind;
  return (
    <span className={classes.headline}>
      {object && <span className={classes.kind}>{object.label.one}</span>}
      {object ? <Link to="/$plural/$id" params={{ plural: object.plural, id: entry.id }} className={classes.title ?? ''}><bdi>{title}</bdi></Link> : <bdi>{title}</bdi>}
    </span>
  );
}

function Details({ entry, object }: { entry: TimelineEntry; object: ObjectType }) {
  const shown = (object.timeline?.fields ?? []).flatMap((name) => {
    const field = fieldOf(object, name);
    const value = entry.fields?.[name];
    return field && name !== object.title && name !== object.timeline?.at && !isEmpty(value) ? [{ field, value }] : [];
  });
  const long = shown.filter(({ field }) => field.type === 'long_text');
  const short = shown.filter(({ field }) => field.type !== 'long_text');
  const titles = entry.fields?.['$titles'] as Record<string, string> | undefined;
  return (
    <>
      {short.length > 0 && (
        <p className={classes.details}>
          {short.map(({ field, value }) => {
            const { Show } = kindOf(field);
            return <span key={field.name} title={field.label}><Show field={field} value={value} title={titles?.[field.name]} quiet /></span>;
          })}
        </p>
      )}
      {long.map(({ field, value }) => <p key={field.name} className={classes.text} dir="auto">{String(value)}</p>)}
    </>
  );
}

// A change's fields are pairs of from and to; on the timeline a line is enough, the tab has it all.
function Changed({ entry, object }: { entry: TimelineEntry; object: ObjectType | undefined }) {
  const { t } = useLingui();
  const actor = entry.actor_name || t`Rapport`;
  const pairs = Object.entries(entry.fields ?? {}).flatMap(([name, pair]) => {
    const field = object && fieldOf(object, name);
    return field && Array.isArray(pair) && !field.system ? [{ field, to: pair[1] as unknown }] : [];
  });
  const verbs: Record<string, string> = {
    created: t`created the record`, removed: t`moved the record to the bin`, restored: t`restored the record`,
  };
  const titleOf = useTitles(verbs[entry.title ?? ''] ? [] : pairs.map(({ field, to }) => ({ field, value: to })));
  const verb = verbs[entry.title ?? ''];
  if (verb || pairs.length === 0) {
    return <span className={classes.changed}><b>{actor}</b> {verb ?? t`changed the record`}</span>;
  }
  return (
    <span className={classes.changed}>
      <b>{actor}</b>{' '}
      {pairs.slice(0, 3).map(({ field, to }, at) => (
        <span key={field.name}>{at > 0 && ', '}{field.label} → <bdi>{isEmpty(to) ? t`empty` : valueText(field, to, titleOf(to))}</bdi></span>
      ))}
      {pairs.length > 3 && t` and ${pairs.length - 3} more`}
    </span>
  );
}
