// Which fields a form asks for, and which first.
import type { Field, ObjectType } from '@/api/wire';

// Beyond these a form shows more on asking only.
const FIRST_MAX = 8;

export function formFields(object: ObjectType): Field[] {
  return object.fields.filter(
    (field) => !field.system && !field.read_only && !field.hidden && field.may_set !== false && field.type !== 'json',
  );
}

export function splitForm(object: ObjectType, fields: Field[]): { first: Field[]; further: Field[] } {
  const rank = (field: Field): number => {
    if (field.required) return 0;
    if (field.name === object.title) return 1;
    if (object.page?.highlights?.includes(field.name) || object.list?.columns?.includes(field.name)) return 2;
    return 3;
  };
  const sorted = fields.map((field, at) => ({ field, at, rank: rank(field) })).sort((a, b) => a.rank - b.rank || a.at - b.at);
  const first = sorted.filter((one, at) => one.rank < 2 || (one.rank === 2 && at < FIRST_MAX)).map((one) => one.field);
  return { first, further: sorted.map((one) => one.field).filter((field) => !first.includes(field)) };
}
