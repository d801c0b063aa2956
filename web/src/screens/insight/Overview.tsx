// The worth of all customers at a glance: what came, what is expected, how it is spread.
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import { useCallback } from 'react';
import { figureFile, type ValueFigure, type WhaleFigure } from '@/api/insight';
import { formatAmount, formatInteger, formatShare } from '@/locale/format';
import type { Colours } from '@/ui/chart/colours';
import { Figure, type Line } from '@/ui/chart/Figure';
import { axis, frame, tooltip } from '@/ui/chart/options';
import { OpenLink } from '@/ui/OpenLink';
import { useFilters, useOwnChoice } from './filters';
import { Shown, useFigure } from './Shown';
import classes from './insight.module.css';

const MEASURES = ['historic', 'expected', 'profit'] as const;
type Measure = (typeof MEASURES)[number];

function useMeasureNames(): Record<Measure, { label: string; help: string }> {
  const { t } = useLingui();
  return {
    historic: { label: t`Historic value`, help: t`Paid until now, returns taken off.` },
    expected: { label: t`Lifetime value`, help: t`Margin expected from now on, what comes later counting less.` },
    profit: { label: t`Profit`, help: t`Of this month and the eleven before it, all costs taken off.` },
  };
}

export default function Overview() {
  const [measure, setMeasure] = useOwnChoice('measure', MEASURES);
  const figure = useFigure<ValueFigure>('value', { measure });
  return (
    <Shown figure={figure} empty={(data) => data.count === 0}>
      {(data) => (
        <>
          <div className={classes.tiles}>
            {MEASURES.map((one) => <Tile key={one} measure={one} chosen={one === measure} onChoose={() => setMeasure(one)} />)}
          </div>
          <div className={classes.two}>
            <Distribution data={data} measure={measure} />
            <Whale />
          </div>
        </>
      )}
    </Shown>
  );
}

function Tile({ measure, chosen, onChoose }: { measure: Measure; chosen: boolean; onChoose: () => void }) {
  const { label, help } = useMeasureNames()[measure];
  const { data } = useFigure<ValueFigure>('value', { measure });
  const mean = formatAmount(data?.mean ?? 0, data?.currency);
  const median = formatAmount(data?.median ?? 0, data?.currency);
  return (
    <button type="button" className={classes.tile} aria-pressed={chosen} onClick={onChoose} title={help}>
      <span className={classes.tileLabel}>{label}</span>
      <b>{data ? formatAmount(data.total, data.currency) : '–'}</b>
      <span className={classes.tileNote}>
        {data && data.count > 0 && <Plural value={data.count} one={`1 customer`} other={`${formatInteger(data.count)} customers`} />}
      </span>
      <span className={classes.tileNote}>{data && data.count > 0 && <Trans>mean {mean}, median {median}</Trans>}</span>
    </button>
  );
}

function Distribution({ data, measure }: { data: ValueFigure; measure: Measure }) {
  const { t } = useLingui();
  const { filters } = useFilters();
  const { label, help } = useMeasureNames()[measure];
  const { currency, bins } = data;
  const option = useCallback((colours: Colours) => frame(colours, {
    tooltip: tooltip(colours, {
      trigger: 'axis', axisPointer: { type: 'shadow', shadowStyle: { color: colours.line, opacity: 0.6 } },
      formatter: ([first]: { dataIndex: number }[]) => {
        const bin = bins[first?.dataIndex ?? 0];
        return bin ? [binName(bin, currency), t`${formatInteger(bin.count)} customers`, formatAmount(bin.sum, currency)].join('\n') : '';
      },
    }),
    xAxis: axis(colours, { labels: bins.map((bin) => formatAmount(bin.from, currency, true)) }),
    yAxis: axis(colours, { format: formatInteger }),
    series: [{
      type: 'bar', barCategoryGap: '12%', data: bins.map((bin) => bin.count),
      itemStyle: { color: colours.accent, borderRadius: [2, 2, 0, 0] }, emphasis: { itemStyle: { color: colours.text } },
    }],
  }), [bins, currency, t]);
  const lines: Line[] = bins.map((bin) => ({
    key: String(bin.from), open: bin.open, name: `${label} ${binName(bin, currency)}`,
    cells: [binName(bin, currency), formatInteger(bin.count), formatAmount(bin.sum, currency)],
  }));
  return (
    <Figure title={<Trans>How it is spread: {label}</Trans>} help={help} file={`value-${measure}`} csv={figureFile('value', { ...filters, measure })}
      label={t`Customers by ${label}`} height={330} option={option} head={[label, t`Customers`, t`Sum`]} lines={lines} />
  );
}

