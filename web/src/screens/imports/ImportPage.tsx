// One import while it runs, and what became of it: every row accounted for.
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Progress } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { IconArrowBackUp, IconDownload } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { type Catalog, useCatalog, useMayImport } from '@/api/catalog';
import { type ImportStatus, isMoving, readImport, undoImport } from '@/api/imports';
import { formatInstant, formatInteger } from '@/locale/format';
import { Failure } from '@/ui/ErrorBoundary';
import { Crumb, Page } from '@/ui/Page';
import { say, sayProblem } from '@/ui/toast';
import { Waiting } from '@/ui/Waiting';
import { RejectedRows } from './RejectedRows';
import { StateMark } from './StateMark';
import classes from './imports.module.css';

const POLL_MS = 600;

export default function ImportPage() {
  const { id = '' } = useParams({ strict: false });
  const client = useQueryClient();
  const { t } = useLingui();
  const status = useQuery({
    queryKey: ['imports', id],
    queryFn: ({ signal }) => readImport(id, signal),
    refetchInterval: (query) => (query.state.data && isMoving(query.state.data.state) ? POLL_MS : false),
  });
  const state = status.data?.state;
  useEffect(() => {
    document.title = `${t`Import`} · Rapport`;
  }, [t]);
  useEffect(() => {
    // What the rows made is in lists and pages that were read before.
    if (state && !isMoving(state)) void client.invalidateQueries({ queryKey: ['records'] });
    void client.invalidateQueries({ queryKey: ['imports'], exact: true });
  }, [state, client]);
  if (status.error) return <Failure error={status.error} retry={() => void status.refetch()} />;
  if (!status.data) return <Waiting />;
  return <Shown id={id} status={status.data} onChange={() => void status.refetch()} />;
}

