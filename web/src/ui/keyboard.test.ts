import { describe, expect, it } from 'vitest';
import { type Command, keyOf, KeyReader, spell } from './keyboard';

const press = (key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {}) =>
  keyOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held });
const command = (keys: string[]): Command => ({ id: keys.join(), label: '', group: '', keys, run: () => undefined });

describe('a key has one name', () => {
  it.each([
    [' ', {}, 'Space'], ['K', { ctrlKey: true }, 'mod+k'], ['?', { shiftKey: true }, '?'], ['X', { shiftKey: true }, 'shift+x'],
  ])('%s %o: %s', (key, held, name) => {
    expect(press(key, held)).toBe(name);
  });
});

it('spells keys as a reader knows them', () => {
  expect(spell('Space')).toEqual(['Space']);
  expect(spell('g v')).toEqual(['G', 'V']);
});

it('does not take the blank of a sequence for the key itself', () => {
  const list = [command(['g v']), command(['Space'])];
  expect(new KeyReader().read('Space', list, false, 0)).toBe(list[1]);
  const reader = new KeyReader();
  expect(reader.read('g', list, false, 0)).toBeUndefined();
  expect(reader.read('v', list, false, 10)).toBe(list[0]);
});
