import { describe, expect, it } from 'vitest';
import { datesOf, rangeOf } from './filters';

const today = new Date(2026, 10, 20);

describe('a range by its name is two days, both within', () => {
  it.each([
    ['all', undefined, undefined],
    ['months', '2025-11-21', '2026-11-20'],
    ['this_year', '2026-01-01', '2026-11-20'],
    ['last_year', '2025-01-01', '2025-12-31'],
  ] as const)('%s: %s to %s', (range, from, until) => {
    expect(datesOf(range, today)).toEqual({ from, until });
    expect(rangeOf(from, until, today)).toBe(range);
  });

  it('takes the day after a leap day for the twelve months before it', () => {
    expect(datesOf('months', new Date(2028, 1, 29)).from).toBe('2027-03-02');
  });

  it('is one of its own where the dates are no named range', () => {
    expect(rangeOf('2025-01-02', undefined, today)).toBe('own');
  });
});