function Shown({ id, status, onChange }: { id: string; status: ImportStatus; onChange: () => void }) {
  const may = useMayImport();
  const name = status.file_name ?? status.name ?? '';
  return (
    <Page
      heading={<><Crumb to="/imports"><Trans>Imports</Trans></Crumb><bdi>{name}</bdi><StateMark state={status.state} /></>}
      action={may && <UndoButton id={id} status={status} onChange={onChange} />}
    >
      <div className={classes.scroller}>
        <div className={classes.column}>
          {isMoving(status.state) && <Running status={status} />}
          {status.state === 'failed' && (
            <Alert color="red" variant="light" role="alert" title={<Trans>The import stopped</Trans>}>
              {status.problem || <Trans>The server's log says why. What was written until then is counted below.</Trans>}
            </Alert>
          )}
          <Reconciliation status={status} />
          <Rejected status={status} />
          <Objects status={status} />
          <Reported status={status} />
          <NotUndone status={status} />
          {status.finished_at && <p className={classes.note}><Trans>Ended {formatInstant(status.finished_at)}.</Trans></p>}
        </div>
      </div>
    </Page>
  );
}

function UndoButton({ id, status, onChange }: { id: string; status: ImportStatus; onChange: () => void }) {
  const { t } = useLingui();
  const [sure, setSure] = useState(false);
  const [busy, setBusy] = useState(false);
  if (status.state !== 'done' && status.state !== 'failed') return null;
  const undo = () => {
    setBusy(true);
    undoImport(id)
      .then(() => {
        say(t`The import is being undone.`);
        onChange();
      })
      .catch(sayProblem)
      .finally(() => {
        setBusy(false);
        setSure(false);
      });
  };
  if (!sure) {
    return <Button variant="default" leftSection={<IconArrowBackUp size={15} />} onClick={() => setSure(true)}><Trans>Undo the import</Trans></Button>;
  }
  return (
    <div className={classes.sure} role="group" aria-label={t`Undo the import`}>
      <span><Trans>Remove what it made and put back what it changed?</Trans></span>
      <Button variant="default" onClick={() => setSure(false)}><Trans>Keep it</Trans></Button>
      <Button color="red" loading={busy} onClick={undo} autoFocus><Trans>Undo it</Trans></Button>
    </div>
  );
}

function Running({ status }: { status: ImportStatus }) {
  const { t } = useLingui();
  const share = status.bytes_total > 0 ? Math.min(100, (status.bytes_done / status.bytes_total) * 100) : 0;
  const rows = formatInteger(status.rows_done);
  const undoing = status.state === 'undoing';
  return (
    <section className={classes.running} aria-live="polite">
      <Progress value={undoing ? 100 : Math.max(2, share)} animated aria-label={t`Progress`} />
      <p className={classes.note}>{undoing ? <Trans>Undoing. You may leave this page.</Trans> : <Trans>{rows} rows done. You may leave this page.</Trans>}</p>
    </section>
  );
}

// received = created + updated + unchanged + rejected, as an equation one can check.
function Reconciliation({ status }: { status: ImportStatus }) {
  const { t } = useLingui();
  const parts = [
    { label: t`received`, value: status.received, sign: '' },
    { label: t`created`, value: status.created, sign: '=' },
    { label: t`updated`, value: status.updated, sign: '+' },
    { label: t`unchanged`, value: status.unchanged, sign: '+' },
    { label: t`rejected`, value: status.rejected, sign: '+' },
  ];
  return (
    <section className={classes.sum} aria-label={t`Every row accounted for`} data-testid="reconciliation">
      {parts.map(({ label, value, sign }) => (
        <div key={label} className={classes.part}>
          {sign && <span className={classes.sign}>{sign}</span>}
          <div data-bad={(label === t`rejected` && value > 0) || undefined}><b>{formatInteger(value)}</b><span>{label}</span></div>
        </div>
      ))}
    </section>
  );
}

function Rejected({ status }: { status: ImportStatus }) {
  const may = useMayImport();
  if (!may || !status.rejected_file || status.rejected === 0) return null;
  const rows = formatInteger(status.rejected);
  return (
    <section className={classes.block}>
      <h2><Trans>Rejected rows</Trans></h2>
      <p><Plural value={status.rejected} one={`${rows} row was left out.`} other={`${rows} rows were left out.`} />{' '}
        <Trans>The file below holds what was left out, each row with its reason. Mend it and import it again: what is in already stays unchanged.</Trans></p>
      <RejectedRows file={status.rejected_file} />
      <Button variant="default" component="a" href={status.rejected_file} download leftSection={<IconDownload size={15} />}><Trans>Download the rejected rows</Trans></Button>
    </section>
  );
}

function Objects({ status }: { status: ImportStatus }) {
  const catalog = useCatalog();
  const objects = Object.entries(status.objects ?? {});
  if (objects.length === 0) return null;
  return (
    <section className={classes.block}>
      <h2><Trans>Records</Trans></h2>
      <table className={classes.table}>
        <thead><tr><th><Trans>Type</Trans></th><th data-end><Trans>Created</Trans></th><th data-end><Trans>Updated</Trans></th><th data-end><Trans>Unchanged</Trans></th></tr></thead>
        <tbody>
          {objects.map(([name, counts]) => (
            <tr key={name}>
              <td><OpenList catalog={catalog} name={name} /></td>
              <td data-end>{formatInteger(counts.created ?? 0)}</td>
              <td data-end>{formatInteger(counts.updated ?? 0)}</td>
              <td data-end>{formatInteger(counts.unchanged ?? 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function OpenList({ catalog, name }: { catalog: Catalog; name: string }) {
  const object = catalog.named(name);
  if (!object) return <>{name}</>;
  return <Link to="/$plural" params={{ plural: object.plural }} search={{ order: '-created_at' }}>{object.label.many}</Link>;
}

function Reported({ status }: { status: ImportStatus }) {
  if (!status.reported?.length) return null;
  return (
    <section className={classes.block}>
      <h2><Trans>Worth a look</Trans></h2>
      <p><Trans>These rows were taken as they are.</Trans></p>
      <ul className={classes.reports}>
        {status.reported.map((one) => {
          const rows = one.rows?.slice(0, 10).map(formatInteger).join(', ');
          return <li key={one.report}><b>{formatInteger(one.count)}</b> {one.report}{rows && <span className={classes.rows}> <Trans>rows {rows}</Trans></span>}</li>;
        })}
      </ul>
    </section>
  );
}

function NotUndone({ status }: { status: ImportStatus }) {
  const catalog = useCatalog();
  if (!status.not_undone?.length) return null;
  return (
    <section className={classes.block}>
      <h2><Trans>Not undone</Trans></h2>
      <p><Trans>These were altered since, and stay as they are.</Trans></p>
      <ul className={classes.reports}>
        {status.not_undone.map((one) => {
          const object = catalog.named(one.object);
          return (
            <li key={one.id}>
              {object ? <Link to="/$plural/$id" params={{ plural: object.plural, id: one.id }}>{object.label.one} {one.id.slice(0, 8)}</Link> : one.id} {one.reason}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
