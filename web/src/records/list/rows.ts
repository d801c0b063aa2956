// The rows of a list, fetched by the page as they come into sight. The total is asked beside them, so
// that rows never wait for a count.
import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { list, type ListQuery, recordKeys } from '@/api/records';
import type { ObjectType, RecordData } from '@/api/wire';

export const PAGE_ROWS = 100;
// While the scrollbar flies, pages it merely passes are not asked for.
const SETTLED_MS = 50;

export interface Rows {
  total: number | undefined;
  at: (index: number) => RecordData | undefined;
  error: unknown;
  loading: boolean;
}

export function rowsKey(plural: string, query: ListQuery, fields: string, page: number) {
  return [...recordKeys.lists(plural), query, fields, page] as const;
}

export function useTotal(object: ObjectType, query: ListQuery) {
  return useQuery({
    queryKey: [...recordKeys.lists(object.plural), 'count', { ...query, order: undefined }],
    queryFn: async ({ signal }) => {
      const answer = await list(object.plural, { ...query, order: '', fields: 'id', limit: 1, count: 'exact' }, signal);
      return answer.page.count?.value ?? 0;
    },
    // Without the last total the scroller would collapse while the next one loads.
    placeholderData: keepPreviousData,
  });
}

export function useRows(object: ObjectType, query: ListQuery, fields: string, first: number, last: number): Rows {
  const total = useTotal(object, query);
  const [from, to] = useSettled(Math.floor(first / PAGE_ROWS), Math.floor(Math.max(first, last - 1) / PAGE_ROWS));
  const pages = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const answers = useQueries({
    queries: pages.map((page) => ({
      queryKey: rowsKey(object.plural, query, fields, page),
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        list(object.plural, { ...query, fields, offset: page * PAGE_ROWS, limit: PAGE_ROWS, count: 'none' as const }, signal),
    })),
  });
  return {
    total: total.data,
    at: (index) => answers[Math.floor(index / PAGE_ROWS) - from]?.data?.data[index % PAGE_ROWS],
    error: answers.find((one) => one.error)?.error ?? total.error,
    loading: answers.some((one) => one.isPending) || total.isPending,
  };
}

function useSettled(from: number, to: number): [number, number] {
  const [settled, setSettled] = useState<[number, number]>([from, to]);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled([from, to]), SETTLED_MS);
    return () => window.clearTimeout(timer);
  }, [from, to]);
  return settled;
}
