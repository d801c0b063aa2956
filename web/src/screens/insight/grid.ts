// The picture of a heat grid, for the download.
import { gridSvg } from '@/ui/chart/pictures';
import type { HeatRow } from './HeatGrid';

export function gridPicture(columns: string[], rows: HeatRow[], heads?: string[]): string {
  return gridSvg({
    columns,
    rows: rows.map((row, at) => ({ head: heads?.[at] ?? row.key, cells: row.cells.map((cell) => cell && { text: cell.text, share: cell.share }) })),
  });
}
