// One row: our own, memoised on the record, because a list redraws with every scrolled pixel. Clicks
// and keys are handled once, by the list.
import { useLingui } from '@lingui/react/macro';
import { memo, type ReactNode } from 'react';
import { Link } from '@tanstack/react-router';
import { isPerson } from '@/api/catalog';
import type { Field, ObjectType, RecordData } from '@/api/wire';
import { kindOf } from '@/fields/kinds';
import { choiceOf, isEmpty } from '@/fields/values';
import { RecordMark } from '@/ui/RecordMark';
import classes from './Grid.module.css';

// Values on a card below the name.
const COMPACT_VALUES = 2;

export interface ShownColumn {
  path: string;
  field: Field;
  width: number;
}

interface Props {
  object: ObjectType;
  record: RecordData | undefined;
  index: number;
  columns: ShownColumn[];
  selected: boolean;
  active: boolean;
  activeColumn: number;
  flashing: boolean;
  compact: boolean;
  selectLabel: string;
  editor?: ReactNode;
}

export const Row = memo(function Row(props: Props) {
  const { record, index, active, selected, flashing, compact } = props;
  return (
    <div role="row" aria-rowindex={index + 2} id={`row-${index}`} data-row={index} className={classes.row}
      aria-selected={selected} data-active={active || undefined} data-flash={flashing || undefined}>
      {record ? (compact ? <CompactCells {...props} record={record} /> : <Cells {...props} record={record} />) : <Waiting {...props} />}
    </div>
  );
});

type Filled = Props & { record: RecordData };

function Cells({ object, record, columns, selected, active, activeColumn, selectLabel, editor }: Filled) {
  return (
    <>
      <div role="gridcell" className={classes.check} data-check>
        <input type="checkbox" checked={selected} readOnly tabIndex={-1} aria-label={`${selectLabel} ${titleOf(record)}`} />
      </div>
      {columns.map((column, at) => (
        <div key={column.path} role="gridcell" data-column={at} data-on={(active && at === activeColumn) || undefined}
          data-end={kindOf(column.field).align === 'end' || undefined} className={classes.cell}>
          {active && at === activeColumn && editor ? editor : <Cell object={object} record={record} column={column} />}
        </div>
      ))}
    </>
  );
}

function Cell({ object, record, column }: { object: ObjectType; record: RecordData; column: ShownColumn }) {
  if (column.path === object.title) return <TitleLink object={object} record={record} />;
  return isEmpty(record[column.path]) ? null : <Value column={column} record={record} />;
}

function Value({ record, column }: { record: RecordData; column: ShownColumn }) {
  const { Show } = kindOf(column.field);
  return <Show field={column.field} value={record[column.path]} title={record.$titles?.[column.path]} quiet />;
}

function TitleLink({ object, record }: { object: ObjectType; record: RecordData }) {
  const { t } = useLingui();
  const unknown = !record.$title && isPerson(object);
  const title = unknown ? t`Unknown customer` : titleOf(record);
  return (
    <Link to="/$plural/$id" params={{ plural: object.plural, id: record.id }} className={classes.title ?? ''} data-unknown={unknown || undefined} tabIndex={-1}>
      {!object.torrent && <RecordMark id={record.id} title={unknown ? '?' : title} round={isPerson(object)} size={20} />}
      <bdi>{title}</bdi>
    </Link>
  );
}

// On a phone: the name, and below it the first values there are.
function CompactCells({ object, record, columns, selected, selectLabel }: Filled) {
  const filled = columns.filter((one) => one.path !== object.title && !isEmpty(record[one.path]));
  // Beside the name the sum, or the state that has a colour.
  const mark = filled.find((one) => one.field.type === 'money') ?? filled.find((one) => choiceOf(one.field, record[one.path])?.color);
  const others = filled.filter((one) => one !== mark).slice(0, COMPACT_VALUES);
  return (
    <>
      <div role="gridcell" className={classes.check} data-check>
        <input type="checkbox" checked={selected} readOnly tabIndex={-1} aria-label={`${selectLabel} ${titleOf(record)}`} />
      </div>
      <div role="gridcell" className={classes.card}>
        <span className={classes.cardHead}>
          <TitleLink object={object} record={record} />
          {mark && <Value column={mark} record={record} />}
        </span>
        <span className={classes.meta} data-plain={object.torrent || undefined}>
          {others.map((column) => <span key={column.path}><Value column={column} record={record} /></span>)}
        </span>
      </div>
    </>
  );
}

function Waiting({ columns, compact }: Props) {
  return (
    <>
      <div role="gridcell" className={classes.check} />
      {(compact ? columns.slice(0, 1) : columns).map((column, at) => (
        <div key={column.path} role="gridcell" className={classes.cell}><span className={classes.bone} data-at={at % 3} /></div>
      ))}
    </>
  );
}

export function titleOf(record: RecordData): string {
  return record.$title || record.id.slice(0, 8);
}
