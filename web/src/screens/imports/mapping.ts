// A mapping as the table of columns shows it. What the table cannot say (products, branches, texts
// composed of columns) stays as it is and is edited as text.
import type { Catalog } from '@/api/catalog';
import type { Collision, Key, MappedObject, Mapping, ValueSpec } from '@/api/imports';
import type { ObjectType } from '@/api/wire';

export interface Target {
  object: string; // as the mapping calls it
  field: string;
  collision: Collision;
}

export function calledOf(object: MappedObject): string {
  return object.as ?? object.object;
}

// The column a plain value names.
function plainColumn(value: ValueSpec): string | undefined {
  return typeof value === 'string' ? value : value.column;
}

export function targetsOf(mapping: Mapping, column: string): Target[] {
  return mapping.objects.flatMap((object) =>
    Object.entries(object.fields ?? {})
      .filter(([, value]) => plainColumn(value) === column)
      .map(([field, value]) => ({
        object: calledOf(object), field,
        collision: (typeof value === 'string' ? undefined : value.collision) ?? 'overwrite',
      })),
  );
}

// Fields whose value is made of more than one column, or of none.
export function composedOf(mapping: Mapping): { object: string; field: string; value: ValueSpec }[] {
  return mapping.objects.flatMap((object) =>
    Object.entries(object.fields ?? {})
      .filter(([, value]) => plainColumn(value) === undefined)
      .map(([field, value]) => ({ object: calledOf(object), field, value })),
  );
}

export function keysOf(object: MappedObject): Key[] {
  return [...(object.key ? [object.key] : []), ...(object.keys ?? [])];
}

export function keyColumns(key: Key): string[] {
  return typeof key.of === 'string' ? [key.of] : key.of;
}

export function isKeyColumn(mapping: Mapping, column: string): boolean {
  return mapping.objects.some((object) => keysOf(object).some((key) => keyColumns(key).includes(column)));
}

function change(mapping: Mapping, called: string, alter: (object: MappedObject) => MappedObject): Mapping {
  return { ...mapping, objects: mapping.objects.map((one) => (calledOf(one) === called ? alter(one) : one)) };
}

// Gives a column its one place, or none.
export function setTarget(mapping: Mapping, column: string, to: { object: string; field: string } | null, catalog: Catalog): Mapping {
  let kept: ValueSpec = column;
  const freed: Mapping = {
    ...mapping,
    objects: mapping.objects.map((object) => ({
      ...object,
      fields: Object.fromEntries(
        Object.entries(object.fields ?? {}).filter(([, value]) => {
          if (plainColumn(value) !== column) return true;
          kept = value; // how its dates and numbers are written moves with it
          return false;
        }),
      ),
    })),
  };
  if (!to) return freed;
  const withObject = freed.objects.some((one) => calledOf(one) === to.object) ? freed : addObject(freed, to.object, catalog);
  return change(withObject, to.object, (object) => ({ ...object, fields: { ...object.fields, [to.field]: kept } }));
}

export function setCollision(mapping: Mapping, target: Target, column: string, collision: Collision): Mapping {
  return change(mapping, target.object, (object) => {
    const now = object.fields?.[target.field] ?? column;
    const { collision: _, ...rest } = typeof now === 'string' ? { column: now } : now;
    const next: ValueSpec = collision === 'overwrite' ? (Object.keys(rest).length === 1 ? column : rest) : { ...rest, collision };
    return { ...object, fields: { ...object.fields, [target.field]: next } };
  });
}

export function setKey(mapping: Mapping, called: string, key: Key | null): Mapping {
  return change(mapping, called, (object) => {
    const { key: _key, keys: _keys, mode: _mode, ...rest } = object;
    return key ? { ...rest, key } : { ...rest, mode: 'create' };
  });
}

// The object whose records the rows stand for; the last one unless another is marked.
export function mainOf(mapping: Mapping): MappedObject | undefined {
  return mapping.objects.find((one) => one.main) ?? mapping.objects.at(-1);
}

export function setMain(mapping: Mapping, name: string, catalog: Catalog): Mapping {
  const withObject = mapping.objects.some((one) => one.object === name) ? mapping : addObject(mapping, name, catalog);
  const others = withObject.objects.filter((one) => one.object !== name).map(({ main: _, ...one }) => one);
  const main = withObject.objects.find((one) => one.object === name);
  return main ? joined({ ...withObject, objects: [...others, { ...main }] }, catalog) : mapping;
}

// A further object stands before those that link to it, and is linked by them.
function addObject(mapping: Mapping, name: string, catalog: Catalog): Mapping {
  const type = catalog.named(name);
  if (!type) return mapping;
  const linksOut = mapping.objects.some((one) => linkTo(catalog.named(one.object), name));
  const added: MappedObject = { object: name, mode: 'create', fields: {} };
  const objects = linksOut || mapping.objects.length === 0 ? [added, ...mapping.objects] : [...mapping.objects, added];
  return joined({ ...mapping, objects }, catalog);
}

function linkTo(type: ObjectType | undefined, name: string): string | undefined {
  const links = type?.fields.filter((field) => field.type === 'link' && field.link_to === name && !field.system && !field.read_only) ?? [];
  return (links.find((field) => field.required) ?? links[0])?.name;
}

// Every object is linked to those before it that it has a field for.
function joined(mapping: Mapping, catalog: Catalog): Mapping {
  return {
    ...mapping,
    objects: mapping.objects.map((object, at) => {
      const links = mapping.objects.slice(0, at).flatMap((earlier): [string, ValueSpec][] => {
        const field = earlier.object === object.object ? undefined : linkTo(catalog.named(object.object), earlier.object);
        return field && !object.fields?.[field] ? [[field, { link: calledOf(earlier) }]] : [];
      });
      return links.length > 0 ? { ...object, fields: { ...object.fields, ...Object.fromEntries(links) } } : object;
    }),
  };
}

// Objects that nothing of the file reaches any more.
export function withoutIdle(mapping: Mapping): Mapping {
  const main = mainOf(mapping);
  const used = mapping.objects.filter(
    (one) => one === main || keysOf(one).length > 0 || Object.values(one.fields ?? {}).some((value) => typeof value === 'string' || !value.link),
  );
  const names = new Set(used.map(calledOf));
  return {
    ...mapping,
    objects: used.map((one) => ({
      ...one,
      fields: Object.fromEntries(
        Object.entries(one.fields ?? {}).filter(([, value]) => {
          const links = typeof value === 'string' || !value.link ? [] : [value.link].flat();
          return links.every((link) => names.has(link));
        }),
      ),
    })),
  };
}
