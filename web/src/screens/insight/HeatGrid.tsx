// A table whose cells are filled the more, the more they hold. Each cell is a link to its customers.
import type { ReactNode } from 'react';
import type { Opening } from '@/api/insight';
import { OpenLink } from '@/ui/OpenLink';
import classes from './HeatGrid.module.css';

export interface HeatCell {
  text: string;
  // 0..1 of the strongest cell.
  share: number;
  open?: Opening | null | undefined;
  // What the opened list is called.
  name: string;
  // More about the cell, for the pointer.
  told?: string | undefined;
  // What it tells is not over: the period is running.
  soFar?: boolean | undefined;
}

export interface HeatRow {
  key: string;
  head: ReactNode;
  note?: ReactNode;
  cells: (HeatCell | undefined)[];
}

export function HeatGrid({ label, corner, columns, rows, noteHead, wide }: {
  label: string;
  corner: ReactNode;
  columns: { key: string; head: ReactNode }[];
  rows: HeatRow[];
  // The heading of the column of notes, where rows have one.
  noteHead?: ReactNode;
  wide?: boolean;
}) {
  return (
    <div className={classes.box} tabIndex={0} role="group" aria-label={label}>
      <table className={classes.heat} data-wide={wide ? (columns.length > 6 ? 'much' : true) : undefined}>
        <thead>
          <tr>
            <th scope="col" className={classes.stays}>{corner}</th>
            {noteHead && <th scope="col" data-end>{noteHead}</th>}
            {columns.map((column) => <th key={column.key} scope="col">{column.head}</th>)}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <th scope="row" className={classes.stays}>{row.head}</th>
              {noteHead && <td data-note>{row.note}</td>}
              {row.cells.map((cell, at) => <Cell key={columns[at]?.key ?? at} cell={cell} />)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ cell }: { cell: HeatCell | undefined }) {
  if (!cell) return <td />;
  return (
    <td data-so-far={cell.soFar || undefined}>
      <OpenLink open={cell.open} name={cell.name} title={cell.told} className={classes.cell}>
        <span className={classes.fill} style={{ opacity: cell.share }} aria-hidden />
        <span>{cell.text}</span>
      </OpenLink>
    </td>
  );
}

// How strongly the cells are filled: the root, so that a few large ones do not leave the rest blank.
export function strength(value: number, most: number): number {
  return most > 0 && value > 0 ? Math.sqrt(Math.min(1, value / most)) : 0;
}
