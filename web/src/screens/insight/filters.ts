// The filters of all figures stand in the address.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Filters, Subject } from '@/api/insight';

export interface FilterState {
  filters: Filters;
  subject: Subject;
  // Whether anything narrows the figures but the choice of persons or companies.
  narrowed: boolean;
  set: (change: Filters) => void;
}

export function useFilters(): FilterState {
  const search = useSearch({ strict: false }) as Filters;
  const navigate = useNavigate();
  const { from, until, subject, product, country } = search;
  const filters = useMemo(() => ({ from, until, subject, product, country }), [from, until, subject, product, country]);
  return {
    filters,
    subject: subject === 'company' ? 'company' : 'person',
    narrowed: Boolean(from || until || product || country),
    set: (change) => void navigate({ to: '.', replace: true, search: { ...search, ...change } as never }),
  };
}

// A choice that belongs to one figure, kept in the address beside the filters.
export function useOwnChoice<T extends string>(name: string, choices: readonly T[]): [T, (next: T) => void] {
  const search = useSearch({ strict: false }) as Record<string, string>;
  const navigate = useNavigate();
  const [first] = choices as readonly [T, ...T[]];
  const chosen = choices.find((one) => one === search[name]) ?? first;
  return [chosen, (next) => void navigate({ to: '.', replace: true, search: { ...search, [name]: next === first ? undefined : next } as never })];
}

export type Range = 'all' | 'months' | 'this_year' | 'last_year' | 'own';

const two = (value: number) => String(value).padStart(2, '0');

export function dayOf(date: Date): string {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

// The dates that a named range stands for; both days belong to it.
export function datesOf(range: Exclude<Range, 'own'>, today: Date): { from: string | undefined; until: string | undefined } {
  const year = today.getFullYear();
  switch (range) {
    case 'all':
      return { from: undefined, until: undefined };
    case 'months':
      return { from: dayOf(new Date(year - 1, today.getMonth(), today.getDate() + 1)), until: dayOf(today) };
    case 'this_year':
      return { from: `${year}-01-01`, until: dayOf(today) };
    case 'last_year':
      return { from: `${year - 1}-01-01`, until: `${year - 1}-12-31` };
  }
}

export function rangeOf(from: string | undefined, until: string | undefined, today: Date): Range {
  const named = (['all', 'months', 'this_year', 'last_year'] as const).find((one) => {
    const dates = datesOf(one, today);
    return dates.from === (from || undefined) && dates.until === (until || undefined);
  });
  return named ?? 'own';
}
