// Who stays, who comes, who goes and who comes back, period by period, and why they went.
import { Trans, useLingui } from '@lingui/react/macro';
import { useCallback, useMemo } from 'react';
import { figureFile, type Move, MOVES, type Opening, type RetentionFigure } from '@/api/insight';
import { formatInteger, formatPeriod, formatShare } from '@/locale/format';
import { Bar } from '@/ui/Bar';
import type { Colours } from '@/ui/chart/colours';
import { Card, Figure, type Line } from '@/ui/chart/Figure';
import { axis, frame, legend, tooltip } from '@/ui/chart/options';
import { OpenLink } from '@/ui/OpenLink';
import table from '@/ui/table.module.css';
import { useFilters, useOwnChoice } from './filters';
import { PeriodChoice } from './PeriodChoice';
import { isRunning, PERIODS } from './periods';
import { Shown, useFigure } from './Shown';
import page from './InsightPage.module.css';
import classes from './Retention.module.css';

const COLOUR: Record<Move, number> = { retained: 0, new: 1, won_back: 2, defected: 3 };
const STACK: Move[] = ['retained', 'new', 'won_back', 'defected'];

// A period as it is told: before it is over nobody has defected from it, and its rate means nothing.
type Told = Omit<RetentionFigure['periods'][number], 'defected'> & { soFar: boolean; name: string; defected: number | null };

export default function Retention() {
  const [period] = useOwnChoice('period', PERIODS);
  const figure = useFigure<RetentionFigure>('retention', { period });
  return (
    <Shown figure={figure} empty={(data) => data.periods.length === 0}>
      {(data) => <Parts data={data} />}
    </Shown>
  );
}

function Parts({ data }: { data: RetentionFigure }) {
  const { t } = useLingui();
  const { filters } = useFilters();
  const { until } = filters;
  const periods = useMemo(() => data.periods.map((one): Told => {
    const soFar = isRunning(one.period, data.as_of, until);
    const name = formatPeriod(one.period);
    return soFar ? { ...one, soFar, name: t`${name}, so far`, defected: null, retention: null } : { ...one, soFar, name };
  }), [data, until, t]);
  return <><Moves periods={periods} /><Reasons data={data} /><Periods periods={periods} /></>;
}

function useMoveNames(): Record<Move, string> {
  const { t } = useLingui();
  return useMemo(() => ({ retained: t`Retained`, new: t`New`, won_back: t`Won back`, defected: t`Defected` }), [t]);
}

const countText = (count: number | null) => (count === null ? '–' : formatInteger(count));
const rateText = (rate: number | null) => (rate === null ? '–' : formatShare(rate, 1, true));
// What is not over is drawn as not yet there.
const RUNNING = 0.45;
const RATE_TOP = 56;
const RATE_HEIGHT = 64;

