import { expect, it } from 'vitest';
import type { Field, ObjectType } from '@/api/wire';
import { formFields, splitForm } from './fields';

const field = (name: string, more: Partial<Field> = {}): Field => ({ name, label: name, type: 'text', ...more });
const order: ObjectType = {
  name: 'order', plural: 'orders', label: { one: 'Order', many: 'Orders' }, wing: 'sales', title: 'number',
  page: { highlights: ['total'] }, may: { create: true, change: true, remove: true },
  fields: [
    field('id', { system: true }), field('note'), field('total'), field('number'), field('person', { required: true }),
    field('secret', { hidden: true }), field('derived', { read_only: true }), field('theirs', { may_set: false }),
  ],
};

it('asks only for what may be set', () => {
  expect(formFields(order).map((one) => one.name)).toEqual(['note', 'total', 'number', 'person']);
});

it('asks for the required first, then the name, then what the page shows', () => {
  const { first, further } = splitForm(order, formFields(order));
  expect(first.map((one) => one.name)).toEqual(['person', 'number', 'total']);
  expect(further.map((one) => one.name)).toEqual(['note']);
});
