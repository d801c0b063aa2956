// The picture of a heat grid, for the download.
import { gridSvg } from '@/ui/chart/pictures';
import type { HeatRow } from './HeatGrid';

export function gridPicture({ columns, rows, heads, across, down }: {
  columns: string[];
  rows: HeatRow[];
  heads?: string[];
  // What its axes tell.
  across?: string;
  down?: string;
}): string {
  return gridSvg({
    across, down, columns,
    rows: rows.map((row, at) => ({ head: heads?.[at] ?? row.key, cells: row.cells.map((cell) => cell && { text: cell.text, share: cell.share }) })),
  });
}
