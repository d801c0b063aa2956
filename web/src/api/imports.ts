// Files in: what one is, what its columns mean, what became of it.
import { call } from './client';

export interface FileColumn {
  name: string;
  samples: string[];
  suggestion?: { object: string; field: string } | null;
}

export interface ImportFile {
  file: string;
  name: string;
  bytes: number;
  encoding: string;
  delimiter: string;
  quote?: string;
  header: boolean;
  rows_estimated?: number;
  columns: FileColumn[];
  rows: string[][];
  suggested_mapping?: Mapping | null;
}

export interface Key {
  external?: string;
  identity?: string;
  field?: string;
  of: string | string[];
  occurrence?: boolean;
}

// A field's value: the name of a column, or what is made of several (see the manual).
export type ValueSpec = string | { column?: string; link?: string | string[]; collision?: Collision; [option: string]: unknown };

export type Collision = 'overwrite' | 'fill_if_empty' | 'skip';

export interface MappedObject {
  object: string;
  as?: string;
  mode?: 'create' | 'update' | 'upsert';
  key?: Key;
  keys?: Key[];
  fields?: Record<string, ValueSpec>;
  main?: boolean;
  [option: string]: unknown;
}

export interface Forms {
  date_order?: string;
  decimal_point?: string;
  currency?: string;
  region?: string;
  zone?: string;
}

export interface Mapping {
  name?: string;
  file?: { encoding?: string; delimiter?: string; quote?: string; header?: boolean; columns?: string[]; [option: string]: unknown };
  forms?: Forms;
  objects: MappedObject[];
  [option: string]: unknown;
}

export interface PreviewRow {
  row: number;
  cells: string[];
  problems: { column: string; reason: string }[];
  outcome: string;
}

export interface Counts {
  received: number;
  created: number;
  updated: number;
  unchanged: number;
  rejected: number;
}

export type ImportState = 'waiting' | 'running' | 'done' | 'failed' | 'undoing' | 'undone';

export interface ImportStatus extends Counts {
  import?: string;
  id?: string;
  state: ImportState;
  file_name?: string;
  name?: string;
  rows_done: number;
  bytes_done: number;
  bytes_total: number;
  objects?: Record<string, Partial<Counts>>;
  reported?: { report: string; count: number; rows?: number[] }[];
  not_undone?: { object: string; id: string; reason: string }[];
  problem?: string;
  rejected_file?: string | null;
  created_at?: string;
  finished_at?: string | null;
}

export interface StoredMapping {
  id: string;
  name: string;
  text: string;
  changed_at?: string;
}

export function sendFile(file: File, signal?: AbortSignal): Promise<ImportFile> {
  return call('import_files', { method: 'POST', query: { name: file.name }, raw: file, ...(signal && { signal }) });
}

export function previewImport(file: string, mapping: Mapping | string, signal?: AbortSignal): Promise<{ rows: PreviewRow[] }> {
  return call('import_previews', { method: 'POST', body: { file, mapping }, ...(signal && { signal }) });
}

export function startImport(file: string, mapping: Mapping | string): Promise<ImportStatus> {
  return call('imports', { method: 'POST', body: { file, mapping } });
}

export function readImport(id: string, signal?: AbortSignal): Promise<ImportStatus> {
  return call(`imports/${id}`, { ...(signal && { signal }) });
}

export function listImports(signal?: AbortSignal): Promise<{ data: ImportStatus[] }> {
  return call('imports', { ...(signal && { signal }) });
}

// The beginning of a text that may be long: what a page shows of it.
export async function readBeginning(path: string, bytes: number, signal?: AbortSignal): Promise<string> {
  const response = await fetch(path, { credentials: 'same-origin', ...(signal && { signal }) });
  const reader = response.ok ? response.body?.getReader() : undefined;
  const decoder = new TextDecoder();
  let text = '';
  while (reader && text.length < bytes) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  await reader?.cancel();
  return text;
}

export function undoImport(id: string): Promise<ImportStatus> {
  return call(`imports/${id}/undo`, { method: 'POST' });
}

export function listMappings(signal?: AbortSignal): Promise<{ data: StoredMapping[] }> {
  return call('import_mappings', { ...(signal && { signal }) });
}

// Under a name that is there already, it takes that one's place.
export function storeMapping(name: string, mapping: Mapping | string, id?: string): Promise<StoredMapping> {
  const body = { name, text: typeof mapping === 'string' ? mapping : JSON.stringify(mapping, null, 2) };
  return id ? call(`import_mappings/${id}`, { method: 'PUT', body }) : call('import_mappings', { method: 'POST', body });
}

export function removeMapping(id: string): Promise<void> {
  return call(`import_mappings/${id}`, { method: 'DELETE' });
}

export function importId(status: ImportStatus): string {
  return status.import ?? status.id ?? '';
}

export function isMoving(state: ImportState): boolean {
  return state === 'waiting' || state === 'running' || state === 'undoing';
}
