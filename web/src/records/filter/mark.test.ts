import { expect, it } from 'vitest';
import { cutAt } from './mark';

it.each([
  ["nam = 'x'", 0, 3, ['', 'nam', " = 'x'"]],
  ["n = '😀' und x", 8, 3, ["n = '😀' ", 'und', ' x']],
  ['a =', 3, 0, ['a =', '', '']],
])('cuts %s at %i', (text, offset, length, parts) => {
  expect(cutAt(text, offset, length)).toEqual(parts);
});
