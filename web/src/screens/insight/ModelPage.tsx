// One fit: what it learnt from, what it found, how well it foretold, and whether the customers are
// still those it learnt from.
import { plural, t } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { IconCheck } from '@tabler/icons-react';
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { useCatalog } from '@/api/catalog';
import { adoptModel, insightKeys, type Model, modelQuery } from '@/api/insight';
import { Problem } from '@/api/client';
import { Tag } from '@/fields/Tag';
import { formatAmount, formatDate, formatInstant, formatInteger, formatNumber, formatShare } from '@/locale/format';
import { customersText, ordersText } from '@/locale/words';
import { Crumb, Page } from '@/ui/Page';
import type { Colours } from '@/ui/chart/colours';
import { Basis, Card, Figure } from '@/ui/chart/Figure';
import { axis, frame, legend, tooltip } from '@/ui/chart/options';
import { Failure } from '@/ui/ErrorBoundary';
import { NotFound } from '@/ui/NotFound';
import table from '@/ui/table.module.css';
import { say, sayProblem } from '@/ui/toast';
import { Waiting } from '@/ui/Waiting';
import { choiceMark, driftMark, inputName, kindHelp, parameterName } from './models';
import { useMayRefresh } from './RefreshState';
import { NoRight } from './Shown';
import page from './InsightPage.module.css';
import classes from './ModelPage.module.css';

export default function ModelPage() {
  const { t } = useLingui();
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const model = useQuery(modelQuery(id));
  const catalog = useCatalog();
  const name = model.data && choiceMark(catalog, 'kind', model.data.kind).label;
  useEffect(() => {
    document.title = `${name ?? t`Model`} · ${t`Customer value`} · Rapport`;
  }, [t, name]);
  if (model.error instanceof Problem && [400, 404, 422].includes(model.error.status)) return <NotFound />;
  if (model.error instanceof Problem && model.error.status === 403) return <NoRight error={model.error} title={<Trans>Models are not yours to see</Trans>} />;
  if (model.error && !model.data) return <Failure error={model.error} retry={() => void model.refetch()} />;
  if (!model.data) return <Waiting />;
  return <Shown model={model.data} name={name ?? ''} />;
}

function Shown({ model, name }: { model: Model; name: string }) {
  const { t } = useLingui();
  const mark = choiceMark(useCatalog(), 'state', model.state);
  return (
    <Page
      heading={
        <>
          <Crumb to="/insight"><Trans>Customer value</Trans></Crumb>
          <Crumb to="/insight/$section" params={{ section: 'models' } as never}><Trans>Models</Trans></Crumb>
          {name} <Tag color={mark.color}>{mark.label}</Tag>
        </>
      }
      action={<Adopt model={model} />}
    >
      <Basis value={t`${name}, fitted ${formatInstant(model.fitted_at)}`}><div className={page.scroller}>
        <div className={page.figures}>
          {model.note && <p className={classes.note} data-state={model.state}>{model.note}</p>}
          <Told model={model} />
          <div className={page.two}>
            <Fit title={<Trans>Customers by number of purchases</Trans>} help={<Trans>As many repeat purchases as the model expects, beside as many as there were.</Trans>}
              file="fit-purchases" axisName={t`Repeat purchases`} values={model.fit?.purchases?.map((one, at, all) => ({ at: at > 0 && at === all.length - 1 ? `${formatInteger(one.purchases)}+` : formatInteger(one.purchases), ...one }))} bars />
            <Fit title={<Trans>Purchases week by week</Trans>} help={<Trans>Cumulative purchases, as they were and as the model expects them.</Trans>}
              file="fit-weekly" axisName={t`Week`} values={model.fit?.weekly?.map((one) => ({ at: String(one.week), ...one }))}
              since={String(model.fit?.weekly?.find((one) => Number(one.week) >= weekOfHoldout(model))?.week ?? '')} />
          </div>
          <Fit title={<Trans>Predicted and actual</Trans>} help={<Trans>Of the customers held out who were told a risk within each tenth, the share that left.</Trans>}
            file="fit-calibration" axisName={t`Predicted risk`} share bars
            values={model.fit?.calibration?.map((one) => ({ at: `${formatShare(one.from)}+`, actual: one.actual, expected: one.predicted }))} />
          <Spending model={model} />
          <div className={page.two}><Parameters model={model} /><Drift model={model} /></div>
        </div>
      </div></Basis>
    </Page>
  );
}

// The week in which the hold-out began, where weeks are counted from the beginning of the data.
function weekOfHoldout(model: Model): number {
  const { data, holdout } = model;
  if (!data?.from || !holdout?.from) return Infinity;
  return Math.round((Date.parse(holdout.from) - Date.parse(data.from)) / (7 * 86_400_000));
}

