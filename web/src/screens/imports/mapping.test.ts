import { describe, expect, it } from 'vitest';
import { Catalog } from '@/api/catalog';
import type { Mapping } from '@/api/imports';
import type { Field, ObjectType } from '@/api/wire';
import { composedOf, isKeyColumn, mainOf, setCollision, setKey, setMain, setTarget, targetsOf, withoutIdle } from './mapping';

const type = (name: string, fields: Partial<Field>[]): ObjectType => ({
  name, plural: `${name}s`, label: { one: name, many: `${name}s` }, wing: 'w', title: 'name',
  may: { create: true, change: true, remove: true },
  fields: fields.map((field) => ({ name: 'name', type: 'text', label: 'Name', ...field })),
});
const catalog = new Catalog([
  type('person', [{ name: 'name', type: 'person_name' }, { name: 'email', type: 'email' }]),
  type('order', [{ name: 'number' }, { name: 'person', type: 'link', link_to: 'person', required: true }]),
]);
const persons: Mapping = {
  objects: [{ object: 'person', key: { identity: 'email', of: 'Mail' }, fields: { email: 'Mail', 'name.family': { column: 'Surname' } } }],
};

describe('a mapping as a table of columns', () => {
  it('says where each column goes', () => {
    expect(targetsOf(persons, 'Mail')).toEqual([{ object: 'person', field: 'email', collision: 'overwrite' }]);
    expect(targetsOf(persons, 'Surname')).toEqual([{ object: 'person', field: 'name.family', collision: 'overwrite' }]);
    expect(targetsOf(persons, 'Other')).toEqual([]);
    expect(isKeyColumn(persons, 'Mail')).toBe(true);
    expect(isKeyColumn(persons, 'Surname')).toBe(false);
  });

  it('moves a column, with how its values are read', () => {
    const dated: Mapping = { objects: [{ object: 'order', mode: 'create', fields: { placed_at: { column: 'Date', date: 'dd.MM.yyyy' } } }] };
    const moved = setTarget(dated, 'Date', { object: 'order', field: 'shipped_at' }, catalog);
    expect(moved.objects[0]?.fields).toEqual({ shipped_at: { column: 'Date', date: 'dd.MM.yyyy' } });
    expect(setTarget(moved, 'Date', null, catalog).objects[0]?.fields).toEqual({});
  });

  it('makes an object that a column asks for, before the one that links to it', () => {
    const orders: Mapping = { objects: [{ object: 'order', mode: 'create', fields: { number: 'No' } }] };
    const both = setTarget(orders, 'Mail', { object: 'person', field: 'email' }, catalog);
    expect(both.objects.map((one) => one.object)).toEqual(['person', 'order']);
    expect(both.objects[1]?.fields).toEqual({ number: 'No', person: { link: 'person' } });
    expect(mainOf(both)?.object).toBe('order');
  });

  it('changes what the rows stand for', () => {
    const both = setMain(persons, 'order', catalog);
    expect(mainOf(both)?.object).toBe('order');
    expect(both.objects[1]?.fields).toEqual({ person: { link: 'person' } });
  });

  it('drops what nothing reaches, and the links to it', () => {
    const both = setMain({ objects: [{ object: 'person', mode: 'create', fields: {} }] }, 'order', catalog);
    const clean = withoutIdle(both);
    expect(clean.objects.map((one) => one.object)).toEqual(['order']);
    expect(clean.objects[0]?.fields).toEqual({});
  });

  it('keeps the collision rule beside the column', () => {
    const [target] = targetsOf(persons, 'Surname');
    if (!target) throw new Error('no target');
    const filled = setCollision(persons, target, 'Surname', 'fill_if_empty');
    expect(filled.objects[0]?.fields?.['name.family']).toEqual({ column: 'Surname', collision: 'fill_if_empty' });
    expect(setCollision(filled, target, 'Surname', 'overwrite').objects[0]?.fields?.['name.family']).toBe('Surname');
  });

  it('without a key makes records anew', () => {
    expect(setKey(persons, 'person', null).objects[0]).toMatchObject({ mode: 'create' });
    expect(setKey(persons, 'person', null).objects[0]).not.toHaveProperty('key');
  });

  it('leaves what it cannot show', () => {
    const made: Mapping = { objects: [{ object: 'order', mode: 'create', fields: { total: { product: ['q', 'p'] }, number: 'No' } }] };
    expect(composedOf(made)).toEqual([{ object: 'order', field: 'total', value: { product: ['q', 'p'] } }]);
  });
});
