// All records of one relation, as a tab: a plain table, read further as it is scrolled.
import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { IconPlus } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { type Relation, useCatalog } from '@/api/catalog';
import { list, recordKeys } from '@/api/records';
import type { ObjectType, RecordData } from '@/api/wire';
import { kindOf } from '@/fields/kinds';
import { isEmpty } from '@/fields/values';
import { EmptyState } from '@/ui/EmptyState';
import { Failure } from '@/ui/ErrorBoundary';
import { ObjectIcon } from '@/ui/icons';
import { ButtonLink } from '@/ui/links';
import { Waiting } from '@/ui/Waiting';
import { relatedWhere, tellingColumns } from './Related';
import classes from './RelatedList.module.css';

const CreateDialog = lazy(() => import('../form/CreateDialog'));
const PAGE = 50;
const COLUMNS = 5;

interface Props {
  relation: Relation;
  object: ObjectType;
  record: RecordData;
}

export function RelatedList({ relation, record }: Props) {
  const { t } = useLingui();
  const catalog = useCatalog();
  const [creating, setCreating] = useState(false);
  const { object: other } = relation;
  const where = relatedWhere(relation, record);
  const asked = tellingColumns(other, relation.field.name, COLUMNS)
    .flatMap((path) => {
      const field = catalog.field(other, path);
      return field ? [{ path, field }] : [];
    });
  const rows = useInfiniteQuery({
    queryKey: [...recordKeys.lists(other.plural), 'tab', where],
    queryFn: ({ pageParam, signal }) =>
      list(other.plural, {
        where, order: other.list?.order ?? '', fields: [other.title, ...asked.map((one) => one.path)].join(','),
        limit: PAGE, ...(pageParam && { after: pageParam }),
      }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.page.after || undefined,
  });
  const one = other.label.one.toLocaleLowerCase();
  const many = other.label.many.toLocaleLowerCase();
  const dialog = creating && (
    <Suspense fallback={null}>
      <CreateDialog object={other} stay onClose={() => setCreating(false)}
        given={{ [relation.field.name]: { value: record.id, title: record.$title } }} />
    </Suspense>
  );
  const create = other.may.create && (
    <Button variant="default" leftSection={<IconPlus size={14} />} onClick={() => setCreating(true)}>{t`New ${one}`}</Button>
  );
  if (rows.isPending) return <Waiting />;
  if (rows.error) return <Failure error={rows.error} retry={() => void rows.refetch()} />;
  const records = rows.data.pages.flatMap((page) => page.data);
  // A column that is empty in every row, or says the name again, says nothing.
  const columns = asked.filter(({ path }) => records.some((row) => !isEmpty(row[path]) && row.$titles?.[path] !== row.$title));
  if (records.length === 0) {
    return <>
      <EmptyState icon={<ObjectIcon name={other.icon} size={20} />} title={t`No ${many} here yet`} action={create}>{other.help}</EmptyState>
      {dialog}
    </>;
  }
  return (
    <div className={classes.scroller} tabIndex={0} role="region" aria-label={other.label.many}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th>{other.label.one}</th>
            {columns.map(({ path, field }) => <th key={path} data-end={kindOf(field).align === 'end' || undefined}>{field.label}</th>)}
          </tr>
        </thead>
        <tbody>
          {records.map((row) => (
            <tr key={row.id}>
              <td>
                <Link to="/$plural/$id" params={{ plural: other.plural, id: row.id }}><bdi>{row.$title || row.id.slice(0, 8)}</bdi></Link>
              </td>
              {columns.map(({ path, field }) => {
                const { Show, align } = kindOf(field);
                return <td key={path} data-end={align === 'end' || undefined}><Show field={field} value={row[path]} title={row.$titles?.[path]} quiet /></td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <div className={classes.foot}>
        {create}
        {rows.hasNextPage && <Button variant="subtle" color="gray" loading={rows.isFetchingNextPage} onClick={() => void rows.fetchNextPage()}><Trans>Show more</Trans></Button>}
        <ButtonLink variant="subtle" color="gray" to="/$plural" params={{ plural: other.plural }} search={{ where }}><Trans>Open as a list</Trans></ButtonLink>
      </div>
      {dialog}
    </div>
  );
}
