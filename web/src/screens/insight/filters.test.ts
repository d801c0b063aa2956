import { describe, expect, it } from 'vitest';
import { dateFault, datesOf, keptSearch, rangeOf } from './filters';

const today = new Date(2026, 10, 20);

describe('a range by its name is two days, both within', () => {
  it.each([
    ['all', undefined, undefined],
    ['months', '2025-11-21', '2026-11-20'],
    ['this_year', '2026-01-01', '2026-11-20'],
    ['last_year', '2025-01-01', '2025-12-31'],
  ] as const)('%s: %s to %s', (range, from, until) => {
    expect(datesOf(range, {}, today)).toEqual({ from, until });
  });

  // The day after the same day a year before fell on 2 March, and a day of orders was left out.
  it.each([
    [new Date(2028, 1, 29), '2027-03-01'],
    [new Date(2028, 1, 28), '2027-03-01'],
    [new Date(2029, 1, 28), '2028-02-29'],
    [new Date(2027, 11, 31), '2027-01-01'],
  ])('twelve months until %s begin on %s', (until, from) => {
    expect(datesOf('months', {}, until).from).toBe(from);
  });

  it('is reckoned anew every day, since the address keeps its name', () => {
    const kept = keptSearch({ range: 'months', country: 'ES' });
    expect(kept).toEqual({ range: 'months', country: 'ES' });
    expect(datesOf(rangeOf(kept), kept, new Date(2027, 0, 5))).toEqual({ from: '2026-01-06', until: '2027-01-05' });
  });
});

describe('what the address says is a range', () => {
  it.each([
    [{}, 'all'],
    [{ range: 'last_year' }, 'last_year'],
    [{ range: 'nonsense' }, 'all'],
    [{ from: '2025-01-02' }, 'own'],
    [{ range: 'nonsense', until: '2025-01-02' }, 'own'],
  ] as const)('%j: %s', (search, range) => {
    expect(rangeOf(search)).toBe(range);
  });
});

describe('a date is refused at its field', () => {
  it.each([
    ['from', '2026-01-01', undefined, undefined],
    ['from', '', '2026-01-01', undefined],
    ['from', '0202-01-01', undefined, 'day'],
    ['until', '2026-01', undefined, 'day'],
    ['from', '2026-02-02', '2026-02-01', 'reversed'],
    ['from', '2026-02-01', '2026-02-01', undefined],
    ['until', '2026-01-31', '2026-02-01', 'reversed'],
    ['until', '2026-02-01', '2026-02-01', undefined],
  ] as const)('%s %s beside %s: %s', (end, value, other, fault) => {
    expect(dateFault(end, value, other)).toBe(fault);
  });
});