function Adopt({ model }: { model: Model }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const may = useMayRefresh();
  const [busy, setBusy] = useState(false);
  if (!may || model.state === 'in_use') return null;
  const adopt = () => {
    setBusy(true);
    adoptModel(model.id)
      .then(() => client.invalidateQueries({ queryKey: insightKeys.all }))
      .then(() => say(t`The model is in use from the next refresh on.`))
      .catch(sayProblem)
      .finally(() => setBusy(false));
  };
  return <Button size="compact-sm" loading={busy} leftSection={<IconCheck size={14} stroke={2} />} onClick={adopt}><Trans>Put in use</Trans></Button>;
}

function purchasesCame(count: number): string {
  return plural(count, { one: '# purchase came', other: '# purchases came' });
}

function customersLeft(count: number): string {
  return plural(count, { one: '# customer left', other: '# customers left' });
}

// What a purchase comes to: of the customers it learnt from, and of those held out.
function Spending({ model }: { model: Model }) {
  const { t } = useLingui();
  const { amounts, spending, currency } = model.fit ?? {};
  const short = useCallback((value: number) => formatAmount(value, currency, true), [currency]);
  if (!amounts?.length && !spending?.length) return null;
  return (
    <div className={page.two}>
      <Fit title={<Trans>Customers by what a purchase comes to</Trans>} help={<Trans>By the mean of a customer's purchases: as many customers as there are, beside as many as the model expects.</Trans>}
        file="fit-amounts" axisName={t`Mean purchase`} bars
        values={amounts?.map((one) => ({ at: `${short(one.from)}+`, ...one }))} />
      <Fit title={<Trans>What purchases came to in the time held out</Trans>} help={<Trans>Customers in ten groups of one size, by what a purchase of theirs was expected to come to: the mean of each.</Trans>}
        file="fit-spending" axisName={t`Expected, least first`} bars format={short}
        values={spending?.map((one, at) => ({ at: String(at + 1), ...one }))} />
    </div>
  );
}

const leaving = (model: Model) => model.kind.startsWith('churn_');

// What is known of a model of leaving by the customers held out.
function judged(model: Model, holdout: NonNullable<Model['holdout']>): { label: string; value: ReactNode; note?: ReactNode }[] {
  const { area = NaN, log_loss: loss = NaN, base_log_loss: base = NaN, calibration_error: off = NaN, rival } = holdout;
  const days = model.horizon ?? 0;
  const alone = formatNumber(base, 3);
  return [
    { label: t`Leaving means`, value: plural(days, { one: '# day', other: '# days' }), note: t`without a purchase` },
    { label: t`Area under the curve`, value: formatNumber(area, 3), note: rival ? t`${formatNumber(rival.alive_area, 3)} by being a customer still` : t`0.5 is chance` },
    { label: t`Log loss`, value: formatNumber(loss, 3), note: t`${alone} by one share for all` },
    { label: t`Calibration error`, value: formatShare(off, 1), note: t`fitted ${formatInstant(model.fitted_at)}` },
  ];
}

// What was judged is not always what is kept: the preferred is fitted anew once it has been judged.
function heldOutNote({ data, holdout }: Model): string {
  const judged = holdout?.fitted_until;
  if (!judged || judged === data?.until) return t`kept back to compare models by`;
  return t`judged as fitted up to ${formatDate(judged)}, then fitted anew`;
}

function Told({ model }: { model: Model }) {
  const { t } = useLingui();
  const { data, holdout } = model;
  const range = (from?: string | null, until?: string | null) => (from && until ? `${formatDate(from)} – ${formatDate(until)}` : '–');
  const facts: { label: string; value: ReactNode; note?: ReactNode }[] = [
    { label: t`Learnt from`, value: range(data?.from, data?.until), note: data && `${customersText(data.customers ?? 0)}, ${ordersText(data.orders ?? 0)}` },
    { label: t`Held out`, value: range(holdout?.from, holdout?.until), note: heldOutNote(model) },
    {
      label: t`Predicted`, value: holdout ? formatInteger(Math.round(holdout.predicted)) : '–',
      note: holdout && (leaving(model) ? customersLeft(Math.round(holdout.actual)) : purchasesCame(Math.round(holdout.actual))),
    },
  ];
  if (holdout && model.kind === 'gamma_gamma') {
    const came = formatAmount(holdout.actual, model.fit?.currency);
    facts[2] = { label: t`Predicted`, value: formatAmount(holdout.predicted, model.fit?.currency), note: t`${came} came` };
  }
  if (leaving(model) && holdout) facts.push(...judged(model, holdout));
  else {
    facts.push(
      { label: t`Hold-out error`, value: holdout ? formatNumber(holdout.error, 3) : '–', note: t`per customer, in means` },
      { label: t`Log-likelihood`, value: model.log_likelihood ? formatNumber(model.log_likelihood, 2) : '–', note: t`fitted ${formatInstant(model.fitted_at)}` },
    );
  }
  if (model.adopted_at) facts.push({ label: t`Put in use`, value: formatDate(model.adopted_at.slice(0, 10)), note: t`by someone's word` });
  return (
    <div>
      {kindHelp(model.kind) && <p className={classes.lead}>{kindHelp(model.kind)}</p>}
      <dl className={classes.told}>
        {facts.map((one) => <div key={one.label}><dt>{one.label}</dt><dd>{one.value}</dd>{one.note && <dd data-note>{one.note}</dd>}</div>)}
      </dl>
    </div>
  );
}

const oneDigit = (value: number) => formatNumber(value, 1);

function Fit({ title, help, file, axisName, values, bars, share, format, since }: {
  title: ReactNode;
  help: ReactNode;
  file: string;
  axisName: string;
  values: { at: string; actual: number; expected: number }[] | undefined;
  bars?: boolean;
  // Of one, told in percent.
  share?: boolean;
  // Else numbers, whole where actual.
  format?: (value: number) => string;
  // From here on the model had not seen the data.
  since?: string;
}) {
  const { t } = useLingui();
  const actual = t`Actual`;
  const expected = t`Expected`;
  const heldOut = t`held out`;
  const whole = format ?? (share ? formatShare : formatInteger);
  const part = format ?? (share ? formatShare : oneDigit);
  const option = useCallback((colours: Colours) => {
    const type = bars ? 'bar' : 'line';
    const look = (colour: string, dashed: boolean) => (bars
      ? { itemStyle: { color: colour, borderRadius: [2, 2, 0, 0] } }
      : { showSymbol: false, itemStyle: { color: colour }, lineStyle: { color: colour, width: 2, type: dashed ? 'dashed' : 'solid' } });
    return frame(colours, {
      grid: { left: 8, right: 12, top: 34, bottom: 26, containLabel: true },
      legend: legend(colours),
      tooltip: tooltip(colours, {
        trigger: 'axis', axisPointer: { type: bars ? 'shadow' : 'line', shadowStyle: { color: colours.line, opacity: 0.6 }, lineStyle: { color: colours.muted, type: 'dashed' } },
        formatter: ([hit]: { dataIndex: number }[]) => {
          const one = values?.[hit?.dataIndex ?? 0];
          return one ? [`${axisName} ${one.at}`, `${actual}  ${whole(one.actual)}`, `${expected}  ${part(one.expected)}`].join('\n') : '';
        },
      }),
      xAxis: axis(colours, { labels: values?.map((one) => one.at) ?? [], name: axisName }),
      yAxis: axis(colours, { whole: !share && !format, format: whole }),
      series: [
        {
          type, name: actual, data: values?.map((one) => one.actual), ...look(colours.series[1], false),
          ...(since && { markLine: { silent: true, symbol: 'none', lineStyle: { color: colours.muted, type: 'dotted' }, label: { color: colours.muted, formatter: heldOut, position: 'end', fontSize: 11 }, data: [{ xAxis: since }] } }),
        },
        { type, name: expected, data: values?.map((one) => one.expected), ...look(colours.series[0], true) },
      ],
    });
  }, [values, bars, share, format, whole, part, since, axisName, actual, expected, heldOut]);
  if (!values?.length) return null;
  const lines = values.map((one) => ({ key: one.at, cells: [one.at, whole(one.actual), part(one.expected)] }));
  return <Figure title={title} help={help} file={file} label={axisName} height={270} option={option} head={[axisName, actual, expected]} lines={lines} />;
}

const DIGITS = 4;

function Parameters({ model }: { model: Model }) {
  if (!model.parameters?.length) return null;
  return (
    <Card title={<Trans>Parameters</Trans>} help={model.kind === 'churn_boosted' ? <Trans>The part of each input in what the trees' splits gained.</Trans> : <Trans>With their standard errors, from the curvature of the likelihood.</Trans>}>
      <table className={table.table}>
        <thead><tr><th scope="col"><Trans>Parameter</Trans></th><th scope="col" data-end><Trans>Value</Trans></th><th scope="col" data-end><Trans>Error</Trans></th></tr></thead>
        <tbody>
          {model.parameters.map((one) => (
            <tr key={one.name}>
              <th scope="row" data-whole>{leaving(model) ? parameterName(one.name) : <code>{one.name}</code>}</th><td data-end>{formatNumber(one.value, DIGITS, true)}</td>
              <td data-end>{one.error === null || one.error === undefined ? '–' : `± ${formatNumber(one.error, DIGITS, true)}`}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function Drift({ model }: { model: Model }) {
  if (!model.drift?.length) return null;
  return (
    <Card title={<Trans>Drift</Trans>} help={<Trans>How far today's customers are from those the model learnt from, by the population stability index.</Trans>}>
      <table className={table.table}>
        <thead><tr><th scope="col"><Trans>Input</Trans></th><th scope="col" data-end><Trans>Index</Trans></th><th scope="col"><Trans>Says</Trans></th></tr></thead>
        <tbody>
          {model.drift.map((one) => {
            const mark = driftMark(one.level);
            return <tr key={one.input}><th scope="row">{inputName(one.input)}</th><td data-end>{formatNumber(one.psi, 3, true)}</td><td><Tag color={mark.color}>{mark.label}</Tag></td></tr>;
          })}
        </tbody>
      </table>
    </Card>
  );
}
