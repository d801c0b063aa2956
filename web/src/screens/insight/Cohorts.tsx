// Customers by the period of their first order, and how many of them, and how much money, come back.
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { SegmentedControl } from '@mantine/core';
import { type CohortsFigure, figureFile } from '@/api/insight';
import { formatAmount, formatInteger, formatPeriod, formatShare } from '@/locale/format';
import { Card, Downloads } from '@/ui/chart/Figure';
import { OpenLink } from '@/ui/OpenLink';
import { useFilters, useOwnChoice } from './filters';
import { gridPicture } from './grid';
import { type HeatCell, HeatGrid, type HeatRow, strength } from './HeatGrid';
import { isRunning, type Period, PERIODS } from './periods';
import { PeriodChoice } from './PeriodChoice';
import { Shown, useFigure } from './Shown';
import page from './InsightPage.module.css';

const MEASURES = ['share', 'count', 'sum'] as const;
type Measure = (typeof MEASURES)[number];

export default function Cohorts() {
  const [period] = useOwnChoice('period', PERIODS);
  const figure = useFigure<CohortsFigure>('cohorts', { period });
  return (
    <Shown figure={figure} empty={(data) => data.cohorts.length === 0}>
      {(data) => <Map data={data} />}
    </Shown>
  );
}

function Map({ data }: { data: CohortsFigure }) {
  const { t } = useLingui();
  const { filters } = useFilters();
  const [period] = useOwnChoice('period', PERIODS);
  const [measure, setMeasure] = useOwnChoice('show', MEASURES);
  const rows = useRows(data, measure);
  const last = Math.max(0, ...data.cohorts.flatMap((one) => one.cells.map((cell) => cell.offset)));
  const offsets = Array.from({ length: last + 1 }, (_, at) => at).slice(first(data));
  const running = rows.some((row) => row.cells.some((cell) => cell?.soFar));
  return (
    <Card title={<Trans>Cohorts</Trans>} wide
      help={data.period === 'quarter'
        ? <Trans>Each line is the customers who first ordered in that quarter; along it, who of them ordered again so many quarters later.</Trans>
        : <Trans>Each line is the customers who first ordered in that month; along it, who of them ordered again so many months later.</Trans>}
      tools={
        <>
          <PeriodChoice />
          <SegmentedControl size="xs" value={measure} aria-label={t`Show`} onChange={(next) => setMeasure(next as Measure)}
            data={[{ value: 'share', label: t`Share` }, { value: 'count', label: t`Customers` }, { value: 'sum', label: t`Money` }]} />
          <Downloads file="cohorts" csv={figureFile('cohorts', { ...filters, period })}
            picture={() => gridPicture({
              columns: offsets.map(String), rows, heads: data.cohorts.map((one) => formatPeriod(one.period)),
              across: data.period === 'quarter' ? t`Quarters later` : t`Months later`, down: t`First order`,
            })} />
        </>
      }>
      <HeatGrid label={t`Customers who came back, by cohort`} corner={<Trans>First order</Trans>} noteHead={<Trans>Customers</Trans>} rows={rows}
        columns={offsets.map((offset) => ({ key: String(offset), head: offset }))} />
      <p className={page.say}>
        <Trans><Plural value={data.cohorts.length} one="# cohort" other="# cohorts" />. A cell opens the customers it counts.</Trans>{' '}
        {running && (data.period === 'quarter'
          ? <Trans>Cells with a dashed edge are of a quarter that is not over: so far.</Trans>
          : <Trans>Cells with a dashed edge are of a month that is not over: so far.</Trans>)}
      </p>
    </Card>
  );
}

// Whether cells begin with the first period itself (0) or the one after it (1).
function first(data: CohortsFigure): number {
  return data.cohorts.some((one) => one.cells.some((cell) => cell.offset === 0)) ? 0 : 1;
}

function useRows(data: CohortsFigure, measure: Measure): HeatRow[] {
  const { t } = useLingui();
  const { filters } = useFilters();
  const begin = first(data);
  // The first period of a cohort is all of it, and would make the rest look faint.
  const most = Math.max(0, ...data.cohorts.flatMap((one) => one.cells.filter((cell) => cell.offset > 0).map((cell) => cell[measure])));
  const said = (value: number): string => {
    if (measure === 'share') return formatShare(value);
    return measure === 'count' ? formatInteger(value) : formatAmount(value, data.currency, true);
  };
  const named = (cohort: string, offset: number) => ((data.period as Period) === 'quarter'
    ? t`Cohort ${formatPeriod(cohort)}, quarter ${offset}` : t`Cohort ${formatPeriod(cohort)}, month ${offset}`);
  return data.cohorts.map((cohort) => {
    const cells: (HeatCell | undefined)[] = [];
    for (const cell of cohort.cells) {
      const name = named(cohort.period, cell.offset);
      const soFar = isRunning(cell.period, data.as_of, filters.until);
      const told = t`${formatInteger(cell.count)} of ${formatInteger(cohort.size)} customers (${formatShare(cell.share, 1)}), ${formatAmount(cell.sum, data.currency)}`;
      cells[cell.offset - begin] = {
        text: cell.count > 0 ? said(cell[measure]) : '–', share: strength(cell[measure], most), open: cell.count > 0 ? cell.open : null,
        name, soFar, told: soFar ? t`${name}, so far: ${told}` : `${name}: ${told}`,
      };
    }
    return {
      key: cohort.period,
      head: formatPeriod(cohort.period),
      note: <OpenLink open={cohort.open} name={t`First ordered ${formatPeriod(cohort.period)}`}>{formatInteger(cohort.size)}</OpenLink>,
      cells: Array.from({ length: cells.length }, (_, at) => cells[at]),
    };
  });
}
