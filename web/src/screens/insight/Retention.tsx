// Who stays, who comes, who goes and who comes back, period by period, and why they went.
import { Trans, useLingui } from '@lingui/react/macro';
import { SegmentedControl } from '@mantine/core';
import { useCallback } from 'react';
import { figureFile, type Move, MOVES, type Opening, type RetentionFigure } from '@/api/insight';
import { formatInteger, formatPeriod, formatShare } from '@/locale/format';
import type { Colours } from '@/ui/chart/colours';
import { Card, Figure, type Line } from '@/ui/chart/Figure';
import { axis, frame, legend, tooltip } from '@/ui/chart/options';
import { OpenLink } from '@/ui/OpenLink';
import { useFilters, useOwnChoice } from './filters';
import { Shown, useFigure } from './Shown';
import classes from './insight.module.css';

const PERIODS = ['month', 'quarter'] as const;
const COLOUR: Record<Move, number> = { retained: 0, new: 1, won_back: 2, defected: 3 };
const STACK: Move[] = ['retained', 'new', 'won_back', 'defected'];

export default function Retention() {
  const [period] = useOwnChoice('period', PERIODS);
  const figure = useFigure<RetentionFigure>('retention', { period });
  return (
    <Shown figure={figure} empty={(data) => data.periods.length === 0}>
      {(data) => <><Moves data={data} /><Reasons data={data} /><Periods data={data} /></>}
    </Shown>
  );
}

function useMoveNames(): Record<Move, string> {
  const { t } = useLingui();
  return { retained: t`Retained`, new: t`New`, won_back: t`Won back`, defected: t`Defected` };
}

function Moves({ data }: { data: RetentionFigure }) {
  const { t } = useLingui();
  const { filters } = useFilters();
  const [period, setPeriod] = useOwnChoice('period', PERIODS);
  const names = useMoveNames();
  const { periods } = data;
  const rate = t`Retention`;
  const option = useCallback((colours: Colours) => frame(colours, {
    grid: { left: 8, right: 8, top: 36, bottom: 8, containLabel: true },
    legend: legend(colours),
    tooltip: tooltip(colours, {
      trigger: 'axis', axisPointer: { type: 'shadow', shadowStyle: { color: colours.line, opacity: 0.6 } },
      formatter: ([hit]: { dataIndex: number }[]) => {
        const at = periods[hit?.dataIndex ?? 0];
        if (!at) return '';
        const moves = STACK.map((move) => `${names[move]}  ${formatInteger(at[move])}`);
        return [formatPeriod(at.period), ...moves, ...(at.retention === null ? [] : [`${rate}  ${formatShare(at.retention, 1)}`])].join('\n');
      },
    }),
    xAxis: axis(colours, { labels: periods.map((one) => formatPeriod(one.period)) }),
    yAxis: [
      axis(colours, { format: (value) => formatInteger(Math.abs(value)) }),
      axis(colours, { min: 0, max: 1, grid: false, format: (value) => formatShare(value) }),
    ],
    series: [
      ...STACK.map((move) => ({
        type: 'bar', stack: 'moves', name: names[move], itemStyle: { color: colours.series[COLOUR[move]] }, barMaxWidth: 34,
        data: periods.map((one) => (move === 'defected' ? -one[move] : one[move])),
      })),
      {
        type: 'line', yAxisIndex: 1, name: rate, data: periods.map((one) => one.retention), symbolSize: 5,
        itemStyle: { color: colours.text }, lineStyle: { color: colours.text, width: 1.5 },
      },
    ],
  }), [periods, names, rate]);
  // Series by period: a bar is one move of one period.
  const lines: Line[] = STACK.flatMap((move) => periods.map((one) => ({
    key: `${move}-${one.period}`, open: one.open?.[move], name: `${names[move]}, ${formatPeriod(one.period)}`,
    cells: [`${formatPeriod(one.period)}: ${names[move]}`, formatInteger(one[move])],
  })));
  return (
    <Figure title={<Trans>Retention and defection</Trans>} file="retention" csv={figureFile('retention', { ...filters, period })}
      help={<Trans>Who ordered in a period, by whether they had ordered in the one before; below the line those who had, and did not.</Trans>}
      label={t`Retained, new, won back and defected customers by period`} height={300} option={option} head={[t`Period`, t`Customers`]} lines={lines}
      lineOf={(series, index) => (series < STACK.length ? series * periods.length + index : undefined)}
      tools={<SegmentedControl size="xs" value={period} aria-label={t`Period`} onChange={(next) => setPeriod(next as (typeof PERIODS)[number])}
        data={[{ value: 'month', label: t`Months` }, { value: 'quarter', label: t`Quarters` }]} />} />
  );
}

function Periods({ data }: { data: RetentionFigure }) {
  const { t } = useLingui();
  const names = useMoveNames();
  return (
    <Card title={<Trans>By period</Trans>}>
      <div className={classes.tableBox} data-tall tabIndex={0} role="region" aria-label={t`By period`}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col"><Trans>Period</Trans></th><th scope="col" data-end><Trans>Active</Trans></th>
              {MOVES.map((move) => <th key={move} scope="col" data-end>{names[move]}</th>)}
              <th scope="col" data-end><Trans>Retention</Trans></th>
            </tr>
          </thead>
          <tbody>
            {[...data.periods].reverse().map((one) => {
              const told = formatPeriod(one.period);
              return (
                <tr key={one.period}>
                  <th scope="row">{told}</th>
                  <td data-end><OpenLink open={one.open?.active} name={t`Active, ${told}`}>{formatInteger(one.active)}</OpenLink></td>
                  {MOVES.map((move) => (
                    <td key={move} data-end><OpenLink open={one[move] > 0 ? one.open?.[move] : null} name={`${names[move]}, ${told}`}>{formatInteger(one[move])}</OpenLink></td>
                  ))}
                  <td data-end>{one.retention === null ? '–' : formatShare(one.retention, 1)}</td>
                </tr>
              );
            })}
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
    <Card title={<Trans>Why customers go</Trans>} help={<Trans>What speaks for leaving among the customers with a warning, by how many it is said of.</Trans>}>
      <ul className={classes.bars} aria-label={t`Reasons for defection`}>
        {[...data.reasons].sort((a, b) => b.count - a.count).map((one) => (
          <li key={one.code}>
            <OpenLink open={one.open} name={one.text}>{one.text}</OpenLink>
            <span className={classes.bar} aria-hidden><i style={{ inlineSize: `${(one.count / most) * 100}%` }} /></span>
            <b>{formatInteger(one.count)}</b>
          </li>
        ))}
      </ul>
      {warned && (
        <p className={classes.say}><OpenLink open={warned} name=""><Trans>All customers with a warning</Trans></OpenLink></p>
      )}
    </Card>
  );
}
