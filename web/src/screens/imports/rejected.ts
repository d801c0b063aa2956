// The file of rejected rows names each row's place, columns and reasons in columns of its own.
export interface RejectedRow {
  row: string;
  column: string;
  value: string;
  reason: string;
}

export function rejectedRows(lines: Record<string, string>[], most: number): RejectedRow[] {
  const whole = lines.filter((line) => line['rapport_rejected'] && line['rapport_reason']);
  return whole.slice(0, most).map((line) => {
    const column = line['rapport_column'] ?? '';
    const columns = column.split('; ').filter((name) => name in line);
    return {
      row: line['rapport_rejected']?.split(':').at(-1) ?? '',
      column: columns.join(', ') || column,
      value: columns.map((name) => line[name]).join(', '),
      reason: line['rapport_reason'] ?? '',
    };
  });
}
