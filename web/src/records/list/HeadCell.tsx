import { useLingui } from '@lingui/react/macro';
import { UnstyledButton } from '@mantine/core';
import {
  IconArrowDown, IconArrowLeft, IconArrowRight, IconArrowUp, IconDots, IconEyeOff, IconFilter,
} from '@tabler/icons-react';
import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import type { ObjectType } from '@/api/wire';
import { kindOf } from '@/fields/kinds';
import { DropMenu } from '@/ui/DropMenu';
import type { ListActions } from './ListPage';
import type { ShownColumn } from './Row';
import { clampWidth, directionIn, nextOrder } from './state';
import classes from './Grid.module.css';

const STEP = 20;

interface Props {
  object: ObjectType;
  column: ShownColumn;
  at: number;
  order: string;
  actions: ListActions;
  onWidth: (width: number) => void;
}

export function HeadCell({ column, at, order, actions, onWidth }: Props) {
  const { t } = useLingui();
  const direction = directionIn(order, column.path);
  const sortable = isSortable(column);
  const Arrow = direction === 'down' ? IconArrowDown : IconArrowUp;
  return (
    <div role="columnheader" className={classes.headCell} draggable data-end={kindOf(column.field).align === 'end' || undefined}
      aria-sort={direction === 'up' ? 'ascending' : direction === 'down' ? 'descending' : undefined}
      onDragStart={(event) => event.dataTransfer.setData('text/x-column', column.path)}
      onDragOver={(event) => event.dataTransfer.types.includes('text/x-column') && event.preventDefault()}
      onDrop={(event) => actions.moveColumn(event.dataTransfer.getData('text/x-column'), at)}>
      <UnstyledButton className={classes.headName} disabled={!sortable} onClick={() => actions.sort(nextOrder(order, column.path))}>
        <span>{column.field.label}</span>
        {direction && <Arrow size={13} stroke={2} aria-hidden />}
      </UnstyledButton>
      <DropMenu start
        target={<UnstyledButton className={classes.headMenu} aria-label={t`Column ${column.field.label}`}><IconDots size={14} /></UnstyledButton>}
        entries={[
          { label: t`Sort ascending`, icon: <IconArrowUp size={15} />, disabled: !sortable, onClick: () => actions.sort(column.path) },
          { label: t`Sort descending`, icon: <IconArrowDown size={15} />, disabled: !sortable, onClick: () => actions.sort(`-${column.path}`) },
          { label: t`Filter by this`, icon: <IconFilter size={15} />, onClick: () => actions.filterBy(column.path) },
          'line',
          { label: t`Move to the left`, icon: <IconArrowLeft size={15} />, disabled: at === 0, onClick: () => actions.moveColumn(column.path, at - 1) },
          { label: t`Move to the right`, icon: <IconArrowRight size={15} />, onClick: () => actions.moveColumn(column.path, at + 1) },
          { label: t`Hide`, icon: <IconEyeOff size={15} />, onClick: () => actions.hideColumn(column.path) },
        ]}
      />
      <Handle column={column} onWidth={onWidth} onDone={(width) => actions.resizeColumn(column.path, width)} />
    </div>
  );
}

// Links and what has no order of its own are not sorted by.
function isSortable({ field, path }: ShownColumn): boolean {
  return !path.includes('.') && !['json', 'choices', 'long_text', 'address', 'link', 'user'].includes(field.type);
}

function Handle({ column, onWidth, onDone }: { column: ShownColumn; onWidth: (width: number) => void; onDone: (width: number) => void }) {
  const { t } = useLingui();
  const from = useRef<{ x: number; width: number } | null>(null);
  const at = (event: PointerEvent) => {
    if (!from.current) return column.width;
    const sign = document.documentElement.dir === 'rtl' ? -1 : 1;
    return clampWidth(from.current.width + sign * (event.clientX - from.current.x));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    onDone(clampWidth(column.width + step));
  };
  return (
    <div className={classes.handle} role="separator" aria-orientation="vertical" tabIndex={0} aria-valuenow={column.width}
      aria-label={t`Width of ${column.field.label}`} draggable onDragStart={(event) => { event.preventDefault(); event.stopPropagation(); }}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { x: event.clientX, width: column.width };
      }}
      onPointerMove={(event) => from.current && onWidth(at(event))}
      onPointerUp={(event) => {
        const width = at(event);
        from.current = null;
        if (width !== column.width) onDone(width);
      }} />
  );
}
