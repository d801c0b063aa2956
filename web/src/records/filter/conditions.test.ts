import { describe, expect, it } from 'vitest';
import { type Condition, conditionsText, parseConditions } from './conditions';

const simple = (path: string, operator: string, ...values: string[]): Condition => ({
  kind: 'simple', path, operator: operator as never,
  values: values.map((one) => (one.startsWith("'") ? { quoted: true, text: one.slice(1) } : { quoted: false, text: one })),
});
const written = (text: string): Condition => ({ kind: 'written', text });

describe('text becomes chips', () => {
  const rules: [string, Condition[]][] = [
    ['', []],
    ["country = 'ES'", [simple('country', '=', "'ES")]],
    ["name contains 'L''Hospitalet'", [simple('name', 'contains', "'L'Hospitalet")]],
    ['email is empty', [simple('email', 'is empty')]],
    ["email is not empty and company.name starts with 'Al'",
      [simple('email', 'is not empty'), simple('company.name', 'starts with', "'Al")]],
    ["lifecycle in ('customer', 'at_risk')", [simple('lifecycle', 'in', "'customer", "'at_risk")]],
    ["lifecycle not in ('customer')", [simple('lifecycle', 'not in', "'customer")]],
    ['placed_at between 2026-01-01 and 2026-03-31 and total >= 500 EUR',
      [simple('placed_at', 'between', '2026-01-01', '2026-03-31'), simple('total', '>=', '500 EUR')]],
    ['changed_at >= -90d', [simple('changed_at', '>=', '-90d')]],
    ['due_on <= today + 7d and owner = me', [simple('due_on', '<=', 'today + 7d'), simple('owner', '=', 'me')]],
    ['due_on >= this month', [simple('due_on', '>=', 'this month')]],
    ['active', [simple('active', '=', 'true')]],
    ['discount > 10%', [simple('discount', '>', '10%')]],
    ["(a = 1 or b = 2) and c != 'x'", [written('(a = 1 or b = 2)'), simple('c', '!=', "'x")]],
    ["a = 1 or b = 2", [written('a = 1 or b = 2')]],
    ['not a = 1', [written('not a = 1')]],
    ['name like "x"', [written('name like "x"')]],
    ["name = 'unclosed", [written("name = 'unclosed")]],
    ['a = 1 and', [written('a = 1 and')]],
  ];
  it.each(rules)('%s', (text, chips) => {
    expect(parseConditions(text)).toEqual(chips);
  });
});

describe('chips become the text they came from', () => {
  it.each([
    "country = 'ES' and email is not empty",
    "name not contains 'L''H'",
    "lifecycle in ('customer', 'at_risk') and total between 1 EUR and 2 EUR",
    'due_on <= today + 7d and owner = me',
    "(a = 1 or b = 2) and c != 'x'",
    'changed_at >= -90d',
    'a = 1 or b = 2',
  ])('%s', (text) => {
    expect(conditionsText(parseConditions(text))).toBe(text);
  });

  it('puts an alternative into parentheses when a chip joins it', () => {
    const joined = [...parseConditions('a = 1 or b = 2'), simple('c', '=', '3')];
    expect(conditionsText(joined)).toBe('(a = 1 or b = 2) and c = 3');
  });
});
