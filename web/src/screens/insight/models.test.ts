import { describe, expect, it } from 'vitest';
import { driftMark, kindName, stateMark } from './models';

describe('drift is told in a word', () => {
  it.each([
    [0, 'Stable'], [0.0999, 'Stable'], [0.1, 'Shifting'], [0.2499, 'Shifting'], [0.25, 'Changed'], [3, 'Changed'],
  ])('%f: %s', (psi, word) => {
    expect(driftMark(psi).label).toBe(word);
  });
});

it('spells kinds and states it does not know as they come', () => {
  expect(kindName('hidden_markov')).toBe('hidden markov');
  expect(stateMark('paused' as never)).toEqual({ label: 'paused', color: 'gray' });
});
