import { expect, it } from 'vitest';
import { choose } from './selection';

const at = (index: number) => (index < 5 ? { id: `r${index}`, version: 1 } : undefined);
const none = { selection: new Map<string, number>(), anchor: 0 };
const ids = (chosen: { selection: ReadonlyMap<string, number> }) => [...chosen.selection.keys()].sort();

it('takes one row, and lets it go', () => {
  const one = choose(none, 2, false, at);
  expect(ids(one)).toEqual(['r2']);
  expect(ids(choose(one, 2, false, at))).toEqual([]);
});

it('takes a range with shift, in both directions', () => {
  const one = choose(none, 3, false, at);
  expect(ids(choose(one, 1, true, at))).toEqual(['r1', 'r2', 'r3']);
});

it('leaves out what is not loaded', () => {
  expect(ids(choose(none, 9, true, at))).toEqual([]);
  expect(ids(choose({ ...none, anchor: 4 }, 3, true, at))).toEqual(['r3', 'r4']);
});
