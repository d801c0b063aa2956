// Reads the beginning of a file in the browser, so that another delimiter or encoding shows at once
// what it would make of the file. What counts is what the server reads; this is the view of it.
import type { FileColumn } from '@/api/imports';

const BEGINNING_BYTES = 256 * 1024;
const ROWS_SHOWN = 100;
const SAMPLES = 5;

export interface Dialect {
  encoding: string;
  delimiter: string;
  header: boolean;
}

const DELIMITERS: Record<string, string> = { comma: ',', semicolon: ';', tab: '\t', bar: '|', whitespace: ' ' };

export function delimiterSign(name: string): string {
  return DELIMITERS[name] ?? name;
}

export async function readLocally(file: File, dialect: Dialect): Promise<{ columns: FileColumn[]; rows: string[][] }> {
  const text = decode(await file.slice(0, BEGINNING_BYTES).arrayBuffer(), dialect.encoding);
  // Loaded with the first correction; most files are recognised rightly.
  const { default: Papa } = await import('papaparse');
  return cut(Papa.parse, text, dialect);
}

function decode(bytes: ArrayBuffer, encoding: string): string {
  const label = encoding.toLowerCase().replace(/^cp/, 'windows-');
  try {
    return new TextDecoder(label).decode(bytes);
  } catch {
    return new TextDecoder('utf-8').decode(bytes);
  }
}

type Parse = (text: string, options: { delimiter: string; skipEmptyLines: boolean; preview: number }) => { data: string[][] };

export function cut(parse: unknown, text: string, { delimiter, header }: Pick<Dialect, 'delimiter' | 'header'>): { columns: FileColumn[]; rows: string[][] } {
  const spaced = delimiter === 'whitespace';
  const clean = spaced ? text.replace(/^[ \t]+/gm, '').replace(/[ \t]+/g, ' ') : text;
  const parsed = (parse as Parse)(clean, { delimiter: delimiterSign(delimiter), skipEmptyLines: true, preview: ROWS_SHOWN + 1 });
  const all = parsed.data;
  const names = columnNames(header ? (all[0] ?? []) : (all[0] ?? []).map(() => ''));
  const rows = header ? all.slice(1) : all;
  const columns = names.map((name, at) => ({
    name, samples: [...new Set(rows.map((row) => (row[at] ?? '').trim()).filter(Boolean))].slice(0, SAMPLES),
  }));
  return { columns, rows };
}

// As the server tells columns apart: a second "date" is "date 2", one without a name "column 7".
export function columnNames(header: string[]): string[] {
  const seen = new Map<string, number>();
  return header.map((written, at) => {
    const name = written.trim() || `column ${at + 1}`;
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} ${times}`;
  });
}