function binName(bin: { from: number; to: number | null }, currency: string | null | undefined): string {
  const from = formatAmount(bin.from, currency);
  return bin.to === null ? `≥ ${from}` : `${from} – ${formatAmount(bin.to, currency)}`;
}

// Customers from the best to the worst, and how much of all value they have brought by then: above
// 100 % stand those who take some of it away again.
const WHOLE = 100;

function Whale() {
  const { t } = useLingui();
  const { filters } = useFilters();
  const { data } = useFigure<WhaleFigure>('whale');
  const points = data?.points;
  const peak = data?.peak;
  const option = useCallback((colours: Colours) => frame(colours, {
    tooltip: tooltip(colours, {
      trigger: 'axis',
      formatter: ([first]: { data: [number, number] }[]) =>
        first ? t`Best ${formatShare(first.data[0], 1)} of customers` + '\n' + t`${formatShare(first.data[1], 1)} of all value` : '',
    }),
    xAxis: axis(colours, { min: 0, max: 1, grid: false, format: (value) => formatShare(value) }),
    yAxis: axis(colours, { format: (value) => formatShare(value) }),
    series: [{
      type: 'line', showSymbol: false, lineStyle: { width: 2, color: colours.accent }, itemStyle: { color: colours.accent },
      areaStyle: { color: colours.accent, opacity: 0.1 }, data: (points ?? []).map((point) => [point.share, point.cumulative]),
      markLine: {
        silent: true, symbol: 'none', lineStyle: { color: colours.muted, type: 'dashed' },
        label: { color: colours.muted, fontSize: 11, position: 'insideStartTop', formatter: t`all value` }, data: [{ yAxis: 1 }],
      },
    }],
  }), [points, t]);
  if (!data || data.points.length === 0) return null;
  const lines: Line[] = data.shares.map((one) => {
    const best = formatShare(one.best, 1);
    return {
      key: String(one.best), open: one.open, name: t`Best ${best} of customers`,
      cells: [t`Best ${best}`, one.count === undefined ? '' : formatInteger(one.count), formatShare(one.percent / WHOLE, 1)],
    };
  });
  const { negative } = data;
  const count = formatInteger(negative?.count ?? 0);
  const loss = formatAmount(Math.abs(negative?.sum ?? 0), data.currency);
  const top = peak && formatShare(peak.percent / WHOLE);
  const best = peak && formatShare(peak.share);
  return (
    <Figure title={<Trans>Whale curve</Trans>} help={<Trans>Customers from the most to the least valuable until now, and the share of all historic value they have brought.</Trans>}
      file="whale" csv={figureFile('whale', filters)} label={t`Cumulative value by customers, best first`} height={230} option={option}
      head={[t`Customers`, t`Count`, t`Share of value`]} lines={lines}>
      <ul className={classes.facts}>
        {data.shares.slice(0, 4).map((one) => {
          const first = formatShare(one.best, 1);
          const made = formatShare(one.percent / WHOLE);
          return (
            <li key={one.best}>
              <OpenLink open={one.open} name={t`Best ${first} of customers`}><Trans>Best {first}</Trans></OpenLink>
              <b>{made}</b>
            </li>
          );
        })}
      </ul>
      {peak && <p className={classes.say}><Trans>The peak is at {top}, reached with the best {best} of customers.</Trans></p>}
      {negative && negative.count > 0 && (
        <p className={classes.say}>
          <OpenLink open={negative.open} name={t`Gave back more than paid for`}><Plural value={negative.count} one="1 customer" other={`${count} customers`} /></OpenLink>{' '}
          <Trans>gave back more than they paid for: {loss} in all.</Trans>
        </p>
      )}
      <p className={classes.say}><Link to="/insight/$section" params={{ section: 'profitability' } as never} search={filters as never}><Trans>Where profit is made and lost</Trans></Link></p>
    </Figure>
  );
}
