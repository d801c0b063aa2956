import { describe, expect, it } from 'vitest';
import { Catalog } from '@/api/catalog';
import { choiceMark, driftMark, inputName, parameterName } from './models';

describe('drift is told in a word', () => {
  it.each([['steady', 'Stable'], ['watch', 'Shifting'], ['act', 'Changed'], ['unheard of', 'unheard of'], [undefined, '–']])('%s: %s', (level, word) => {
    expect(driftMark(level).label).toBe(word);
  });
});

const model = {
  name: 'model', plural: 'models', label: { one: 'Model', many: 'Models' }, wing: 'insight', title: 'title',
  fields: [{ name: 'state', type: 'choice' as const, label: 'State', choices: [{ name: 'refused', label: 'Predicts worse', color: 'orange' }] }],
  may: { create: false, change: true, remove: false },
};

describe('a state has one name, the catalog\'s', () => {
  it.each([
    ['state', 'refused', { label: 'Predicts worse', color: 'orange' }],
    ['state', 'on_hold', { label: 'on hold', color: 'gray' }],
    ['kind', 'hidden_markov', { label: 'hidden markov', color: 'gray' }],
  ] as const)('%s %s', (field, name, mark) => {
    expect(choiceMark(new Catalog([model]), field, name)).toEqual(mark);
  });
});

it('spells inputs it does not know as they come', () => {
  expect(inputName('frequency')).toBe('Repeat purchases');
  expect(inputName('basket_size')).toBe('basket size');
});

it.each([
  ['intercept', 'Whoever it is'],
  ['silence', 'Days since the last purchase'],
  ['patience above 0.2239', 'Silence in own rhythms, above 0.2239'],
  ['rhythm missing', 'Days between purchases, unknown'],
  ['basket_size above 2', 'basket size, above 2'],
])('a weight is told in words: %s', (name, told) => {
  expect(parameterName(name)).toBe(told);
});
