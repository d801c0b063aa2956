// Every fit that was made: which is in use, how well it foretold, and the way to fit anew.
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Loader } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { IconMathFunction, IconPlayerPlay } from '@tabler/icons-react';
import { useCallback, useEffect, useState } from 'react';
import { useCatalog } from '@/api/catalog';
import { FIT_KINDS, type FitKind, insightKeys, type Model, modelsQuery, startFit } from '@/api/insight';
import { Problem } from '@/api/client';
import { Tag } from '@/fields/Tag';
import { formatDate, formatInstant, formatInteger, formatNumber, formatRelative } from '@/locale/format';
import { Card } from '@/ui/chart/Figure';
import { DropMenu } from '@/ui/DropMenu';
import { EmptyState } from '@/ui/EmptyState';
import { Failure } from '@/ui/ErrorBoundary';
import { FailureLine } from '@/ui/FailureLine';
import table from '@/ui/table.module.css';
import { say, sayProblem } from '@/ui/toast';
import { Waiting } from '@/ui/Waiting';
import { choiceMark, kindHelp, kindName } from './models';
import { useMayRefresh } from './RefreshState';
import page from './InsightPage.module.css';
import classes from './Models.module.css';

// A fit takes seconds to minutes. While one was asked for, the list is read again and again; one that
// does not come in this time was refused or broke off, which is said.
const POLL_MS = 2000;
const WAIT_MS = 5 * 60_000;

export default function Models() {
  const { t } = useLingui();
  const may = useMayRefresh();
  const { asked, ask, done } = useAsked();
  const models = useQuery({ ...modelsQuery, refetchInterval: asked ? POLL_MS : false });
  useFitted(models.data, asked, done);
  if (models.error instanceof Problem && models.error.status === 403) {
    return <EmptyState icon={<IconMathFunction size={20} stroke={1.6} />} title={<Trans>Models are not yours to see</Trans>} />;
  }
  if (models.error && !models.data) return <Failure error={models.error} retry={() => void models.refetch()} />;
  if (!models.data) return <Waiting />;
  if (models.data.length === 0) {
    return (
      <EmptyState icon={<IconMathFunction size={20} stroke={1.6} />} title={<Trans>No model has been fitted yet</Trans>} action={may && <FitMenu asked={asked} ask={ask} />}>
        <Trans>A model learns from past orders how customers buy and leave. It is fitted with the first refresh, or now.</Trans>
      </EmptyState>
    );
  }
  return (
    <div className={page.figures}>
      <Card title={<Trans>Models</Trans>} tools={may && <FitMenu asked={asked} ask={ask} />}
        help={<Trans>Each line is a fit with the data it learnt from. One that predicts worse than the one in use waits for someone's word.</Trans>}>
        {models.error && <FailureLine error={models.error} retry={() => void models.refetch()} />}
        <div className={table.box} tabIndex={0} role="group" aria-label={t`Models`}>
          <table className={table.table}>
            <thead>
              <tr><th scope="col"><Trans>Model</Trans></th><th scope="col"><Trans>State</Trans></th><th scope="col"><Trans>Fitted</Trans></th>
                <th scope="col"><Trans>Data</Trans></th><th scope="col" data-end><Trans>Customers</Trans></th><th scope="col" data-end><Trans>Hold-out error</Trans></th></tr>
            </thead>
            <tbody>{models.data.map((model) => <Row key={model.id} model={model} />)}</tbody>
          </table>
        </div>
      </Card>
    </div>
  );
}

function Row({ model }: { model: Model }) {
  const catalog = useCatalog();
  const mark = choiceMark(catalog, 'state', model.state);
  const { data } = model;
  return (
    <tr>
      <th scope="row"><Link to="/insight/models/$id" params={{ id: model.id }}>{choiceMark(catalog, 'kind', model.kind).label}</Link></th>
      <td><Tag color={mark.color}>{mark.label}</Tag></td>
      <td><time dateTime={model.fitted_at} title={formatInstant(model.fitted_at)}>{formatRelative(model.fitted_at)}</time></td>
      <td>{data?.from && data.until ? `${formatDate(data.from)} – ${formatDate(data.until)}` : ''}</td>
      <td data-end>{data?.customers === undefined ? '' : formatInteger(data.customers)}</td>
      <td data-end>{model.holdout ? formatNumber(model.holdout.error, 3) : '–'}</td>
    </tr>
  );
}

interface Asked {
  kind: FitKind;
  // The fits that were there before.
  known: ReadonlySet<string>;
  until: number;
}

function useAsked() {
  const client = useQueryClient();
  const [asked, setAsked] = useState<Asked>();
  const ask = (kind: FitKind) => {
    const known = new Set(client.getQueryData(modelsQuery.queryKey)?.map((model) => model.id));
    setAsked({ kind, known, until: Date.now() + WAIT_MS });
    startFit(kind)
      .then(() => client.invalidateQueries({ queryKey: modelsQuery.queryKey }))
      .catch((error: unknown) => {
        setAsked(undefined);
        sayProblem(error);
      });
  };
  return { asked, ask, done: useCallback(() => setAsked(undefined), []) };
}

// Says how a fit that was asked for ended.
function useFitted(models: Model[] | undefined, asked: Asked | undefined, done: () => void): void {
  const { t } = useLingui();
  const client = useQueryClient();
  useEffect(() => {
    if (!asked) return undefined;
    const made = models?.find((model) => !asked.known.has(model.id) && (asked.kind === 'auto' || model.kind === asked.kind));
    if (made) {
      done();
      say(made.note ? t`The fit is done. ${made.note}` : t`The fit is done.`);
      void client.invalidateQueries({ queryKey: insightKeys.all });
      return undefined;
    }
    const timer = window.setTimeout(() => {
      done();
      say(t`The fit has not ended in time. It may have been refused: see whether there are enough orders, and try again.`);
    }, asked.until - Date.now());
    return () => window.clearTimeout(timer);
  }, [models, asked, done, client, t]);
}

function FitMenu({ asked, ask }: { asked: Asked | undefined; ask: (kind: FitKind) => void }) {
  if (asked) return <span className={classes.fitting} role="status"><Loader size={12} color="gray" /><Trans>Fitting {kindName(asked.kind)}</Trans></span>;
  return (
    <DropMenu width={320} target={<Button size="compact-sm" variant="default" leftSection={<IconPlayerPlay size={14} stroke={1.7} />}><Trans>Fit a model</Trans></Button>}
      entries={FIT_KINDS.map((kind) => ({
        label: <span className={classes.entry}><b>{kindName(kind)}</b><small>{kindHelp(kind)}</small></span>, onClick: () => ask(kind),
      }))} />
  );
}
