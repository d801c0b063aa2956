// Past imports, and the way to a new one.
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { IconFileImport, IconPlus } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useMayImport } from '@/api/catalog';
import { importId, type ImportStatus, isMoving, listImports } from '@/api/imports';
import { formatInstant, formatInteger, formatRelative } from '@/locale/format';
import { EmptyState } from '@/ui/EmptyState';
import { Failure } from '@/ui/ErrorBoundary';
import { Page } from '@/ui/Page';
import { ButtonLink } from '@/ui/links';
import { Waiting } from '@/ui/Waiting';
import { StateMark } from './StateMark';
import classes from './imports.module.css';

const POLL_MS = 1500;

export default function ImportsPage() {
  const { t } = useLingui();
  useEffect(() => {
    document.title = `${t`Imports`} · Rapport`;
  }, [t]);
  const imports = useQuery({
    queryKey: ['imports'],
    queryFn: ({ signal }) => listImports(signal),
    refetchInterval: (query) => (query.state.data?.data.some((one) => isMoving(one.state)) ? POLL_MS : false),
  });
  const start = useMayImport() && <ButtonLink to="/imports/new" leftSection={<IconPlus size={15} stroke={2} />}><Trans>New import</Trans></ButtonLink>;
  return (
    <Page heading={<><IconFileImport size={18} stroke={1.6} aria-hidden /><Trans>Imports</Trans></>} action={start}>
      {imports.isPending && <Waiting />}
      {imports.error && <Failure error={imports.error} retry={() => void imports.refetch()} />}
      {imports.data?.data.length === 0 && (
        <EmptyState icon={<IconFileImport size={20} stroke={1.6} />} title={<Trans>Nothing was imported yet</Trans>} action={start}>
          <Trans>Drop a CSV file of persons, companies, orders or anything else. You see what it would do before it does it, and can undo it afterwards.</Trans>
        </EmptyState>
      )}
      {Boolean(imports.data?.data.length) && (
        <div className={classes.scroller} tabIndex={0} role="region" aria-label={t`Imports`}>
          <table className={classes.table}>
            <thead>
              <tr>
                <th><Trans>File</Trans></th><th><Trans>State</Trans></th><th data-end><Trans>Received</Trans></th>
                <th data-end><Trans>Created</Trans></th><th data-end><Trans>Updated</Trans></th><th data-end><Trans>Rejected</Trans></th><th><Trans>When</Trans></th>
              </tr>
            </thead>
            <tbody>{imports.data?.data.map((one) => <Line key={importId(one)} status={one} />)}</tbody>
          </table>
        </div>
      )}
    </Page>
  );
}

function Line({ status }: { status: ImportStatus }) {
  return (
    <tr>
      <td><Link to="/imports/$id" params={{ id: importId(status) }}><bdi>{status.file_name ?? status.name ?? importId(status).slice(0, 8)}</bdi></Link></td>
      <td><StateMark state={status.state} /></td>
      <td data-end><Plural value={status.received} one={`${formatInteger(status.received)} row`} other={`${formatInteger(status.received)} rows`} /></td>
      <td data-end>{formatInteger(status.created)}</td>
      <td data-end>{formatInteger(status.updated)}</td>
      <td data-end>{formatInteger(status.rejected)}</td>
      <td>{status.created_at && <time dateTime={status.created_at} title={formatInstant(status.created_at)}>{formatRelative(status.created_at)}</time>}</td>
    </tr>
  );
}
