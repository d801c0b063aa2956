// Why a score is what it is: its reasons in words, and a small picture of how it came to be.
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useCallback, useMemo } from 'react';
import { fieldOf, useCatalog } from '@/api/catalog';
import type { Purchases, Reason, Score } from '@/api/insight';
import { choiceOf } from '@/fields/values';
import { formatAmount, formatAxisTime, formatDate, formatInstant, formatInteger, formatNumber, isLoss } from '@/locale/format';
import { PARTS, usePartNames } from '@/locale/parts';
import type { Colours } from '@/ui/chart/colours';
import { axis, frame, legend, tooltip } from '@/ui/chart/options';
import { coursesOf } from './courses';
import type { CardProps } from './ScoreCards';
import { byWeight, numberOf, scoreNamed, scoreText } from './scores';
import classes from './cards.module.css';

const Chart = lazy(() => import('@/ui/chart/Chart'));
const PICTURE = 150;

// The chart's own labels would be English whatever the page is.
function timeAxis(colours: Colours, moments: string[]) {
  const times = moments.map((one) => Date.parse(one));
  const length = Math.max(...times) - Math.min(...times);
  return { ...axis(colours, { type: 'time', grid: false, format: (at) => formatAxisTime(at, length) }), splitNumber: 3 };
}

function Picture({ label, option }: { label: string; option: (colours: Colours) => Record<string, unknown> }) {
  return (
    <Suspense fallback={<div style={{ blockSize: PICTURE }} />}>
      <Chart label={label} height={PICTURE} option={option} />
    </Suspense>
  );
}

function Reasons({ reasons }: { reasons: Reason[] | undefined }) {
  const { t } = useLingui();
  if (!reasons?.length) return null;
  return <ul className={classes.reasons} aria-label={t`Reasons`}>{byWeight(reasons).map((one) => <li key={one.text}>{one.text}</li>)}</ul>;
}

function Facts({ facts }: { facts: [ReactNode, ReactNode][] }) {
  return <dl className={classes.facts}>{facts.map(([label, value], at) => <div key={at}><dt>{label}</dt><dd>{value}</dd></div>)}</dl>;
}

function Source({ score }: { score: Score | undefined }) {
  if (!score?.as_of) return null;
  return (
    <p className={classes.source}>
      <Trans>As of {formatInstant(score.as_of)}.</Trans>{' '}
      {score.model && <Link to="/insight/models/$id" params={{ id: score.model }}><Trans>The model behind it</Trans></Link>}
    </p>
  );
}

export function ValueWhy({ object, insight }: CardProps) {
  const value = scoreNamed(insight, 'lifetime_value') ?? scoreNamed(insight, 'historic_value');
  const others = ['historic_value', 'expected_purchases', 'rfm_cell'].flatMap((name) => scoreNamed(insight, name) ?? []).filter((one) => one !== value);
  return (
    <>
      <Reasons reasons={value?.reasons} />
      <OfCompany object={object} />
      <History score={value} currency={insight.currency} />
      <Facts facts={others.map((one) => [one.label, scoreText(one, object, insight.currency)])} />
      <Source score={value} />
    </>
  );
}

// A company has sums, and no reasons of its own.
function OfCompany({ object }: { object: CardProps['object'] }) {
  if (object.name !== 'company') return null;
  return <p className={classes.source}><Trans>The sum over the customers who work there.</Trans></p>;
}

export function LifeWhy({ object, insight }: CardProps) {
  const alive = scoreNamed(insight, 'probability_alive');
  const warning = scoreNamed(insight, 'churn_warning');
  const field = fieldOf(object, 'churn_warning');
  const risk = scoreNamed(insight, 'churn_risk');
  const said = warning && field ? choiceOf(field, warning.value)?.label : undefined;
  return (
    <>
      <Reasons reasons={[...(warning?.reasons ?? []), ...(alive?.reasons ?? [])]} />
      {risk && <Risk risk={risk} text={scoreText(risk, object, insight.currency)} />}
      {insight.purchases && <PurchasesPicture purchases={insight.purchases} />}
      {warning && <Facts facts={[[warning.label, said ?? String(warning.value)]]} />}
      <Source score={alive} />
    </>
  );
}

const REASONS_OF_RISK = 5;

// What is learnt of customers like this one, and what speaks for it and against it.
function Risk({ risk, text }: { risk: Score; text: string }) {
  const days = risk.horizon ?? 0;
  return (
    <section className={classes.risk}>
      <h3 className={classes.part}><Trans>Risk of leaving: {text}</Trans></h3>
      <p className={classes.source}><Plural value={days} one="Of buying nothing within # day." other="Of buying nothing within # days." /></p>
      <Reasons reasons={byWeight(risk.reasons ?? []).slice(0, REASONS_OF_RISK)} />
      {risk.model && <p className={classes.source}><Link to="/insight/models/$id" params={{ id: risk.model }}><Trans>The model behind it</Trans></Link></p>}
    </section>
  );
}

