import { useLingui } from '@lingui/react/macro';
import { Checkbox, MultiSelect, NativeSelect, TextInput } from '@mantine/core';
import { useCatalog } from '@/api/catalog';
import type { Key, MappedObject, Mapping } from '@/api/imports';
import { ObjectIcon } from '@/ui/icons';
import { calledOf, keyColumns, keysOf, setKey } from './mapping';
import classes from './imports.module.css';

interface Props {
  object: MappedObject;
  mapping: Mapping;
  columns: string[];
  onChange: (mapping: Mapping) => void;
}

// By what a record of this object is found again: so the same file twice changes nothing.
export function KeyRow({ object, mapping, columns, onChange }: Props) {
  const { t } = useLingui();
  const type = useCatalog().named(object.object);
  const [key] = keysOf(object);
  const called = calledOf(object);
  const kind = kindOf(key);
  const label = type?.label.one ?? called;
  const identities = type?.person_field === 'id' ? [{ value: 'identity:email', label: t`E-mail` }, { value: 'identity:phone', label: t`Phone` }] : [];
  const fields = type?.fields.filter((field) => field.indexed && field.type === 'text' && !field.system).map((field) => ({ value: `field:${field.name}`, label: field.label })) ?? [];
  const set = (next: Key | null) => onChange(setKey(mapping, called, next));
  const setKind = (next: string) => {
    const [how = '', what = ''] = next.split(':');
    const of = key ? keyColumns(key) : columns.slice(0, 1);
    if (how === 'new') return set(null);
    if (how === 'external') return set({ external: what || 'file', of });
    return set({ [how]: what, of: of.slice(0, 1) } as unknown as Key);
  };
  return (
    <div className={classes.keyRow}>
      <span className={classes.keyName}><ObjectIcon name={type?.icon} size={15} />{label}</span>
      <NativeSelect aria-label={t`${label}: recognised by`} value={kind}
        data={[
          { value: 'new', label: t`Not at all: each one is new` }, { value: 'external', label: t`A key of the file's source` },
          ...identities, ...(kind.startsWith('field:') ? fields.filter((one) => one.value === kind) : []),
        ]}
        onChange={(event) => setKind(event.target.value)} />
      {key && (
        <MultiSelect aria-label={t`${label}: columns of the key`} placeholder={t`Columns`} data={columns} value={keyColumns(key).filter((one) => columns.includes(one))}
          searchable maxValues={key.external ? 8 : 1} onChange={(of) => set({ ...key, of })} />
      )}
      {key?.external !== undefined && (
        <>
          <TextInput aria-label={t`${label}: source`} placeholder={t`Source, as “shop”`} defaultValue={key.external}
            onBlur={(event) => event.target.value.trim() && set({ ...key, external: event.target.value.trim() })} />
          <Checkbox label={t`Count identical rows`} checked={key.occurrence ?? false}
            onChange={(event) => {
              const { occurrence: _, ...rest } = key;
              set(event.target.checked ? { ...rest, occurrence: true } : rest);
            }} />
        </>
      )}
    </div>
  );
}

function kindOf(key: Key | undefined): string {
  if (!key) return 'new';
  if (key.external !== undefined) return 'external';
  return key.identity ? `identity:${key.identity}` : `field:${key.field ?? ''}`;
}
