// From revenue to profit, by whom and through what; and what the channels cost, used or not.
import { Trans, useLingui } from '@lingui/react/macro';
import { SegmentedControl, VisuallyHidden } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconReportMoney } from '@tabler/icons-react';
import { useCallback, useMemo } from 'react';
import { fieldOf, useCatalog } from '@/api/catalog';
import { figureFile, type Pool, type ProfitabilityFigure } from '@/api/insight';
import type { ObjectType } from '@/api/wire';
import { choiceOf } from '@/fields/values';
import { formatAmount, formatCountry, formatInteger, formatPeriod, formatShare, isLoss } from '@/locale/format';
import { PARTS, usePartNames } from '@/locale/parts';
import { Bar, barClasses } from '@/ui/Bar';
import type { Colours } from '@/ui/chart/colours';
import { Card, Downloads, Figure } from '@/ui/chart/Figure';
import { axis, frame, tooltip } from '@/ui/chart/options';
import { EmptyState } from '@/ui/EmptyState';
import { ButtonLink } from '@/ui/links';
import { OpenLink } from '@/ui/OpenLink';
import table from '@/ui/table.module.css';
import { useFilters, useOwnChoice } from './filters';
import { Shown, useFigure } from './Shown';
import { type Step, stepSeries, stepsOf } from './steps';
import page from './InsightPage.module.css';

const BY = ['customer_country', 'channel', 'month', 'lifecycle', 'rfm_cell'] as const;
type By = (typeof BY)[number];

export default function Profitability() {
  const [by] = useOwnChoice('by', BY);
  const figure = useFigure<ProfitabilityFigure>('profitability', { by });
  return (
    <Shown figure={figure} empty={(data) => data.rows.length === 0 && data.pools.length === 0} nothing={<NoProfit />}>
      {(data) => {
        const told = (data.by ?? by) as By;
        return <><Steps data={data} by={told} /><Rows data={data} by={told} /><Pools data={data} /></>;
      }}
    </Shown>
  );
}

// Profit is reckoned of the last twelve months; who ordered before is a customer all the same.
function NoProfit() {
  return (
    <EmptyState icon={<IconReportMoney size={20} stroke={1.6} />} title={<Trans>Nothing was earned or spent in the last 12 months</Trans>}>
      <Trans>Profit is reckoned month by month from orders, interactions and what the channels cost, for this month and the eleven before it.</Trans>
    </EmptyState>
  );
}

// A label of a step breaks rather than hide on a narrow screen, where the amounts stand on the bars
// alone: an axis of them would leave the labels no room.
const WRAP = 58;
const NARROW = '(max-width: 30em)';

function Steps({ data, by }: { data: ProfitabilityFigure; by: By }) {
  const { t } = useLingui();
  const { filters } = useFilters();
  const names = usePartNames();
  const { total, currency } = data;
  const narrow = useMediaQuery(NARROW) ?? false;
  const steps = useMemo(() => stepsOf(total), [total]);
  const option = useCallback((colours: Colours) => {
    const { below, height, stack } = stepSeries(steps);
    const colourOf = ({ key, from, to }: Step) => {
      if (key === 'profit' && to < from) return colours.danger;
      return key === 'revenue' || key === 'profit' ? colours.accent : colours.warn;
    };
    return frame(colours, {
      tooltip: tooltip(colours, {
        trigger: 'axis', axisPointer: { type: 'shadow', shadowStyle: { color: colours.line, opacity: 0.6 } },
        formatter: ([hit]: { dataIndex: number }[]) => {
          const step = steps[hit?.dataIndex ?? 0];
          return step ? `${names[step.key]}\n${formatAmount(step.to - step.from, currency)}` : '';
        },
      }),
      grid: { left: narrow ? 0 : 8, right: narrow ? 0 : 8, top: 26, bottom: 8, containLabel: true },
      xAxis: { ...axis(colours, { labels: steps.map((step) => names[step.key]), wrap: WRAP }), axisLine: { show: true, onZero: false, lineStyle: { color: colours.line } } },
      yAxis: { ...axis(colours, { format: (value) => formatAmount(value, currency, true) }), ...(narrow && { axisLabel: { show: false } }) },
      series: [
        { ...stack, silent: true, itemStyle: { color: 'transparent' }, data: below },
        {
          ...stack, barMaxWidth: 72, cursor: 'default', labelLayout: { hideOverlap: true },
          label: {
            show: true, position: 'top', color: colours.text, fontSize: 11,
            formatter: (hit: { dataIndex: number }) => {
              const step = steps[hit.dataIndex];
              return step ? formatAmount(step.to - step.from, currency, true) : '';
            },
          },
          data: steps.map((step, at) => ({ value: height[at], itemStyle: { color: colourOf(step), borderRadius: 2 } })),
        },
      ],
    });
  }, [steps, currency, names, narrow]);
  const lines = steps.map(({ key, from, to }) => ({
    key, cells: [names[key], formatAmount(to - from, currency), total.revenue ? formatShare((to - from) / total.revenue, 1, true) : ''],
  }));
  return (
    <Figure title={<Trans>From revenue to profit</Trans>} file="profit-steps" csv={figureFile('profitability', { ...filters, by })}
      help={<Trans>Of this month and the eleven before it.</Trans>}
      label={t`Steps from revenue down to profit`} height={270} option={option} head={[t`Part`, t`Amount`, t`Of revenue`]} lines={lines} />
  );
}

