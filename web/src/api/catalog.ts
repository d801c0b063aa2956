// The catalog: every object type as data. The page is drawn from it; nothing here or above knows a
// person from a product.
import { t } from '@lingui/core/macro';
import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { call } from './client';
import type { CatalogAnswer, Field, ObjectType } from './wire';

export interface Relation {
  object: ObjectType;
  field: Field;
}

export class Catalog {
  private readonly byName = new Map<string, ObjectType>();
  private readonly byPlural = new Map<string, ObjectType>();

  constructor(readonly objects: ObjectType[]) {
    for (const object of objects) {
      this.byName.set(object.name, object);
      this.byPlural.set(object.plural, object);
    }
  }

  named(name: string | null | undefined): ObjectType | undefined {
    return name ? this.byName.get(name) : undefined;
  }

  plural(plural: string): ObjectType | undefined {
    return this.byPlural.get(plural);
  }

  // A field by its name or by a path of links: "company.name".
  field(object: ObjectType, path: string): Field | undefined {
    const [first = '', ...rest] = path.split('.');
    const field = fieldOf(object, first);
    if (!field || rest.length === 0) return field;
    const next = this.named(field.link_to);
    if (next) return this.field(next, rest.join('.'));
    return partOf(field, rest.join('.'));
  }

  // Links of other types that point at this one: what a record's related lists are made of.
  relations(object: ObjectType): Relation[] {
    return this.objects.flatMap((other) =>
      other.fields
        .filter((field) => field.type === 'link' && field.link_to === object.name && !field.system && !field.hidden)
        .map((field) => ({ object: other, field })),
    );
  }

  wings(): { wing: string; objects: ObjectType[] }[] {
    const wings = new Map<string, ObjectType[]>();
    for (const object of this.objects) {
      if (object.navigable === false) continue;
      wings.set(object.wing, [...(wings.get(object.wing) ?? []), object]);
    }
    const place = (wing: string) => (WINGS.includes(wing) ? WINGS.indexOf(wing) : WINGS.length);
    return [...wings]
      .sort(([a], [b]) => place(a) - place(b))
      .map(([wing, objects]) => ({ wing, objects: objects.sort((a, b) => Number(isPerson(b)) - Number(isPerson(a))) }));
  }
}

// The order of the relationship cycle, as people go through it in a day; wings not named stand last.
const WINGS = [
  'customers', 'sales', 'work', 'service', 'channels', 'marketing', 'loyalty', 'partners', 'offerings', 'insight',
  'strategy', 'custom',
];

// Persons are special: everything hangs on them.
export function isPerson(object: ObjectType): boolean {
  return object.person_field === 'id';
}

// A part of a composed field (address.city) is a text of its own in conditions and columns.
const PARTS: Partial<Record<Field['type'], string[]>> = {
  address: ['line1', 'line2', 'city', 'postal_code', 'region', 'country'],
  person_name: ['given', 'family'],
  money: ['currency'],
};

export function partsOf(field: Field): string[] {
  return PARTS[field.type] ?? [];
}

export function partLabel(part: string): string {
  const known: Record<string, string> = {
    line1: t`Street and number`, line2: t`Further line`, city: t`City`, postal_code: t`Postal code`, region: t`Region`, country: t`Country code`,
    given: t`Given name`, family: t`Family name`, currency: t`Currency`,
  };
  return known[part] ?? part.replaceAll('_', ' ');
}

function partOf(field: Field, part: string): Field | undefined {
  if (!partsOf(field).includes(part)) return undefined;
  return {
    name: `${field.name}.${part}`, type: 'text', label: `${field.label}: ${partLabel(part)}`, read_only: true,
  };
}

export function fieldOf(object: ObjectType, name: string): Field | undefined {
  return object.fields.find((field) => field.name === name);
}

// Fields in the order people look for them: the type's own, then what every record has.
export function byOwn(fields: Field[]): Field[] {
  return [...fields].sort((a, b) => Number(a.system ?? false) - Number(b.system ?? false));
}

export function mayEdit(object: ObjectType, field: Field): boolean {
  return object.may.change && !field.read_only && !field.system && field.may_set !== false;
}

// What a list shows where neither the address nor the object file says otherwise.
export function standardColumns(object: ObjectType): string[] {
  const declared = object.list?.columns ?? [];
  if (declared.length > 0) return declared;
  const plain = object.fields.filter((field) => !field.hidden && !field.system && field.type !== 'json');
  return [object.title, ...plain.map((field) => field.name).filter((name) => name !== object.title)].slice(0, 6);
}

export const catalogQuery = queryOptions({
  queryKey: ['catalog'],
  queryFn: async ({ signal }) => new Catalog((await call<CatalogAnswer>('catalog', { signal })).objects),
  staleTime: 5 * 60_000,
  structuralSharing: false,
});

// Files are brought by those who may make records.
export function useMayImport(): boolean {
  return useCatalog().objects.some((object) => object.may.create);
}

// Figures rest on orders: who does not know them sees no figures.
export function seesFigures(catalog: Catalog): boolean {
  return catalog.named('order') !== undefined;
}

// Types whose records are scored say so by this field.
export function isScored(object: ObjectType): boolean {
  return fieldOf(object, 'scored_at') !== undefined;
}

export function useCatalog(): Catalog {
  return useSuspenseQuery(catalogQuery).data;
}
