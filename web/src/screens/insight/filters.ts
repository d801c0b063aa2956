// The filters of all figures stand in the address. A range by its name stays one: an address kept for
// a month still says "the last twelve months", not the twelve it was made in.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Filters, Subject } from '@/api/insight';

const NAMED = ['months', 'this_year', 'last_year'] as const;
export type NamedRange = (typeof NAMED)[number];
export type Range = NamedRange | 'all' | 'own';

// What the address says; dates stand in it only for a range of one's own.
export interface FilterSearch {
  range?: string | undefined;
  from?: string | undefined;
  until?: string | undefined;
  subject?: string | undefined;
  product?: string | undefined;
  country?: string | undefined;
}

export interface FilterState {
  // What the server is asked.
  filters: Filters;
  range: Range;
  subject: Subject;
  // Whether anything narrows the figures but the choice of persons or companies.
  narrowed: boolean;
  // Whether only some orders count, rather than some customers.
  ordersNarrowed: boolean;
  set: (change: FilterSearch) => void;
  clear: () => void;
}

export function useSearchOfFilters(): FilterSearch {
  return useSearch({ strict: false }) as FilterSearch;
}

export function useFilters(): FilterState {
  const search = useSearchOfFilters();
  const navigate = useNavigate();
  const today = dayOf(new Date());
  const { subject, product, country } = search;
  const range = rangeOf(search);
  const { from, until } = useMemo(() => datesOf(range, search, atNoon(today)), [range, search, today]);
  const filters = useMemo(() => ({ from, until, subject, product, country }), [from, until, subject, product, country]);
  const set = (change: FilterSearch) => void navigate({ to: '.', replace: true, search: { ...search, ...change } as never });
  return {
    filters,
    range,
    subject: subject === 'company' ? 'company' : 'person',
    narrowed: Boolean(from || until || product || country),
    ordersNarrowed: Boolean(from || until || product),
    set,
    clear: () => set({ range: undefined, from: undefined, until: undefined, product: undefined, country: undefined }),
  };
}

// Filters go along from figure to figure; what is one figure's own stays with it.
export function keptSearch(search: FilterSearch): FilterSearch {
  const { range, from, until, subject, product, country } = search;
  return { range, from, until, subject, product, country };
}

// A choice that belongs to one figure, kept in the address beside the filters.
export function useOwnChoice<T extends string>(name: string, choices: readonly T[]): [T, (next: T) => void] {
  const search = useSearch({ strict: false }) as Record<string, string>;
  const navigate = useNavigate();
  const [first] = choices as readonly [T, ...T[]];
  const chosen = choices.find((one) => one === search[name]) ?? first;
  return [chosen, (next) => void navigate({ to: '.', replace: true, search: { ...search, [name]: next === first ? undefined : next } as never })];
}

export function rangeOf({ range, from, until }: FilterSearch): Range {
  const named = NAMED.find((one) => one === range);
  if (named) return named;
  return from || until ? 'own' : 'all';
}

const two = (value: number) => String(value).padStart(2, '0');

export function dayOf(date: Date): string {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function atNoon(day: string): Date {
  return new Date(`${day}T12:00:00`);
}

// The first of the twelve months that end today. A year before 29 February is 28 February.
function monthsBegin(today: Date): Date {
  const [year, month, day] = [today.getFullYear() - 1, today.getMonth(), today.getDate()];
  const last = new Date(year, month + 1, 0).getDate();
  return new Date(year, month, Math.min(day, last) + 1);
}

// The dates that a range stands for; both days belong to it.
export function datesOf(range: Range, own: FilterSearch, today: Date): { from: string | undefined; until: string | undefined } {
  const year = today.getFullYear();
  switch (range) {
    case 'all':
      return { from: undefined, until: undefined };
    case 'own':
      return { from: own.from || undefined, until: own.until || undefined };
    case 'months':
      return { from: dayOf(monthsBegin(today)), until: dayOf(today) };
    case 'this_year':
      return { from: `${year}-01-01`, until: dayOf(today) };
    case 'last_year':
      return { from: `${year - 1}-01-01`, until: `${year - 1}-12-31` };
  }
}

export type DateFault = 'day' | 'reversed';

// Years that a firm can have orders in: while one types, the year 2026 is the year 2, 20 and 202 first.
const FIRST_YEAR = '1900';
const LAST_YEAR = '2199';

// What is wrong with a date as typed, beside the other end of the range; '' is no end at all.
export function dateFault(end: 'from' | 'until', value: string, other: string | undefined): DateFault | undefined {
  if (value === '') return undefined;
  const year = value.slice(0, 4);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value) || year < FIRST_YEAR || year > LAST_YEAR) return 'day';
  if (!other) return undefined;
  return (end === 'from' ? value > other : value < other) ? 'reversed' : undefined;
}
