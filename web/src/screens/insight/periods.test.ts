import { describe, expect, it } from 'vitest';
import { isRunning } from './periods';

describe('a period is told so far until it is over', () => {
  it.each([
    ['2026-11', '2026-11-22T02:30:00Z', undefined, true],
    ['2026-10', '2026-11-22T02:30:00Z', undefined, false],
    ['2026-11', '2026-12-01T00:00:00Z', undefined, false],
    ['2026-12', '2026-12-31T23:59:59Z', undefined, true],
    ['2026-Q4', '2026-11-22T02:30:00Z', undefined, true],
    ['2026-Q3', '2026-11-22T02:30:00Z', undefined, false],
    ['2026-Q4', '2027-01-01T00:00:00Z', undefined, false],
    ['2026-05', '2026-11-22T02:30:00Z', '2026-05-30', true],
    ['2026-05', '2026-11-22T02:30:00Z', '2026-05-31', false],
    ['2026-05', null, undefined, false],
  ] as const)('%s as of %s until %s: %s', (code, asOf, until, running) => {
    expect(isRunning(code, asOf, until)).toBe(running);
  });
});
