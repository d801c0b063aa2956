// The worth of all customers at a glance: what came, what is expected, how it is spread.
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import { IconChartBar } from '@tabler/icons-react';
import { useCallback } from 'react';
import { figureFile, type ValueFigure, type WhaleFigure } from '@/api/insight';
import { formatAmount, formatInteger, formatShare } from '@/locale/format';
import { customersText } from '@/locale/words';
import type { Colours } from '@/ui/chart/colours';
import { Card, Figure, type Line } from '@/ui/chart/Figure';
import { axis, frame, NAMED_BOTTOM, NAMED_TOP, QUARTER, tooltip } from '@/ui/chart/options';
import { EmptyState } from '@/ui/EmptyState';
import { OpenLink } from '@/ui/OpenLink';
import { sentence } from '@/ui/toast';
import { keptSearch, useFilters, useOwnChoice, useSearchOfFilters } from './filters';
import { Nothing, Shown, ShownCard, useFigure } from './Shown';
import page from './InsightPage.module.css';
import classes from './Overview.module.css';

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
    <Shown figure={figure}>
      {(data) => (
        <>
          <div className={classes.tiles}>
            {MEASURES.map((one) => <Tile key={one} measure={one} chosen={one === measure} onChoose={() => setMeasure(one)} />)}
          </div>
          {data.count === 0 ? <NoValues data={data} /> : (
            <div className={page.two}>
              <Distribution data={data} />
              <Whale />
            </div>
          )}
        </>
      )}
    </Shown>
  );
}

// Customers may have paid and still have no lifetime value; the tiles lead back to what there is.
function NoValues({ data }: { data: ValueFigure }) {
  const { label, help } = useMeasureNames()[(data.measure ?? 'historic') as Measure];
  return (
    <Nothing>
      <Card title={label} help={help}>
        <EmptyState icon={<IconChartBar size={20} stroke={1.6} />} title={<Trans>No customer has this value yet</Trans>}>
          <Trans>It is made with a refresh, once there are enough orders.</Trans>
        </EmptyState>
      </Card>
    </Nothing>
  );
}

function Tile({ measure, chosen, onChoose }: { measure: Measure; chosen: boolean; onChoose: () => void }) {
  const { label, help } = useMeasureNames()[measure];
  const { data, error, isPlaceholderData } = useFigure<ValueFigure>('value', { measure });
  const mean = formatAmount(data?.mean ?? 0, data?.currency);
  const median = formatAmount(data?.median ?? 0, data?.currency);
  return (
    <button type="button" className={classes.tile} aria-pressed={chosen} onClick={onChoose} title={help} data-stale={isPlaceholderData || undefined}>
      <span className={classes.label}>{label}</span>
      <b>{data ? formatAmount(data.total, data.currency) : '–'}</b>
      <span className={classes.note}>
        {data && data.count > 0 && customersText(data.count)}
        {error && <span className={classes.bad} title={sentence(error)}><Trans>could not be read</Trans></span>}
      </span>
      <span className={classes.note}>{data && data.count > 0 && <Trans>mean {mean}, median {median}</Trans>}</span>
    </button>
  );
}

function Distribution({ data }: { data: ValueFigure }) {
  const { t } = useLingui();
  const { filters } = useFilters();
  const measure = (data.measure ?? 'historic') as Measure;
  const { label, help } = useMeasureNames()[measure];
  const { currency, bins } = data;
  const option = useCallback((colours: Colours) => frame(colours, {
    tooltip: tooltip(colours, {
      trigger: 'axis', axisPointer: { type: 'shadow', shadowStyle: { color: colours.line, opacity: 0.6 } },
      formatter: ([first]: { dataIndex: number }[]) => {
        const bin = bins[first?.dataIndex ?? 0];
        return bin ? [binName(bin, currency), customersText(bin.count), formatAmount(bin.sum, currency)].join('\n') : '';
      },
    }),
    grid: { left: 8, right: 14, top: NAMED_TOP, bottom: NAMED_BOTTOM, containLabel: true },
    xAxis: axis(colours, { labels: bins.map((bin) => formatAmount(bin.from, currency, true)), name: t`${label} from` }),
    yAxis: axis(colours, { whole: true, format: formatInteger, above: t`Customers` }),
    series: [{
      type: 'bar', barCategoryGap: '12%',
      data: bins.map((bin) => ({ value: bin.count, itemStyle: { color: bin.from < 0 ? colours.danger : colours.accent } })),
      itemStyle: { borderRadius: [2, 2, 0, 0] }, emphasis: { itemStyle: { color: colours.text } },
    }],
  }), [bins, currency, label, t]);
  const lines: Line[] = bins.map((bin) => ({
    key: String(bin.from), open: bin.count > 0 ? bin.open : null, name: `${label} ${binName(bin, currency)}`,
    cells: [binName(bin, currency), formatInteger(bin.count), formatAmount(bin.sum, currency)],
  }));
  return (
    <Figure title={<Trans>How it is spread: {label}</Trans>} help={help} file={`value-${measure}`} csv={figureFile('value', { ...filters, measure })}
      label={t`Customers by ${label}`} height={330} option={option} head={[label, t`Customers`, t`Sum`]} lines={lines} lineOf={(_series, index) => index} />
  );
}

