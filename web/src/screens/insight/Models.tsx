// Every fit that was made: which is in use, how well it foretold, and the way to fit anew.
import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { IconMathFunction, IconPlayerPlay } from '@tabler/icons-react';
import { FIT_KINDS, type FitKind, insightKeys, type Model, modelsQuery, startFit } from '@/api/insight';
import { Problem } from '@/api/client';
import { Tag } from '@/fields/Tag';
import { formatDate, formatInstant, formatInteger, formatNumber, formatRelative } from '@/locale/format';
import { Card } from '@/ui/chart/Figure';
import { DropMenu } from '@/ui/DropMenu';
import { EmptyState } from '@/ui/EmptyState';
import { Failure } from '@/ui/ErrorBoundary';
import { say, sayProblem } from '@/ui/toast';
import { Waiting } from '@/ui/Waiting';
import { kindHelp, kindName, stateMark } from './models';
import { useMayRefresh } from './RefreshState';
import classes from './insight.module.css';

// A fit takes seconds to minutes; while the page is open it asks again.
const POLL_MS = 5000;

export default function Models() {
  const { t } = useLingui();
  const may = useMayRefresh();
  const models = useQuery({ ...modelsQuery, refetchInterval: POLL_MS });
  if (models.error instanceof Problem && models.error.status === 403) {
    return <EmptyState icon={<IconMathFunction size={20} stroke={1.6} />} title={<Trans>Models are not yours to see</Trans>} />;
  }
  if (models.error && !models.data) return <Failure error={models.error} retry={() => void models.refetch()} />;
  if (!models.data) return <Waiting />;
  if (models.data.length === 0) {
    return (
      <EmptyState icon={<IconMathFunction size={20} stroke={1.6} />} title={<Trans>No model has been fitted yet</Trans>} action={may && <FitMenu />}>
        <Trans>A model learns from past orders how customers buy and leave. It is fitted with the first refresh, or now.</Trans>
      </EmptyState>
    );
  }
  return (
    <div className={classes.figures}>
      <Card title={<Trans>Models</Trans>} tools={may && <FitMenu />}
        help={<Trans>Each line is a fit with the data it learnt from. One that foretells worse than the last waits for someone's word.</Trans>}>
        <div className={classes.tableBox} tabIndex={0} role="region" aria-label={t`Models`}>
          <table className={classes.table}>
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
  const mark = stateMark(model.state);
  const { data } = model;
  return (
    <tr>
      <th scope="row"><Link to="/insight/models/$id" params={{ id: model.id }}>{model.label ?? kindName(model.kind)}</Link></th>
      <td><Tag color={mark.color}>{mark.label}</Tag></td>
      <td><time dateTime={model.fitted_at} title={formatInstant(model.fitted_at)}>{formatRelative(model.fitted_at)}</time></td>
      <td>{data?.from && data.until ? `${formatDate(data.from)} – ${formatDate(data.until)}` : ''}</td>
      <td data-end>{data?.customers === undefined ? '' : formatInteger(data.customers)}</td>
      <td data-end>{model.holdout ? formatNumber(model.holdout.error, 3) : '–'}</td>
    </tr>
  );
}

function FitMenu() {
  const { t } = useLingui();
  const client = useQueryClient();
  const fit = (kind: FitKind) => {
    startFit(kind)
      .then(() => {
        say(t`The fit was begun; it will stand here when it is done.`);
        void client.invalidateQueries({ queryKey: insightKeys.all });
      })
      .catch(sayProblem);
  };
  return (
    <DropMenu width={320} target={<Button size="compact-sm" variant="default" leftSection={<IconPlayerPlay size={14} stroke={1.7} />}><Trans>Fit a model</Trans></Button>}
      entries={FIT_KINDS.map((kind) => ({
        label: <span className={classes.entry}><b>{kindName(kind)}</b><small>{kindHelp(kind)}</small></span>, onClick: () => fit(kind),
      }))} />
  );
}
