// The list itself: a heading that stays, and as many rows as fit.
import { useLingui } from '@lingui/react/macro';
import { type CSSProperties, type MouseEvent, type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { mayEdit } from '@/api/catalog';
import type { ObjectType, RecordData } from '@/api/wire';
import { LazyEditor } from '../edit/LazyEditor';
import { HeadCell } from './HeadCell';
import type { ListActions } from './ListPage';
import { Row, type ShownColumn } from './Row';
import type { Rows } from './rows';
import type { Selection } from './selection';
import classes from './Grid.module.css';

export const HEAD = 32;
export const ROW = 34;
export const COMPACT_ROW = 60;
const CHECK_WIDTH = 38;

interface Props {
  object: ObjectType;
  columns: ShownColumn[];
  order: string;
  rows: Rows;
  drawn: { first: number; last: number; offset: number; height: number };
  scroller: RefObject<HTMLDivElement | null>;
  compact: boolean;
  selection: Selection;
  active: { row: number; column: number };
  editing: boolean;
  flashing: ReadonlySet<string>;
  actions: ListActions;
  children?: ReactNode;
}

export function Grid(props: Props) {
  const { t } = useLingui();
  const { object, columns, rows, drawn, compact, selection, active, actions } = props;
  const total = rows.total ?? 0;
  const [widths, setWidths] = useState<Record<string, number>>({});
  useEffect(() => setWidths({}), [columns]);
  const template = [`${CHECK_WIDTH}px`, ...columns.map((one) => `${widths[one.path] ?? one.width}px`), 'minmax(24px, 1fr)'].join(' ');
  const indexes = Array.from({ length: drawn.last - drawn.first }, (_, at) => drawn.first + at);
  const all = useAllState(selection, total);

  return (
    <div ref={props.scroller} className={classes.scroller} data-compact={compact || undefined} data-testid="scroller"
      role="grid" aria-label={object.label.many} aria-rowcount={total + 1} aria-multiselectable tabIndex={0}
      aria-activedescendant={indexes.includes(active.row) ? `row-${active.row}` : undefined}
      style={{ '--template': compact ? `${CHECK_WIDTH}px minmax(0, 1fr)` : template } as CSSProperties}
      onClick={(event) => onClick(event, props)} onDoubleClick={(event) => onDoubleClick(event, props)}>
      <div role="row" aria-rowindex={1} className={classes.head}>
        <div role="columnheader" className={classes.check}>
          <input ref={all} type="checkbox" aria-label={t`Select the rows shown`} checked={selection.size > 0} readOnly
            onClick={() => (selection.size > 0 ? actions.clearSelection() : actions.selectShown())} />
        </div>
        {!compact && columns.map((column, at) => (
          <HeadCell key={column.path} object={object} column={column} at={at} order={props.order} actions={actions}
            onWidth={(width) => setWidths((now) => ({ ...now, [column.path]: width }))} />
        ))}
        {compact && <div role="columnheader" className={classes.cell}>{object.label.one}</div>}
      </div>
      <div role="presentation" className={classes.body} style={{ blockSize: drawn.height }}>
        <div role="rowgroup" className={classes.window} style={{ transform: `translateY(${drawn.offset}px)` }}>
          {indexes.map((index) => (
            <DrawnRow key={index} index={index} record={rows.at(index)} {...props} />
          ))}
        </div>
      </div>
      {props.children}
    </div>
  );
}

function DrawnRow({ index, record, ...props }: Props & { index: number; record: RecordData | undefined }) {
  const { t } = useLingui();
  const { object, columns, active, selection, flashing, compact, editing, actions } = props;
  const isActive = active.row === index;
  const column = columns[active.column];
  const editor =
    editing && isActive && record && column && mayEdit(object, column.field) ? (
      <LazyEditor object={object} record={record} field={column.field} onDone={actions.stopEditing} />
    ) : undefined;
  return (
    <Row object={object} record={record} index={index} columns={columns} compact={compact}
      selected={record ? selection.has(record.id) : false} active={isActive} activeColumn={isActive ? active.column : -1}
      flashing={record ? flashing.has(record.id) : false} selectLabel={t`Select`} {...(editor && { editor })} />
  );
}

// A click means what it hits: the box selects, the name opens, another value takes the cursor.
function onClick(event: MouseEvent, { rows, compact, actions }: Props): void {
  const target = event.target as HTMLElement;
  if (target.closest('[data-editing]')) return;
  const row = target.closest<HTMLElement>('[data-row]');
  const index = Number(row?.dataset['row']);
  const record = row ? rows.at(index) : undefined;
  if (!record) return;
  if (target.closest('[data-check]')) {
    actions.select(index, record, event.shiftKey);
  } else if (target.closest('a')) {
    if (!event.ctrlKey && !event.metaKey && !event.shiftKey) actions.leaveTrail(index, record);
  } else if (compact) {
    actions.open(index, record);
  } else {
    const column = Number(target.closest<HTMLElement>('[data-column]')?.dataset['column'] ?? 0);
    actions.activate(index, column);
  }
}

function onDoubleClick(event: MouseEvent, { compact, actions }: Props): void {
  const cell = (event.target as HTMLElement).closest('[data-column]');
  if (cell && !compact && !(event.target as HTMLElement).closest('a, [data-editing]')) actions.edit();
}

function useAllState(selection: Selection, total: number) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) box.current.indeterminate = selection.size > 0 && selection.size < total;
  }, [selection, total]);
  return box;
}

