import { describe, expect, it } from 'vitest';
import { formatAmount, formatNumber, formatShare, isLoss } from './format';

describe('an amount is told in whole units, or in three digits', () => {
  it.each([
    [1234.5, false, '€1,235'], [-1234.5, false, '-€1,235'], [249_818, true, '€250K'], [-5239, true, '-€5.24K'], [308.577, true, '€309'], [0.05, true, '€0.05'],
  ])('%f, short %s: %s', (value, short, told) => {
    expect(formatAmount(value, 'EUR', short)).toBe(told);
  });

  // A column of amounts said -€0, in red.
  it.each([-0.07, -0.49, 0, 0.3])('%f is nought, and no loss', (value) => {
    expect(formatAmount(value, 'EUR')).toBe('€0');
    expect(isLoss(value)).toBe(false);
  });

  it('is a loss from where it is told as one', () => {
    expect(formatAmount(-0.5, 'EUR')).toBe('-€1');
    expect(isLoss(-0.5)).toBe(true);
  });
});

it('gives a column all its digits', () => {
  expect([formatShare(0.25, 1), formatShare(0.25, 1, true)]).toEqual(['25%', '25.0%']);
  expect([formatNumber(4, 2), formatNumber(4, 2, true)]).toEqual(['4', '4.00']);
});
