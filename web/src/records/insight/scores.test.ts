import { describe, expect, it } from 'vitest';
import type { Score } from '@/api/insight';
import type { ObjectType } from '@/api/wire';
import { byWeight, numberOf, scoreText } from './scores';

const person = {
  name: 'person', plural: 'persons', label: { one: 'Person', many: 'Persons' }, wing: 'customers', title: 'name',
  fields: [{ name: 'churn_warning', type: 'choice', label: 'Churn warning', choices: [{ name: 'act', label: 'Act now' }] }],
  may: { create: true, change: true, remove: true },
} satisfies ObjectType;

const score = (type: string, value: unknown, name = 'any'): Score => ({ name, label: name, type, value });

describe('a score is told as people read it', () => {
  it.each([
    ['money', { amount: '812.40', currency: 'EUR' }, '€812'],
    ['money', 812.4, '€812'],
    ['money', { amount: '-32.10', currency: 'GBP' }, '-£32'],
    ['percent', 0.642, '64%'],
    ['decimal', '3.84', '3.8'],
    ['text', '454', '454'],
  ])('%s %o: %s', (type, value, text) => {
    expect(scoreText(score(type, value), person, 'EUR')).toBe(text);
  });

  it('names a choice by its label', () => {
    expect(scoreText(score('choice', 'act', 'churn_warning'), person, 'EUR')).toBe('Act now');
  });
});

it.each([
  ['12.5', 12.5], [3, 3], [{ amount: '7.1', currency: 'EUR' }, 7.1], [null, undefined], ['', undefined], ['543x', undefined],
])('reads %o as the number %o', (value, number) => {
  expect(numberOf(value)).toBe(number);
});

it('puts the weightiest reason first, whichever way it weighs', () => {
  expect(byWeight([{ weight: 0.1 }, { weight: -0.7 }, {}, { weight: 0.4 }])).toEqual([{ weight: -0.7 }, { weight: 0.4 }, { weight: 0.1 }, {}]);
});
