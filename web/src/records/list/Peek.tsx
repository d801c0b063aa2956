// The record under the cursor, looked at beside the list: j and k go on while it is open.
import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { IconArrowsDiagonal, IconX } from '@tabler/icons-react';
import { Suspense } from 'react';
import { isPerson, isScored } from '@/api/catalog';
import { recordQuery } from '@/api/records';
import type { ObjectType, RecordData } from '@/api/wire';
import { Failure } from '@/ui/ErrorBoundary';
import { RecordMark } from '@/ui/RecordMark';
import { Waiting } from '@/ui/Waiting';
import ScoreCards from '../insight/ScoreCards';
import { FieldList } from '../record/FieldList';
import { titleOf } from './Row';
import classes from './Peek.module.css';

// A key held down passes rows that nobody looks at.
const SETTLED_MS = 120;

export default function Peek({ object, record, waiting, onOpen, onClose }: {
  object: ObjectType;
  record: RecordData;
  // The row under the cursor is still being read; this is the one before.
  waiting: boolean;
  onOpen: () => void;
  onClose: () => void;
}) {
  const { t } = useLingui();
  const [id] = useDebouncedValue(record.id, SETTLED_MS);
  const shown = useQuery({ ...recordQuery(object, id), placeholderData: keepPreviousData });
  const { data } = shown;
  // The row tells the name at once; the fields follow.
  const title = record.$title || (isPerson(object) ? t`Unknown customer` : titleOf(record));
  // Fields of the record before stay to be looked at while the next come; they are not to be edited
  // under the next one's name.
  const stale = waiting || shown.isPlaceholderData || (data !== undefined && data.id !== record.id);
  return (
    <aside className={classes.peek} aria-label={t`Peek`} data-testid="peek" data-stale={stale || undefined}>
      <header className={classes.head}>
        {!object.torrent && <RecordMark id={record.id} title={title} round={isPerson(object)} size={22} />}
        <h2>
          <Link to="/$plural/$id" params={{ plural: object.plural, id: record.id }} onClick={onOpen}><bdi>{title}</bdi></Link>
        </h2>
        <ActionIcon aria-label={t`Open the record`} title={t`Open the record`} renderRoot={(props) => (
          <Link {...props} to="/$plural/$id" params={{ plural: object.plural, id: record.id }} onClick={onOpen} />
        )}>
          <IconArrowsDiagonal size={15} stroke={1.7} />
        </ActionIcon>
        <ActionIcon aria-label={t`Close`} title={t`Close`} onClick={onClose}><IconX size={16} /></ActionIcon>
      </header>
      <div className={classes.body} tabIndex={0} role="region" aria-label={t`Fields`} inert={stale} data-own-keys="Space">
        {shown.error && <Failure error={shown.error} retry={() => void shown.refetch()} />}
        {!data && !shown.error && <Waiting />}
        {data && isScored(object) && <Suspense fallback={null}><ScoreCards object={object} record={data} /></Suspense>}
        {data && <FieldList key={data.id} object={object} record={data} />}
      </div>
      <footer className={classes.foot}><Trans><kbd>J</kbd> <kbd>K</kbd> next and previous, <kbd>Space</kbd> closes</Trans></footer>
    </aside>
  );
}
