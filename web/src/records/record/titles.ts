// The names of the records that changes speak of: a log keeps ids, people read names.
import { useQueries } from '@tanstack/react-query';
import { useCatalog } from '@/api/catalog';
import { list, recordKeys } from '@/api/records';
import type { Field } from '@/api/wire';
import { isProgram } from '@/fields/values';

// Ids of one question; what a page of changes names is far below it.
const IDS = 100;

export interface Named {
  field: Field;
  value: unknown;
}

export function useTitles(values: Named[]): (value: unknown) => string | undefined {
  const catalog = useCatalog();
  const wanted = new Map<string, Set<string>>();
  for (const { field, value } of values) {
    const plural = catalog.named(field.type === 'user' ? 'user' : field.link_to)?.plural;
    if (!plural || typeof value !== 'string' || isProgram(value)) continue;
    wanted.set(plural, (wanted.get(plural) ?? new Set()).add(value));
  }
  return useQueries({
    queries: [...wanted].map(([plural, ids]) => {
      const asked = [...ids].sort().slice(0, IDS);
      return {
        queryKey: [...recordKeys.lists(plural), 'titles', asked],
        queryFn: ({ signal }: { signal: AbortSignal }) =>
          list(plural, {
            where: `id in (${asked.map((id) => `'${id}'`).join(', ')})`, fields: 'id', limit: IDS, count: 'none', bin: 'with', stand_ins: true,
          }, signal),
      };
    }),
    combine: (answers) => {
      const titles = new Map(answers.flatMap((one) => one.data?.data.map((record) => [record.id, record.$title] as const) ?? []));
      return (value: unknown) => titles.get(String(value)) || undefined;
    },
  });
}
