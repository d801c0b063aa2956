import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Menu, NativeSelect, SegmentedControl, Select, Textarea } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { IconBookmark, IconTrash } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { type Catalog, partLabel, partsOf, useCatalog } from '@/api/catalog';
import { Problem } from '@/api/client';
import {
  type Collision, listMappings, type Mapping, removeMapping, storeMapping, type StoredMapping,
} from '@/api/imports';
import type { ObjectType } from '@/api/wire';
import { say, sayProblem, sentence } from '@/ui/toast';
import { KeyRow } from './KeyRow';
import {
  calledOf, composedOf, isKeyColumn, mainOf, setCollision, setMain, setTarget, targetsOf, withoutIdle,
} from './mapping';
import type { Draft } from './NewImportPage';
import classes from './imports.module.css';

interface Props {
  draft: Draft;
  onChange: (draft: Draft) => void;
  problem: unknown;
}

// What each column means: as a table, or as the mapping's own text.
export function MappingView({ draft, onChange, problem }: Props) {
  const { t } = useLingui();
  const { mapping } = draft;
  const asText = typeof mapping === 'string';
  const set = (next: Mapping | string) => onChange({ ...draft, mapping: next });
  return (
    <section className={classes.block}>
      <div className={classes.blockHead}>
        <h2><Trans>2. What the columns mean</Trans></h2>
        <Stored mapping={mapping} name={draft.file.name} onUse={set} />
        <SegmentedControl value={asText ? 'text' : 'table'} aria-label={t`Edit the mapping as`}
          data={[{ value: 'table', label: t`Table` }, { value: 'text', label: t`Text` }]}
          onChange={(next) => {
            const tree = treeOf(mapping);
            if (next === 'table' && !tree) say(t`This mapping is written in YAML and is edited as text.`);
            set(next === 'text' ? textOf(mapping) : (tree ?? mapping));
          }} />
      </div>
      {problem ? <MappingProblem problem={problem} /> : null}
      {asText ? <TextForm key="text" text={mapping} onChange={set} /> : <TableForm draft={draft} mapping={mapping} onChange={set} />}
    </section>
  );
}

function textOf(mapping: Mapping | string): string {
  return typeof mapping === 'string' ? mapping : JSON.stringify(withoutIdle(mapping), null, 2);
}

// A mapping in YAML stays text; one in JSON can be a table again.
function treeOf(mapping: Mapping | string): Mapping | undefined {
  if (typeof mapping !== 'string') return mapping;
  try {
    const tree = JSON.parse(mapping) as Mapping;
    return Array.isArray(tree.objects) ? tree : undefined;
  } catch {
    return undefined;
  }
}

function MappingProblem({ problem }: { problem: unknown }) {
  const errors = problem instanceof Problem ? (problem.document.errors ?? []) : [];
  return (
    <Alert color="orange" variant="light" role="alert" className={classes.alert ?? ''}>
      {errors.length > 1 ? <ul>{errors.map((one, at) => <li key={at}>{one.message}</li>)}</ul> : sentence(problem)}
    </Alert>
  );
}