// What the customer bought, step by step, beside what the model expects of such a customer.
function PurchasesPicture({ purchases }: { purchases: Purchases }) {
  const { t } = useLingui();
  const { actual, before, from } = useMemo(() => coursesOf(purchases), [purchases]);
  const bought = t`Purchases`;
  const anyone = t`Anyone new`;
  const foretold = t`Expected`;
  const option = useCallback((colours: Colours) => frame(colours, {
    grid: { left: 4, right: 8, top: 28, bottom: 4, containLabel: true },
    legend: legend(colours),
    tooltip: tooltip(colours, {
      trigger: 'axis',
      formatter: (hits: { seriesName: string; value: [string, number] }[]) =>
        [hits[0] ? formatDate(hits[0].value[0]) : '', ...hits.map((hit) => `${hit.seriesName}  ${formatNumber(hit.value[1], 1)}`)].join('\n'),
    }),
    xAxis: timeAxis(colours, [...actual, ...before, ...from].map((one) => one.at)),
    yAxis: axis(colours, { whole: true, format: formatInteger }),
    series: [
      {
        type: 'line', step: 'end', name: bought, symbolSize: 5, itemStyle: { color: colours.series[1] }, lineStyle: { color: colours.series[1], width: 2 },
        // The last day known is no purchase.
        data: actual.map((one, at) => ({ value: [one.at, one.cumulative], symbol: one.cumulative === actual[at - 1]?.cumulative ? 'none' : 'circle' })),
      },
      { type: 'line', name: foretold, showSymbol: false, itemStyle: { color: colours.series[0] }, lineStyle: { color: colours.series[0], width: 2, type: 'dashed' }, data: from.map((one) => [one.at, one.cumulative]) },
      { type: 'line', name: anyone, showSymbol: false, itemStyle: { color: colours.muted }, lineStyle: { color: colours.muted, width: 1.5, type: 'dotted' }, data: before.map((one) => [one.at, one.cumulative]) },
    ],
  }), [actual, before, from, bought, foretold, anyone]);
  const last = purchases.actual.at(-1);
  const hoped = from.at(-1) ?? before.at(-1);
  if (!last && !hoped) return null;
  return <Picture option={option} label={t`${formatInteger(last?.cumulative ?? 0)} purchases until now; the model expects ${formatNumber(hoped?.cumulative ?? 0, 1)} by the end of the picture`} />;
}

function History({ score, currency }: { score: Score | undefined; currency: string | null | undefined }) {
  const { t } = useLingui();
  const history = score?.history;
  const money = score?.type === 'money';
  const option = useCallback((colours: Colours) => {
    const said = (value: number) => (money ? formatAmount(value, currency, true) : formatNumber(value, 1));
    return frame(colours, {
      grid: { left: 4, right: 10, top: 10, bottom: 4, containLabel: true },
      tooltip: tooltip(colours, {
        trigger: 'axis',
        formatter: ([hit]: { data: [string, number] }[]) => (hit ? `${formatDate(hit.data[0])}\n${said(hit.data[1])}` : ''),
      }),
      xAxis: timeAxis(colours, (history ?? []).map((one) => one.as_of)),
      yAxis: axis(colours, { format: said }),
      series: [{
        type: 'line', symbolSize: 5, itemStyle: { color: colours.accent }, lineStyle: { color: colours.accent, width: 2 }, areaStyle: { color: colours.accent, opacity: 0.08 },
        data: (history ?? []).flatMap((one) => { const number = numberOf(one.value); return number === undefined ? [] : [[one.as_of, number]]; }),
      }],
    });
  }, [history, money, currency]);
  const label = score?.label ?? '';
  // One point is no history.
  if (!history || history.length < 2) return null;
  return <Picture option={option} label={t`${label} over time, ${history.length} values`} />;
}

export function ProfitWhy({ object, insight }: CardProps) {
  const score = scoreNamed(insight, 'profit');
  const { profit, currency } = insight;
  const channelField = useChannels();
  const names = usePartNames();
  return (
    <>
      <Reasons reasons={score?.reasons} />
      <OfCompany object={object} />
      {profit && (
        <table className={classes.sum}>
          <tbody>
            {PARTS.map((part) => (
              <tr key={part} data-sum={part === 'profit' || undefined}>
                <th scope="row">{part === 'revenue' || part === 'profit' ? names[part] : <><span aria-hidden>− </span>{names[part]}</>}</th>
                <td data-bad={(part === 'profit' && isLoss(profit.profit)) || undefined}>{formatAmount(profit[part], currency)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {profit?.channels && profit.channels.length > 0 && (
        <>
          <h3 className={classes.part}><Trans>Cost to serve</Trans></h3>
          <Facts facts={profit.channels.map((one) => [
            <>{one.label ?? channelField(one.channel)} <small><Plural value={Math.round(one.minutes)} one="# minute" other="# minutes" /></small></>,
            formatAmount(one.cost, currency),
          ])} />
        </>
      )}
      <History score={score} currency={currency} />
      <Source score={score} />
    </>
  );
}

// Channels are called as interactions call them.
function useChannels(): (channel: string) => string {
  const contact = useCatalog().named('interaction');
  const field = contact && fieldOf(contact, 'channel');
  return (channel) => (field && choiceOf(field, channel)?.label) || channel;
}

export function OfferWhy({ insight }: CardProps) {
  return (
    <ol className={classes.offers}>
      {insight.next_offers?.map((one) => (
        <li key={one.product}>
          <Link to="/$plural/$id" params={{ plural: 'products', id: one.product }}><bdi>{one.title}</bdi></Link>
          {one.reasons?.map((reason) => <p key={reason.text}>{reason.text}</p>)}
          <Support lift={one.lift} support={one.support} />
        </li>
      ))}
    </ol>
  );
}

function Support({ lift, support }: { lift: number | null | undefined; support: number | null | undefined }) {
  if (typeof lift !== 'number') return null;
  const times = formatNumber(lift, 1);
  if (typeof support !== 'number') return <p><Trans>Lift {times}</Trans></p>;
  return <p><Plural value={support} one={`Lift ${times}, seen once`} other={`Lift ${times}, seen # times`} /></p>;
}