function Rows({ data, by }: { data: ProfitabilityFigure; by: By }) {
  const { t } = useLingui();
  const { filters } = useFilters();
  const [chosen, setBy] = useOwnChoice('by', BY);
  const names = usePartNames();
  const { currency, total } = data;
  const kinds: Record<By, string> = { customer_country: t`Country`, channel: t`Channel`, month: t`Month`, lifecycle: t`Lifecycle stage`, rfm_cell: t`Cell` };
  const most = Math.max(...data.rows.map((row) => Math.abs(row.profit)), 1);
  const named = useRowNames(by);
  const label = (row: ProfitabilityFigure['rows'][number]): string => (row.key ? named(row.key) ?? row.label : t`Unknown`);
  return (
    <Card title={<Trans>Who makes it</Trans>}
      help={by === 'rfm_cell' && <Trans>R is recency, F frequency: in fifths of the customers, 5 the best.</Trans>}
      tools={
        <>
          <SegmentedControl size="xs" value={chosen} aria-label={t`By`} onChange={(next) => setBy(next as By)} data={BY.map((one) => ({ value: one, label: kinds[one] }))} />
          <Downloads file={`profitability-${chosen}`} csv={figureFile('profitability', { ...filters, by: chosen })} />
        </>
      }>
      <div className={table.box} tabIndex={0} role="group" aria-label={t`Profitability by ${kinds[by]}`}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">{kinds[by]}</th><th scope="col" data-end><Trans>Customers</Trans></th>
              {PARTS.map((part) => <th key={part} scope="col" data-end>{names[part]}</th>)}
              <th scope="col"><VisuallyHidden><Trans>Profit as a bar</Trans></VisuallyHidden></th>
            </tr>
          </thead>
          <tbody>
            {inOrder(data.rows, by).map((row) => (
              <tr key={row.key}>
                <th scope="row">{row.open ? <OpenLink open={row.open} name={label(row)}>{label(row)}</OpenLink> : label(row)}</th>
                <td data-end>{row.count === undefined ? '' : formatInteger(row.count)}</td>
                {PARTS.map((part) => <td key={part} data-end data-bad={(part === 'profit' && isLoss(row.profit)) || undefined}>{formatAmount(row[part], currency)}</td>)}
                <td className={barClasses.cell}><Bar share={Math.abs(row.profit) / most} bad={isLoss(row.profit)} /></td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row"><Trans>All</Trans></th><td />
              {PARTS.map((part) => <td key={part} data-end data-bad={(part === 'profit' && isLoss(total.profit)) || undefined}>{formatAmount(total[part], currency)}</td>)}<td />
            </tr>
            <WithoutOrders data={data} />
          </tfoot>
        </table>
      </div>
    </Card>
  );
}

// Months as they came, cells and all else with the best first; who is unknown comes last.
function inOrder(rows: ProfitabilityFigure['rows'], by: By): ProfitabilityFigure['rows'] {
  const unknown = (key: string) => Number(key === '');
  return [...rows].sort((a, b) => {
    if (a.key === '' || b.key === '') return unknown(a.key) - unknown(b.key);
    if (by === 'month') return a.key.localeCompare(b.key);
    return by === 'rfm_cell' ? b.key.localeCompare(a.key) : b.profit - a.profit;
  });
}

// What persons cost who were served and never bought: the overview's profit, of customers alone, is the
// total without them.
function WithoutOrders({ data }: { data: ProfitabilityFigure }) {
  const { t } = useLingui();
  const { without_orders: others, currency } = data;
  if (!others || others.count === 0) return null;
  return (
    <tr data-part title={t`Part of the lines above and of the total.`}>
      <th scope="row"><Trans>of it never bought</Trans></th>
      <td data-end><OpenLink open={others.open} name={t`Served, never bought`}>{formatInteger(others.count)}</OpenLink></td>
      {PARTS.map((part) => <td key={part} data-end>{formatAmount(others[part], currency)}</td>)}<td />
    </tr>
  );
}

// Rows are called as the records call them: countries by the reader's language, choices by their labels.
function useRowNames(by: By): (key: string) => string | undefined {
  const { t } = useLingui();
  const catalog = useCatalog();
  const [object, name] = by === 'channel' ? ['interaction', 'channel'] : ['person', 'lifecycle'];
  const type = catalog.named(object);
  const field = type && fieldOf(type, name);
  if (by === 'customer_country') return formatCountry;
  if (by === 'month') return formatPeriod;
  // Short, since a narrow screen cuts a name off at its end, where these differ.
  if (by === 'rfm_cell') return ([recency, frequency]) => t`R ${recency}, F ${frequency}`;
  return (key) => field && choiceOf(field, key)?.label;
}

function PoolsLink({ object }: { object: ObjectType }) {
  return <ButtonLink size="compact-sm" variant="default" to="/$plural" params={{ plural: object.plural }}>{object.label.many}</ButtonLink>;
}

// Without a word of what channels cost, serving customers seems to cost nothing.
function NoPools({ object }: { object: ObjectType }) {
  return (
    <Card title={<Trans>What the channels cost</Trans>} tools={<PoolsLink object={object} />}
      help={<Trans>Nobody has said yet what the channels cost a month, and how many minutes of work that pays for. Until then only interactions that say their own cost count as cost to serve.</Trans>}>
      {null}
    </Card>
  );
}

function Pools({ data }: { data: ProfitabilityFigure }) {
  const { t } = useLingui();
  const named = useRowNames('channel');
  const pools = useCatalog().named('cost_pool');
  if (data.pools.length === 0) return pools ? <NoPools object={pools} /> : null;
  const used = (pool: Pool) => (pool.capacity_minutes > 0 ? pool.used_minutes / pool.capacity_minutes : 0);
  return (
    <Card title={<Trans>What the channels cost</Trans>} tools={pools && <PoolsLink object={pools} />}
      help={<Trans>Each pool is what a channel costs in a month. What customers use of it is their cost to serve; the rest is capacity paid for and not used.</Trans>}>
      <div className={table.box} data-tall tabIndex={0} role="group" aria-label={t`Cost pools`}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col"><Trans>Channel</Trans></th><th scope="col"><Trans>Month</Trans></th><th scope="col" data-end><Trans>Cost</Trans></th>
              <th scope="col" data-end><Trans>Minutes used</Trans></th><th scope="col" data-end><Trans>Capacity</Trans></th>
              <th scope="col"><Trans>Used</Trans></th><th scope="col" data-end><Trans>Unused cost</Trans></th>
            </tr>
          </thead>
          <tbody>
            {data.pools.map((pool) => (
              <tr key={`${pool.channel} ${pool.month}`}>
                <th scope="row">{named(pool.channel) ?? pool.channel}</th><td>{formatPeriod(pool.month)}</td>
                <td data-end>{formatAmount(pool.cost, data.currency)}</td><td data-end>{formatInteger(pool.used_minutes)}</td>
                <td data-end>{formatInteger(pool.capacity_minutes)}</td>
                <td className={barClasses.cell}>
                  <span className={barClasses.with}><Bar share={used(pool)} bad={used(pool) > 1} />{formatShare(used(pool))}</span>
                </td>
                <td data-end data-bad={isLoss(pool.unused_cost) || undefined}>{formatAmount(pool.unused_cost, data.currency)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {data.pools.filter((pool) => pool.note).map((pool) => (
        <p key={`${pool.channel} ${pool.month}`} className={page.say}>{named(pool.channel) ?? pool.channel}, {formatPeriod(pool.month)}: {pool.note}</p>
      ))}
    </Card>
  );
}