function TextForm({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const { t } = useLingui();
  const [typed, setTyped] = useState(text);
  return (
    <Textarea value={typed} rows={18} spellCheck={false} aria-label={t`Mapping as text`} resize="vertical"
      classNames={{ input: classes.code ?? '' }} onChange={(event) => setTyped(event.target.value)} onBlur={() => onChange(typed)} />
  );
}

function TableForm({ draft, mapping, onChange }: { draft: Draft; mapping: Mapping; onChange: (mapping: Mapping) => void }) {
  const { t } = useLingui();
  const catalog = useCatalog();
  const creatable = catalog.objects.filter((object) => object.may.create);
  const main = mainOf(mapping);
  const offers = useMemo(() => offersOf(catalog, mapping), [catalog, mapping]);
  const composed = composedOf(mapping).filter(({ value }) => typeof value === 'string' || !value.link);
  return (
    <>
      <div className={classes.dialect}>
        <NativeSelect label={t`Each row is one`} value={main?.object ?? ''}
          data={[...(main ? [] : [{ value: '', label: t`Choose` }]), ...creatable.map((one) => ({ value: one.name, label: one.label.one }))]}
          onChange={(event) => event.target.value && onChange(withoutIdle(setMain(mapping, event.target.value, catalog)))} />
        <FormsFields mapping={mapping} onChange={onChange} />
      </div>
      <div className={classes.tableBox} tabIndex={0} role="region" aria-label={t`Columns`}>
        <table className={classes.table}>
          <thead><tr><th><Trans>Column</Trans></th><th><Trans>For example</Trans></th><th><Trans>Goes to</Trans></th><th><Trans>Where there is a value already</Trans></th></tr></thead>
          <tbody>
            {draft.file.columns.map((column) => {
              const [target] = targetsOf(mapping, column.name);
              const samples = column.samples.slice(0, 3).join(' · ');
              return (
                <tr key={column.name}>
                  <td className={classes.columnName}><bdi>{column.name}</bdi>{isKeyColumn(mapping, column.name) && <small><Trans>key</Trans></small>}</td>
                  <td className={classes.samples} title={samples}><bdi>{samples}</bdi></td>
                  <td>
                    <Select aria-label={t`${column.name} goes to`} placeholder={t`Leave out`} data={offers} searchable clearable allowDeselect={false}
                      clearButtonProps={{ 'aria-label': t`Leave out` }} value={target ? `${target.object}/${target.field}` : null}
                      comboboxProps={{ width: 280, position: 'bottom-start' }} maxDropdownHeight={320}
                      onChange={(next) => {
                        const [object = '', field = ''] = next?.split('/') ?? [];
                        onChange(withoutIdle(setTarget(mapping, column.name, next ? { object, field } : null, catalog)));
                      }} />
                  </td>
                  <td>
                    {target && (
                      <NativeSelect aria-label={t`${column.name}: where there is a value already`} value={target.collision}
                        data={[{ value: 'overwrite', label: t`Overwrite` }, { value: 'fill_if_empty', label: t`Fill if empty` }, { value: 'skip', label: t`Only when new` }]}
                        onChange={(event) => onChange(setCollision(mapping, target, column.name, event.target.value as Collision))} />
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {composed.length > 0 && (
        <p className={classes.note}>
          <Trans>Made of several columns, edited as text:</Trans> {composed.map((one) => fieldLabel(catalog, one.object, one.field)).join(', ')}
        </p>
      )}
      <h3 className={classes.sub}><Trans>How records are recognised</Trans></h3>
      {mapping.objects.map((object) => (
        <KeyRow key={calledOf(object)} object={object} mapping={mapping} columns={draft.file.columns.map((one) => one.name)} onChange={onChange} />
      ))}
    </>
  );
}

function FormsFields({ mapping, onChange }: { mapping: Mapping; onChange: (mapping: Mapping) => void }) {
  const { t } = useLingui();
  const forms = mapping.forms ?? {};
  const set = (name: string, value: string) => onChange({ ...mapping, forms: { ...forms, [name]: value } });
  return (
    <>
      <NativeSelect label={t`Dates`} value={forms.date_order ?? 'ymd'} onChange={(event) => set('date_order', event.target.value)}
        data={[{ value: 'ymd', label: t`Year, month, day` }, { value: 'dmy', label: t`Day, month, year` }, { value: 'mdy', label: t`Month, day, year` }]} />
      <NativeSelect label={t`Decimals`} value={forms.decimal_point ?? '.'} onChange={(event) => set('decimal_point', event.target.value)}
        data={[{ value: '.', label: '1234.50' }, { value: ',', label: '1234,50' }]} />
      <NativeSelect label={t`Currency`} value={forms.currency ?? 'EUR'} onChange={(event) => set('currency', event.target.value)}
        data={[...new Set([forms.currency ?? 'EUR', 'EUR', 'USD', 'GBP', 'CHF', 'SEK', 'NOK', 'DKK', 'PLN', 'CZK', 'JPY'])]} />
    </>
  );
}

interface OfferGroup {
  group: string;
  items: { value: string; label: string }[];
}

// The fields of the objects the mapping makes, and of those they link to, which it then makes too.
function offersOf(catalog: Catalog, mapping: Mapping): OfferGroup[] {
  const made = mapping.objects.map((object) => ({ called: calledOf(object), type: catalog.named(object.object) }));
  const linked = made.flatMap(({ type }) => type?.fields.filter((field) => field.type === 'link').map((field) => catalog.named(field.link_to)) ?? []);
  const further = [...new Set(linked)].filter((type) => type && type.may.create && !made.some((one) => one.called === type.name));
  const main = mainOf(mapping);
  const all = [...made.sort((a, b) => Number(b.called === main?.object) - Number(a.called === main?.object)), ...further.map((type) => ({ called: type?.name ?? '', type }))];
  return all.flatMap(({ called, type }) => (type ? [{ group: type.label.one, items: fieldOffers(called, type) }] : []));
}

function fieldOffers(called: string, type: ObjectType): { value: string; label: string }[] {
  const settable = type.fields.filter((field) => !field.system && !field.read_only && field.type !== 'link');
  return settable.flatMap((field) => [
    { value: `${called}/${field.name}`, label: field.label },
    ...partsOf(field).filter((part) => part !== 'currency').map((part) => ({ value: `${called}/${field.name}.${part}`, label: `${field.label} › ${partLabel(part)}` })),
  ]);
}

function fieldLabel(catalog: Catalog, called: string, field: string): string {
  const type = catalog.named(called);
  return (type && catalog.field(type, field.split('.')[0] ?? field)?.label) ?? field;
}

function Stored({ mapping, name, onUse }: { mapping: Mapping | string; name: string; onUse: (mapping: Mapping | string) => void }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const stored = useQuery({ queryKey: ['import_mappings'], queryFn: ({ signal }) => listMappings(signal) });
  const read = () => void client.invalidateQueries({ queryKey: ['import_mappings'] });
  const keep = () => {
    const called = (typeof mapping === 'string' ? '' : mapping.name) || name.replace(/\.\w+$/, '');
    const same = stored.data?.data.find((one) => one.name === called);
    storeMapping(called, typeof mapping === 'string' ? mapping : withoutIdle(mapping), same?.id)
      .then(() => {
        say(t`Mapping stored as “${called}”.`);
        read();
      })
      .catch(sayProblem);
  };
  const forget = (one: StoredMapping) =>
    removeMapping(one.id)
      .then(() => {
        say(t`Mapping “${one.name}” removed.`, () => storeMapping(one.name, one.text).then(read));
        read();
      })
      .catch(sayProblem);
  return (
    <Menu>
      <Menu.Target><Button variant="subtle" color="gray" leftSection={<IconBookmark size={14} />}><Trans>Stored mappings</Trans></Button></Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={keep}><Trans>Store this mapping</Trans></Menu.Item>
        {Boolean(stored.data?.data.length) && <Menu.Divider />}
        {stored.data?.data.map((one) => <Menu.Item key={one.id} onClick={() => onUse(treeOf(one.text) ?? one.text)}>{t`Use “${one.name}”`}</Menu.Item>)}
        {Boolean(stored.data?.data.length) && <Menu.Divider />}
        {stored.data?.data.map((one) => (
          <Menu.Item key={one.id} color="red" leftSection={<IconTrash size={14} />} onClick={() => void forget(one)}>{t`Remove “${one.name}”`}</Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
