import { describe, expect, it } from 'vitest';
import type { ObjectType } from '@/api/wire';
import { directionIn, moveColumn, nextOrder, queryOf, readState, writeState } from './state';

const person = {
  name: 'person', plural: 'persons', label: { one: 'Person', many: 'Persons' }, wing: 'customers', title: 'name',
  fields: [], list: { columns: ['name', 'email'], order: '-created_at' },
  may: { create: true, change: true, remove: true },
} satisfies ObjectType;

describe('the address keeps the list', () => {
  it('says nothing of what is as the object file has it', () => {
    expect(writeState(readState({}, person), person)).toEqual({});
  });

  it.each([
    [{ where: "name = 'Ána & co'" }],
    [{ order: 'name' }],
    [{ columns: 'name:240,company.name' }],
    [{ bin: 'only' }],
    [{ stand_ins: 'true' }],
    [{ set: 'cohort~MjAxMC0xMg~Mw', of: 'Cohort Dec 2010, month 3' }],
    [{ where: 'a = 1', order: '-x', columns: 'x', bin: 'only', text: '1' }],
  ])('reads back %o', (search) => {
    expect(writeState(readState(search, person), person)).toEqual(search);
  });

  it('keeps widths within reason', () => {
    expect(readState({ columns: 'name:5,email:99999' }, person).columns).toEqual([
      { path: 'name', width: 60 },
      { path: 'email', width: 800 },
    ]);
  });
});

it('asks the server for the set, without its name', () => {
  const state = readState({ set: 'rfm~NTU', of: 'Best customers', where: "country = 'ES'" }, person);
  expect(queryOf(state)).toEqual({ set: 'rfm~NTU', where: "country = 'ES'", order: '-created_at' });
});

it('forgets the name with the set', () => {
  const state = readState({ set: 'rfm~NTU', of: 'Best customers' }, person);
  expect(writeState({ ...state, set: '' }, person)).toEqual({});
});

describe('a heading turns the order round', () => {
  it.each([
    ['', 'name', 'name'],
    ['name', 'name', '-name'],
    ['-name', 'name', ''],
    ['email', 'name', 'name'],
  ])('%s, then %s clicked: %s', (order, path, next) => {
    expect(nextOrder(order, path)).toBe(next);
  });

  it('shows the direction of the first field only', () => {
    expect(directionIn('-name,email', 'name')).toBe('down');
    expect(directionIn('-name,email', 'email')).toBeUndefined();
  });
});

it('moves a column to its new place', () => {
  const columns = ['a', 'b', 'c'].map((path) => ({ path }));
  expect(moveColumn(columns, 'a', 2).map((one) => one.path)).toEqual(['b', 'c', 'a']);
  expect(moveColumn(columns, 'a', 3)).toBe(columns);
});
