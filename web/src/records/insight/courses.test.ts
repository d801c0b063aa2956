import { expect, it } from 'vitest';
import { coursesOf } from './courses';

const at = (day: string, cumulative: number) => ({ at: day, cumulative });

// Of a customer who bought less than expected the line fell, as if purchases were undone.
it('begins what is expected from now on where the customer stands', () => {
  const told = coursesOf({
    actual: [at('2026-01-05', 1)], known_until: '2026-06-01',
    expected: [at('2026-01-05', 1), at('2026-06-01', 1.7), at('2026-07-01', 1.1), at('2027-06-01', 1.9)],
  });
  expect(told.before).toEqual([at('2026-01-05', 1), at('2026-06-01', 1.7)]);
  expect(told.from).toEqual([at('2026-06-01', 1), at('2026-07-01', 1.1), at('2027-06-01', 1.9)]);
  expect(told.actual).toEqual([at('2026-01-05', 1), at('2026-06-01', 1)]); // silent since
});

it('adds nothing where the customer bought on the last day known, or no model is in use', () => {
  const bought = [at('2026-01-05', 1), at('2026-06-01', 2)];
  expect(coursesOf({ actual: bought, expected: [at('2026-06-01', 1.5), at('2026-07-01', 2.2)], known_until: '2026-06-01' }).actual).toEqual(bought);
  expect(coursesOf({ actual: bought, expected: [] })).toEqual({ actual: bought, before: [], from: [] });
});
