// Changes that others make while one reads: a row at hand is read again and flashes; a new record is
// only counted, because rows must not move under the cursor.
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { onLive } from '@/api/live';
import { list, recordKeys } from '@/api/records';
import type { ObjectType, Page, RecordData } from '@/api/wire';
import type { Rows } from './rows';

const FLASH_MS = 1700;
const TOGETHER_MS = 250;
const READ_AT_ONCE = 60;

export function useFlashing(object: ObjectType, rows: Rows, first: number, last: number) {
  const client = useQueryClient();
  const [flashing, setFlashing] = useState<ReadonlySet<string>>(new Set());
  const [arrived, setArrived] = useState<ReadonlySet<string>>(new Set());
  const shown = useRef<Map<string, RecordData>>(new Map());
  shown.current = new Map();
  for (let index = first; index < last; index += 1) {
    const record = rows.at(index);
    if (record) shown.current.set(record.id, record);
  }

  useEffect(() => {
    let stale = new Set<string>();
    let timer = 0;
    const read = async () => {
      const ids = [...stale].slice(0, READ_AT_ONCE);
      stale = new Set();
      const fresh = await readRows(object, ids, client);
      setFlashing(new Set(fresh));
      window.setTimeout(() => setFlashing(new Set()), FLASH_MS);
    };
    const stop = onLive((change) => {
      if (change === 'reset') {
        void client.invalidateQueries({ queryKey: recordKeys.lists(object.plural) });
        return;
      }
      if (change.object !== object.name) return;
      const known = shown.current.get(change.id);
      if (known && known.version < change.version) {
        stale.add(change.id);
        window.clearTimeout(timer);
        timer = window.setTimeout(() => void read().catch(() => undefined), TOGETHER_MS);
      } else if (!known && change.version === 1) {
        setArrived((now) => new Set(now).add(change.id));
      }
    });
    return () => {
      stop();
      window.clearTimeout(timer);
    };
  }, [object, client]);

  // What one made oneself is in the list already and is no news.
  const news = [...arrived].filter((id) => !shown.current.has(id)).length;
  const showArrived = useCallback(() => {
    setArrived(new Set());
    void client.invalidateQueries({ queryKey: recordKeys.lists(object.plural) });
  }, [client, object]);
  return { flashing, arrived: news, showArrived };
}

type ListData = Page<RecordData>;

// Reads the changed rows into the pages that show them; answers those that did change.
async function readRows(object: ObjectType, ids: string[], client: ReturnType<typeof useQueryClient>): Promise<string[]> {
  if (ids.length === 0) return [];
  const where = `id in (${ids.map((id) => `'${id}'`).join(', ')})`;
  const pages = client.getQueriesData<ListData>({ queryKey: recordKeys.lists(object.plural), type: 'active' });
  const fields = pages.map(([key]) => key[4]).find((one): one is string => typeof one === 'string');
  const answer = await list(object.plural, { where, limit: ids.length, bin: 'with', ...(fields && { fields }) });
  const fresh = new Map(answer.data.map((record) => [record.id, record]));
  for (const [key, page] of pages) {
    if (!page || typeof page !== 'object' || !page.data?.some((one) => fresh.has(one.id))) continue;
    client.setQueryData(key, { ...page, data: page.data.map((one) => fresh.get(one.id) ?? one) });
  }
  return [...fresh.keys()];
}
