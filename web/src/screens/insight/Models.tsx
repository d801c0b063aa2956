// Every fit that was made: which is in use, how well it foretold, and the way to fit anew.
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Loader } from '@mantine/core';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { IconMathFunction, IconPlayerPlay } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useCatalog } from '@/api/catalog';
import { type Fit, FIT_KINDS, type FitKind, fitQuery, insightKeys, modelsQuery, type ModelSummary, startFit } from '@/api/insight';
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
import { refreshQuery, useMayRefresh } from './RefreshState';
import { NoRight } from './Shown';
import page from './InsightPage.module.css';
import classes from './Models.module.css';

// A fit takes seconds to minutes; until it ends the page asks how it goes.
const POLL_MS = 1500;

export default function Models() {
  const { t } = useLingui();
  const may = useMayRefresh();
  const models = useInfiniteQuery(modelsQuery);
  const fitting = useFitting();
  if (models.error instanceof Problem && models.error.status === 403) {
    return <NoRight error={models.error} title={<Trans>Models are not yours to see</Trans>} />;
  }
  if (models.error && !models.data) return <Failure error={models.error} retry={() => void models.refetch()} />;
  if (!models.data) return <Waiting />;
  const all = models.data.pages.flatMap((one) => one.data);
  if (all.length === 0) {
    return (
      <EmptyState icon={<IconMathFunction size={20} stroke={1.6} />} title={<Trans>No model has been fitted yet</Trans>} action={may && <FitMenu fitting={fitting} />}>
        <Trans>A model learns from past orders how customers buy and leave. It is fitted with the first refresh, or now.</Trans>
        <NotFitted fit={fitting.latest} />
        <Notes />
      </EmptyState>
    );
  }
  return (
    <div className={page.figures}>
      <Card title={<Trans>Models</Trans>} tools={may && <FitMenu fitting={fitting} />}
        help={<Trans>Each line is a fit with the data it learnt from. One that predicts worse than the one in use waits for someone's word. Errors compare fits of one family: how often customers buy, what they spend, who leaves.</Trans>}>
        <NotFitted fit={fitting.latest} />
        <Notes />
        {models.error && <FailureLine error={models.error} retry={() => void models.refetch()} />}
        <div className={table.box} tabIndex={0} role="group" aria-label={t`Models`}>
          <table className={table.table}>
            <thead>
              <tr><th scope="col"><Trans>Model</Trans></th><th scope="col"><Trans>State</Trans></th><th scope="col"><Trans>Fitted</Trans></th>
                <th scope="col"><Trans>Data</Trans></th><th scope="col" data-end><Trans>Customers</Trans></th><th scope="col" data-end><Trans>Hold-out error</Trans></th></tr>
            </thead>
            <tbody>{all.map((model) => <Row key={model.id} model={model} />)}</tbody>
          </table>
        </div>
        {models.hasNextPage && (
          <Button className={classes.more} variant="subtle" color="gray" size="compact-sm" loading={models.isFetchingNextPage} onClick={() => void models.fetchNextPage()}>
            <Trans>Show more</Trans>
          </Button>
        )}
      </Card>
    </div>
  );
}

function Row({ model }: { model: ModelSummary }) {
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
      <td data-end>{formatError(model.holdout_error)}</td>
    </tr>
  );
}

const formatError = (error: number | null | undefined) => (error === null || error === undefined ? '–' : formatNumber(error, 3, true));

interface Fitting {
  latest: Fit | undefined;
  running: boolean;
  ask: (kind: FitKind) => void;
}

const isRunning = (fit: Fit | undefined) => fit?.state === 'waiting' || fit?.state === 'running';

// The fit asked for here, else the latest of all; says when it ends.
function useFitting(): Fitting {
  const { t } = useLingui();
  const client = useQueryClient();
  const [job, setJob] = useState<string>();
  const { data } = useQuery({ ...fitQuery(job), refetchInterval: (query) => (isRunning(query.state.data) ? POLL_MS : false) });
  const was = useRef<Fit>(undefined);
  useEffect(() => {
    if (!data) return;
    const ended = isRunning(was.current) && !isRunning(data);
    was.current = data;
    if (!ended) return;
    if (data.state === 'done') say(t`The fit is done.`);
    void client.invalidateQueries({ queryKey: insightKeys.all });
  }, [data, client, t]);
  const ask = (kind: FitKind) => {
    startFit(kind).then((begun) => {
      was.current = { state: 'waiting' }; // however soon it ends, it began
      // One that is asked for again keeps its job: what is known of the last time is over.
      void client.resetQueries({ queryKey: fitQuery(begun.job).queryKey });
      setJob(begun.job);
    }).catch(sayProblem);
  };
  return { latest: data, running: isRunning(data), ask };
}

// Why the latest fit left no model.
function NotFitted({ fit }: { fit: Fit | undefined }) {
  if (!fit?.model || (fit.state !== 'refused' && fit.state !== 'failed')) return null;
  const name = kindName(fit.model);
  const when = formatRelative(fit.finished_at ?? fit.asked_at ?? '');
  return (
    <p className={classes.refused} role="status">
      <Trans>{name} was not fitted, {when}: {fit.problem}</Trans>
    </p>
  );
}

// Why the fits of the last refresh left some family without a new model.
function Notes() {
  const { data } = useQuery(refreshQuery);
  return data?.notes?.map((note) => <p key={note} className={classes.refused} data-note>{note}</p>);
}

function FitMenu({ fitting: { latest, running, ask } }: { fitting: Fitting }) {
  if (running) {
    const name = latest?.model && kindName(latest.model);
    return <span className={classes.fitting} role="status"><Loader size={12} color="gray" /><Trans>Fitting {name}</Trans></span>;
  }
  return (
    <DropMenu width={320} target={<Button size="compact-sm" variant="default" leftSection={<IconPlayerPlay size={14} stroke={1.7} />}><Trans>Fit a model</Trans></Button>}
      entries={FIT_KINDS.map((kind) => ({
        label: <span className={classes.entry}><b>{kindName(kind)}</b><small>{kindHelp(kind)}</small></span>, onClick: () => ask(kind),
      }))} />
  );
}