// Bins are as narrow as what they hold asks for: some begin and end below one unit.
function binName({ from, to }: { from: number; to: number | null }, currency: string | null | undefined): string {
  const parts = !Number.isInteger(from) || !Number.isInteger(to ?? 0);
  const begin = formatAmount(from, currency, parts);
  return to === null ? `≥ ${begin}` : `${begin} – ${formatAmount(to, currency, parts)}`;
}

function Whale() {
  const figure = useFigure<WhaleFigure>('whale');
  return (
    <ShownCard figure={figure} title={<Trans>Whale curve</Trans>}>
      {(data) => (data.points.length > 0 ? <Curve data={data} /> : <NoCurve data={data} />)}
    </ShownCard>
  );
}

// Where all together brought nothing there are no shares of it, and still some who took away.
function NoCurve({ data }: { data: WhaleFigure }) {
  return (
    <Card title={<Trans>Whale curve</Trans>}>
      <EmptyState icon={<IconChartBar size={20} stroke={1.6} />} title={<Trans>There is no curve to draw</Trans>}>
        {data.note ?? <Trans>These customers together brought nothing yet that could be shared out.</Trans>}
      </EmptyState>
      <Told data={data} />
    </Card>
  );
}

// Customers from the best to the worst, and how much of all value they have brought by then: above
// 100 % stand those who take some of it away again.
const WHOLE = 100;

function Curve({ data }: { data: WhaleFigure }) {
  const { t } = useLingui();
  const { filters } = useFilters();
  const { points } = data;
  const option = useCallback((colours: Colours) => frame(colours, {
    tooltip: tooltip(colours, {
      trigger: 'axis',
      formatter: ([first]: { data: [number, number] }[]) =>
        first ? t`Best ${formatShare(first.data[0], 1)} of customers` + '\n' + t`${formatShare(first.data[1], 1)} of all value` : '',
    }),
    grid: { left: 8, right: 20, top: NAMED_TOP, bottom: NAMED_BOTTOM, containLabel: true },
    xAxis: axis(colours, { min: 0, max: 1, step: QUARTER, grid: false, name: t`Customers, best first`, format: (value) => formatShare(value) }),
    yAxis: axis(colours, { above: t`Share of value`, format: (value) => formatShare(value) }),
    series: [{
      type: 'line', showSymbol: false, cursor: 'default', lineStyle: { width: 2, color: colours.accent }, itemStyle: { color: colours.accent },
      areaStyle: { color: colours.accent, opacity: 0.1 }, data: points.map((point) => [point.share, point.cumulative]),
      markLine: {
        silent: true, symbol: 'none', lineStyle: { color: colours.muted, type: 'dashed' },
        label: { color: colours.muted, fontSize: 11, position: 'insideStartTop', formatter: t`all value` }, data: [{ yAxis: 1 }],
      },
    }],
  }), [points, t]);
  const lines: Line[] = data.shares.map((one) => {
    const best = formatShare(one.best, 1);
    return {
      key: String(one.best), open: one.open, name: t`Best ${best} of customers`,
      cells: [t`Best ${best}`, one.count === undefined ? '' : formatInteger(one.count), formatShare(one.percent / WHOLE, 1, true)],
    };
  });
  // A point of the curve is some share of the customers, of which no list is kept: the five that are
  // stand below it and in the table.
  return (
    <Figure title={<Trans>Whale curve</Trans>} help={<Trans>Customers from the most to the least valuable until now, and the share of all historic value they have brought.</Trans>}
      file="whale" csv={figureFile('whale', filters)} label={t`Cumulative value by customers, best first`} height={250} option={option}
      head={[t`Customers`, t`Count`, t`Share of value`]} lines={lines} lineOf={null}>
      <Best data={data} />
      <Told data={data} />
    </Figure>
  );
}

const SHOWN_SHARES = 4;

function Best({ data }: { data: WhaleFigure }) {
  const { t } = useLingui();
  return (
    <ul className={classes.facts} aria-label={t`What the best customers brought`}>
      {data.shares.slice(0, SHOWN_SHARES).map((one) => {
        const best = formatShare(one.best, 1);
        return (
          <li key={one.best}>
            <OpenLink open={one.open} name={t`Best ${best} of customers`}><Trans>Best {best}</Trans></OpenLink>
            <b>{formatShare(one.percent / WHOLE)}</b>
          </li>
        );
      })}
    </ul>
  );
}

function Told({ data }: { data: WhaleFigure }) {
  const { t } = useLingui();
  const search = keptSearch(useSearchOfFilters());
  const { peak, negative } = data;
  const top = peak && formatShare(peak.percent / WHOLE);
  const best = peak && formatShare(peak.share);
  const loss = formatAmount(Math.abs(negative?.sum ?? 0), data.currency);
  return (
    <>
      {peak && peak.percent > WHOLE && <p className={page.say}><Trans>The peak is at {top}, reached with the best {best} of customers.</Trans></p>}
      {negative && negative.count > 0 && (
        <p className={page.say}>
          <Trans>
            <OpenLink open={negative.open} name={t`Gave back more than paid for`}><Plural value={negative.count} one="# customer" other="# customers" /></OpenLink> gave back more than they paid for: {loss} in all.
          </Trans>
        </p>
      )}
      <p className={page.say}><Link to="/insight/$section" params={{ section: 'profitability' } as never} search={search as never}><Trans>Where profit is made and lost</Trans></Link></p>
    </>
  );
}
