// One field, one PATCH, with the version the writer saw. Shown as saved at once; taken back, with the
// reason, where the server refuses.
import { t } from '@lingui/core/macro';
import { type InfiniteData, type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { Problem } from '@/api/client';
import { changeRecord, noteWritten, recordKeys } from '@/api/records';
import type { Field, ObjectType, Page, RecordData } from '@/api/wire';
import { same } from '@/fields/values';
import { say } from '@/ui/toast';

export interface Conflict {
  version: number;
  yours: unknown;
  theirs: unknown;
}

export type Saved = { outcome: 'saved' | 'unchanged' } | { outcome: 'conflict'; conflict: Conflict };

export function useSave(object: ObjectType) {
  const client = useQueryClient();
  return useCallback(
    async (record: RecordData, field: Field, value: unknown, title?: string, version?: number): Promise<Saved> => {
      const before = record[field.name];
      if (same(before, value)) return { outcome: 'unchanged' };
      const beforeTitle = record.$titles?.[field.name];
      const back = show(client, object.plural, record.id, field.name, value, title);
      try {
        const written = await changeRecord(object.plural, record.id, version ?? record.version, { [field.name]: value });
        noteWritten(client, object.plural, withTitle(written, field.name, title));
        say(t`${field.label} changed.`, async () => {
          const undone = await changeRecord(object.plural, record.id, written.version, { [field.name]: before ?? null });
          noteWritten(client, object.plural, withTitle(undone, field.name, beforeTitle));
        });
        return { outcome: 'saved' };
      } catch (error) {
        back();
        if (error instanceof Problem && error.status === 412) return stale(client, object, record, field, value, error);
        throw error;
      }
    },
    [client, object],
  );
}

function withTitle(record: RecordData, field: string, title: string | undefined): RecordData {
  return title === undefined ? record : { ...record, $titles: { ...record.$titles, [field]: title } };
}

// Someone was faster. Where they changed another field, ours is simply tried again on top of theirs;
// where the same one, the reader chooses.
async function stale(
  client: QueryClient, object: ObjectType, record: RecordData, field: Field, value: unknown, problem: Problem,
): Promise<Saved> {
  const { differing, version } = problem.document;
  void client.invalidateQueries({ queryKey: recordKeys.one(object.plural, record.id) });
  const theirs = differing?.[field.name]?.theirs;
  const untouched = same(theirs, record[field.name]);
  if (version === undefined) throw problem;
  if (differing && untouched) {
    const written = await changeRecord(object.plural, record.id, version, { [field.name]: value });
    noteWritten(client, object.plural, written);
    say(t`${field.label} changed. Someone else changed other fields of this record meanwhile.`);
    return { outcome: 'saved' };
  }
  return { outcome: 'conflict', conflict: { version, yours: value, theirs } };
}

type ListData = Page<RecordData>;

// Shows a value in every place that has the record; answers how to take it back.
function show(
  client: QueryClient, plural: string, id: string, field: string, value: unknown, title?: string,
): () => void {
  const touched: (() => void)[] = [];
  const put = (record: RecordData): RecordData => ({
    ...record,
    [field]: value,
    ...(title !== undefined && { $titles: { ...record.$titles, [field]: title } }),
  });
  for (const [key, data] of client.getQueriesData<ListData | InfiniteData<ListData>>({ queryKey: recordKeys.lists(plural) })) {
    if (!data || typeof data !== 'object' || !('data' in data) || !data.data.some((one) => one.id === id)) continue;
    client.setQueryData(key, { ...data, data: data.data.map((one) => (one.id === id ? put(one) : one)) });
    touched.push(() => client.setQueryData(key, data));
  }
  const one = client.getQueryData<RecordData>(recordKeys.one(plural, id));
  if (one) {
    client.setQueryData(recordKeys.one(plural, id), put(one));
    touched.push(() => client.setQueryData(recordKeys.one(plural, id), one));
  }
  return () => touched.forEach((undo) => undo());
}
