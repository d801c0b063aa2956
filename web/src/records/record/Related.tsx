// What hangs on the record, at its side: a few of each kind, and the way to all.
import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { IconPlus } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { fieldOf, type Relation } from '@/api/catalog';
import { list, recordKeys } from '@/api/records';
import type { ObjectType, RecordData } from '@/api/wire';
import { kindOf } from '@/fields/kinds';
import { isEmpty } from '@/fields/values';
import { formatInteger } from '@/locale/format';
import { backLabel } from './tabs';
import classes from './Related.module.css';

const CreateDialog = lazy(() => import('../form/CreateDialog'));
const SHOWN = 6;
const TELLING = 3;
const SYSTEM_TIMES = ['changed_at', 'created_at'];

export function relatedWhere(relation: Relation, record: RecordData): string {
  return `${relation.field.name} = '${record.id}'`;
}

export function Related({ relations, object, record }: { relations: Relation[]; object: ObjectType; record: RecordData }) {
  return (
    <div className={classes.related}>
      {relations.map((relation) => (
        <Block key={`${relation.object.name}.${relation.field.name}`} relation={relation} object={object} record={record} />
      ))}
    </div>
  );
}

function Block({ relation, object, record }: { relation: Relation; object: ObjectType; record: RecordData }) {
  const { t } = useLingui();
  const [creating, setCreating] = useState(false);
  const { object: other } = relation;
  const where = relatedWhere(relation, record);
  const columns = tellingColumns(other, relation.field.name, TELLING);
  const instead = nameInstead(relation);
  const found = useQuery({
    queryKey: [...recordKeys.lists(other.plural), 'related', where],
    queryFn: ({ signal }) =>
      list(other.plural, { where, order: other.list?.order ?? '', fields: [...new Set([other.title, ...columns, ...(instead ? [instead] : [])])].join(','), limit: SHOWN, count: 'exact' }, signal),
  });
  const total = found.data?.page.count?.value;
  const one = other.label.one.toLocaleLowerCase();
  const label = backLabel(relation);
  return (
    <section className={classes.block}>
      <h2 className={classes.head}>
        <Link to="/$plural" params={{ plural: other.plural }} search={{ where }}>{label}</Link>
        <span className={classes.count}>{total === undefined ? '' : formatInteger(total)}</span>
        {other.may.create && (
          <ActionIcon size="sm" aria-label={t`New ${one}`} onClick={() => setCreating(true)}><IconPlus size={15} /></ActionIcon>
        )}
      </h2>
      <ul className={classes.records}>
        {found.data?.data.map((row) => <RelatedRow key={row.id} object={other} record={row} columns={columns} page={record} {...(instead && { instead })} />)}
      </ul>
      {total === 0 && <p className={classes.none}><Trans>None yet</Trans></p>}
      {total !== undefined && total > SHOWN && (
        <Link className={classes.all ?? ''} to="/$plural" params={{ plural: other.plural }} search={{ where }}><Trans>Show all {formatInteger(total)}</Trans></Link>
      )}
      <Suspense fallback={null}>
        {creating && (
          <CreateDialog object={other} stay onClose={() => setCreating(false)} given={givenBy(relation, object, record)} />
        )}
      </Suspense>
    </section>
  );
}

// The values that tell most in one line: when, how much, in what state.
export function tellingColumns(object: ObjectType, without: string, count: number): string[] {
  const names = (object.list?.columns ?? []).filter((name) => name !== object.title && name !== without && !SYSTEM_TIMES.includes(name));
  const rank = (name: string): number => {
    const field = fieldOf(object, name);
    if (!field || field.type === 'boolean') return 9;
    if (field.choices?.some((choice) => choice.color)) return 1;
    return { date: 0, instant: 0, money: 0, email: 2, phone: 2, decimal: 3 }[field.type as string] ?? 4;
  };
  const best = names.filter((name) => rank(name) < 9).sort((a, b) => rank(a) - rank(b)).slice(0, count);
  return names.filter((name) => best.includes(name));
}

// The lines of a product are all called as the product: there they go by what else they belong to.
function nameInstead({ object, field }: Relation): string | undefined {
  return object.fields.find((one) => one.type === 'link' && one.required && one.name !== field.name)?.name;
}

// A new record begun here already knows whose it is.
function givenBy(relation: Relation, object: ObjectType, record: RecordData) {
  const given: Record<string, { value: unknown; title?: string | undefined }> = {
    [relation.field.name]: { value: record.id, title: record.$title },
  };
  const personField = relation.object.person_field;
  const ofPerson = object.person_field && object.person_field !== 'id' ? record[object.person_field] : undefined;
  if (personField && personField !== 'id' && ofPerson && !given[personField]) {
    given[personField] = { value: ofPerson, title: record.$titles?.[object.person_field ?? ''] };
  }
  return given;
}

function RelatedRow({ object, record, columns, page, instead }: {
  object: ObjectType;
  record: RecordData;
  columns: string[];
  page: RecordData;
  instead?: string;
}) {
  const other = instead && record.$title === page.$title ? record.$titles?.[instead] : undefined;
  return (
    <li>
      <Link to="/$plural/$id" params={{ plural: object.plural, id: record.id }} className={classes.row ?? ''}>
        <bdi className={classes.title}>{other || record.$title || record.id.slice(0, 8)}</bdi>
        <span className={classes.meta}>
          {columns.map((name) => {
            const field = fieldOf(object, name);
            if (!field || isEmpty(record[name])) return null;
            const { Show } = kindOf(field);
            return <span key={name}><Show field={field} value={record[name]} title={record.$titles?.[name]} quiet /></span>;
          })}
        </span>
      </Link>
    </li>
  );
}
