// Reading and writing records of any type.
import { queryOptions, type QueryClient } from '@tanstack/react-query';
import { call } from './client';
import type { Change, ObjectType, Page, RecordData, SearchHit, TimelineEntry } from './wire';

export interface ListQuery {
  where?: string;
  // A set of records that the server resolves: what a mark of a figure counts.
  set?: string;
  order?: string;
  bin?: 'without' | 'only' | 'with';
  stand_ins?: boolean;
}

export interface ListCall extends ListQuery {
  fields?: string;
  limit?: number;
  offset?: number;
  after?: string;
  count?: 'exact' | 'estimated' | 'none';
}

export const recordKeys = {
  all: (plural: string) => ['records', plural] as const,
  lists: (plural: string) => ['records', plural, 'list'] as const,
  one: (plural: string, id: string) => ['records', plural, 'one', id] as const,
  history: (plural: string, id: string) => ['records', plural, 'history', id] as const,
  timeline: (plural: string, id: string) => ['records', plural, 'timeline', id] as const,
};

// A condition longer than this does not travel in an address.
const WHERE_IN_ADDRESS = 1500;

export function list(plural: string, query: ListCall, signal?: AbortSignal): Promise<Page<RecordData>> {
  const asked = { ...query, bin: query.bin === 'without' ? undefined : query.bin, titles: true };
  if ((query.where?.length ?? 0) > WHERE_IN_ADDRESS) {
    const body = { ...asked, fields: query.fields?.split(','), order: query.order?.split(',') };
    return call(`${plural}/query`, { method: 'POST', body, ...(signal && { signal }) });
  }
  return call(plural, { query: asked, ...(signal && { signal }) });
}

// A record as its page shows it, also from the bin, and whether it is there.
export function recordQuery(object: ObjectType, id: string) {
  const shown = object.fields.filter((field) => !field.hidden || field.name === 'removed_at');
  return queryOptions({
    queryKey: recordKeys.one(object.plural, id),
    queryFn: ({ signal }) =>
      call<RecordData>(`${object.plural}/${id}`, {
        query: { fields: shown.map((field) => field.name).join(','), titles: true, bin: 'with' }, signal,
      }),
  });
}

export function createRecord(plural: string, fields: Record<string, unknown>): Promise<RecordData> {
  return call(plural, { method: 'POST', body: fields });
}

export function changeRecord(
  plural: string,
  id: string,
  version: number,
  fields: Record<string, unknown>,
): Promise<RecordData> {
  return call(`${plural}/${id}`, { method: 'PATCH', body: fields, version });
}

export function removeRecord(plural: string, id: string, version: number): Promise<void> {
  return call(`${plural}/${id}`, { method: 'DELETE', version });
}

export function restoreRecord(plural: string, id: string): Promise<RecordData> {
  return call(`${plural}/${id}/restoration`, { method: 'POST' });
}

export interface BulkResult {
  outcome: string;
  id: string;
  version: number;
  problem?: unknown;
}

export function removeRecords(
  plural: string,
  records: { id: string; version: number }[],
): Promise<{ data: BulkResult[] }> {
  return call(`${plural}/removals`, { method: 'POST', body: { records } });
}

export function readHistory(plural: string, id: string, before?: number, signal?: AbortSignal) {
  return call<{ data: Change[] }>(`${plural}/${id}/changes`, { query: { before, limit: 50 }, ...(signal && { signal }) });
}

export function readTimeline(
  plural: string,
  id: string,
  kinds: string[],
  after: string | undefined,
  signal?: AbortSignal,
): Promise<Page<TimelineEntry>> {
  const query = { kinds: kinds.join(','), after, limit: 50 };
  return call(`${plural}/${id}/timeline`, { query, ...(signal && { signal }) });
}

export function search(q: string, objects: string[], limit: number, signal?: AbortSignal) {
  return call<{ data: SearchHit[] }>('search', {
    query: { q, objects: objects.join(','), limit },
    ...(signal && { signal }),
  });
}

// After a write: the record is known, whatever lists or tells of it is asked again.
export function noteWritten(client: QueryClient, plural: string, record: RecordData): void {
  client.setQueryData<RecordData>(recordKeys.one(plural, record.id), (old) =>
    old ? { ...old, ...record, $titles: { ...old.$titles, ...record.$titles } } : record,
  );
  void client.invalidateQueries({ queryKey: recordKeys.one(plural, record.id) });
  void client.invalidateQueries({ queryKey: recordKeys.history(plural, record.id) });
  void client.invalidateQueries({ queryKey: recordKeys.timeline(plural, record.id) });
  void client.invalidateQueries({ queryKey: recordKeys.lists(plural) });
}