function Moves({ periods }: { periods: Told[] }) {
  const { t } = useLingui();
  const { filters } = useFilters();
  const [period] = useOwnChoice('period', PERIODS);
  const names = useMoveNames();
  const rate = t`Retention`;
  const option = useCallback((colours: Colours) => {
    const labels = periods.map((one) => formatPeriod(one.period));
    return frame(colours, {
      // The rate stands above the moves on an axis of its own: drawn over them it would seem to be one.
      grid: [
        { left: 8, right: 8, top: RATE_TOP, height: RATE_HEIGHT, containLabel: true },
        { left: 8, right: 8, top: RATE_TOP + RATE_HEIGHT + 22, bottom: 8, containLabel: true },
      ],
      axisPointer: { link: [{ xAxisIndex: 'all' }] },
      legend: { ...legend(colours), data: STACK.map((move) => names[move]) },
      tooltip: tooltip(colours, {
        trigger: 'axis', axisPointer: { type: 'shadow', shadowStyle: { color: colours.line, opacity: 0.6 } },
        formatter: ([hit]: { dataIndex: number }[]) => {
          const at = periods[hit?.dataIndex ?? 0];
          if (!at) return '';
          return [at.name, ...STACK.map((move) => `${names[move]}  ${countText(at[move])}`), `${rate}  ${rateText(at.retention)}`].join('\n');
        },
      }),
      xAxis: [
        { ...axis(colours, { labels }), gridIndex: 1 },
        { ...axis(colours, { labels }), gridIndex: 0, axisLabel: { show: false } },
      ],
      yAxis: [
        { ...axis(colours, { whole: true, format: (value) => formatInteger(Math.abs(value)) }), gridIndex: 1 },
        { ...axis(colours, { min: 0, format: (value) => formatShare(value) }), gridIndex: 0, splitNumber: 2, name: rate, nameGap: 12, nameTextStyle: { color: colours.muted, fontSize: 12, align: 'left' } },
      ],
      series: [
        ...STACK.map((move) => ({
          type: 'bar', stack: 'moves', name: names[move], itemStyle: { color: colours.series[COLOUR[move]] }, barMaxWidth: 34,
          data: periods.map((one) => ({
            value: move === 'defected' && one.defected !== null ? -one.defected : one[move], itemStyle: { opacity: one.soFar ? RUNNING : 1 },
          })),
        })),
        {
          type: 'line', xAxisIndex: 1, yAxisIndex: 1, name: rate, data: periods.map((one) => one.retention), symbolSize: 5, cursor: 'default',
          itemStyle: { color: colours.text }, lineStyle: { color: colours.text, width: 1.5 },
        },
      ],
    });
  }, [periods, names, rate]);
  // Series by period: a bar is one move of one period.
  const lines: Line[] = STACK.flatMap((move) => periods.map((one) => ({
    key: `${move}-${one.period}`, open: one[move] ? one.open?.[move] : null, name: t`${names[move]}, ${one.name}`,
    cells: [t`${one.name}: ${names[move]}`, countText(one[move])],
  })));
  return (
    <Figure title={<Trans>Retention and defection</Trans>} file="retention" csv={figureFile('retention', { ...filters, period })}
      help={<Trans>Who ordered in a period, by whether they had ordered in the one before; below the line those who had, and did not. The last period is paler while it is not over.</Trans>}
      label={t`Retained, new, won back and defected customers by period`} height={400} option={option} head={[t`Period`, t`Customers`]} lines={lines}
      lineOf={(series, index) => (series < STACK.length ? series * periods.length + index : undefined)} tools={<PeriodChoice />} />
  );
}

function Periods({ periods }: { periods: Told[] }) {
  const { t } = useLingui();
  const names = useMoveNames();
  return (
    <Card title={<Trans>By period</Trans>}>
      <div className={table.box} data-tall tabIndex={0} role="group" aria-label={t`Customers by period`}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col"><Trans>Period</Trans></th><th scope="col" data-end><Trans>Active</Trans></th>
              {MOVES.map((move) => <th key={move} scope="col" data-end>{names[move]}</th>)}
              <th scope="col" data-end><Trans>Retention</Trans></th>
            </tr>
          </thead>
          <tbody>
            {[...periods].reverse().map((one) => (
              <tr key={one.period} data-so-far={one.soFar || undefined}>
                <th scope="row">{one.name}</th>
                <td data-end><OpenLink open={one.active > 0 ? one.open?.active : null} name={t`Active, ${one.name}`}>{formatInteger(one.active)}</OpenLink></td>
                {MOVES.map((move) => (
                  <td key={move} data-end><OpenLink open={one[move] ? one.open?.[move] : null} name={t`${names[move]}, ${one.name}`}>{countText(one[move])}</OpenLink></td>
                ))}
                <td data-end>{rateText(one.retention)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function Reasons({ data }: { data: RetentionFigure }) {
  const { t } = useLingui();
  const { narrowed } = useFilters();
  if (data.reasons.length === 0) return null;
  const most = Math.max(...data.reasons.map((one) => one.count), 1);
  // A warning is of today: a filter of orders does not say whom it is of.
  const warned: Opening | null = narrowed ? null : { plural: 'persons', where: "churn_warning in ('watch', 'act')" };
  return (
    <Card title={<Trans>Why customers go</Trans>} help={<Trans>What speaks for leaving among the customers with a warning today, by how many it is said of. One customer may have several reasons.</Trans>}>
      <ul className={classes.reasons} aria-label={t`Reasons for defection`}>
        {[...data.reasons].sort((a, b) => b.count - a.count).map((one) => (
          <li key={one.code}>
            <OpenLink open={one.open} name={one.text}>{one.text}</OpenLink>
            <Bar share={one.count / most} />
            <b>{formatInteger(one.count)}</b>
          </li>
        ))}
      </ul>
      {warned && (
        <p className={page.say}><OpenLink open={warned} name=""><Trans>All customers with a warning</Trans></OpenLink></p>
      )}
    </Card>
  );
}
