// What stands in the middle and at the side of a record's page, as its object file says.
import { t } from '@lingui/core/macro';
import type { Catalog, Relation } from '@/api/catalog';
import type { ObjectType } from '@/api/wire';

export type TabPart =
  | { kind: 'timeline'; key: string; label: string }
  | { kind: 'changes'; key: string; label: string }
  | { kind: 'fields'; key: string; label: string }
  | { kind: 'relation'; key: string; label: string; relation: Relation };

export function tabsOf(catalog: Catalog, object: ObjectType, phone: boolean): TabPart[] {
  const own: Record<string, TabPart> = {
    timeline: { kind: 'timeline', key: 'timeline', label: t`Timeline` },
    fields: { kind: 'fields', key: 'fields', label: t`Fields` },
    changes: { kind: 'changes', key: 'changes', label: t`Changes` },
  };
  const declared = object.page?.tabs?.length ? object.page.tabs : ['changes'];
  // The fields stand at the side already; a phone has no side, and shows them second.
  const others = declared.filter((name) => name !== 'fields');
  const wanted = phone ? [...others.slice(0, 1), 'fields', ...others.slice(1)] : others;
  const parts = wanted.flatMap((name): TabPart[] => {
    if (own[name]) return [own[name]];
    const relation = relationNamed(catalog, object, name);
    return relation ? [{ kind: 'relation', key: name, label: backLabel(relation), relation }] : [];
  });
  return parts.length > 0 ? parts : [own['changes'] as TabPart];
}

// What the first tab shows in full is not told again beside it.
export function relatedOf(catalog: Catalog, object: ObjectType, first: string | undefined): Relation[] {
  const names = (object.page?.related ?? []).filter((name) => name !== first);
  return names.flatMap((name) => relationNamed(catalog, object, name) ?? []);
}

function relationNamed(catalog: Catalog, object: ObjectType, name: string): Relation | undefined {
  return catalog.relations(object).find(({ object: other, field }) => (field.back ?? other.plural) === name);
}

// "subsidiaries" where the link says so, else the type's own name.
export function backLabel({ object, field }: Relation): string {
  const { back } = field;
  if (!back || back === object.plural) return object.label.many;
  return back.charAt(0).toLocaleUpperCase() + back.slice(1).replaceAll('_', ' ');
}
