// Customers by how lately and how often they bought, in fifths; the best stand at the top right.
import { Trans, useLingui } from '@lingui/react/macro';
import { SegmentedControl, VisuallyHidden } from '@mantine/core';
import { figureFile, type RfmFigure } from '@/api/insight';
import { formatAmount, formatDate, formatInteger } from '@/locale/format';
import { customersText, daysText } from '@/locale/words';
import { Card, Downloads } from '@/ui/chart/Figure';
import { useFilters, useOwnChoice } from './filters';
import { HeatGrid, type HeatRow, strength } from './HeatGrid';
import { NoScores, Shown, useFigure } from './Shown';
import { gridPicture } from './grid';
import grid from './HeatGrid.module.css';
import classes from './Rfm.module.css';

const FIFTHS = [1, 2, 3, 4, 5] as const;
const MEASURES = ['count', 'sum', 'mean'] as const;

export default function Rfm() {
  const figure = useFigure<RfmFigure>('rfm');
  return (
    <Shown figure={figure} nothing={<NoScores />} empty={(data) => data.cells.length === 0}>
      {(data) => <Grid data={data} />}
    </Shown>
  );
}

function Grid({ data }: { data: RfmFigure }) {
  const { t } = useLingui();
  const { filters } = useFilters();
  const [measure, setMeasure] = useOwnChoice('show', MEASURES);
  const most = Math.max(...data.cells.map((cell) => cell[measure]), 0);
  const said = (value: number) => (measure === 'count' ? formatInteger(value) : formatAmount(value, data.currency, true));
  const columns = FIFTHS.map((recency) => ({ key: String(recency), head: <>{recency}</> }));
  const rows: HeatRow[] = [...FIFTHS].reverse().map((frequency) => ({
    key: String(frequency),
    head: <>{frequency}</>,
    cells: FIFTHS.map((recency) => {
      const cell = data.cells.find((one) => one.recency === recency && one.frequency === frequency);
      if (!cell || cell.count === 0) return undefined;
      const customers = customersText(cell.count);
      return {
        text: said(cell[measure]), share: strength(cell[measure], most), open: cell.open,
        name: t`Recency ${recency}, frequency ${frequency}`,
        told: t`Recency ${recency}, frequency ${frequency}: ${customers}, ${formatAmount(cell.sum, data.currency)} in all, ${formatAmount(cell.mean, data.currency)} each`,
      };
    }),
  }));
  const label = t`Customers by recency and frequency`;
  return (
    <Card title={<Trans>Recency and frequency</Trans>}
      help={<Trans>Each side in fifths of the customers, 5 the best. Top right are those who buy often and did so lately; bottom right the newcomers; top left those worth winning back.</Trans>}
      tools={
        <>
          <SegmentedControl size="xs" value={measure} aria-label={t`Show`} onChange={(next) => setMeasure(next as (typeof MEASURES)[number])}
            data={[{ value: 'count', label: t`Customers` }, { value: 'sum', label: t`Money` }, { value: 'mean', label: t`Each` }]} />
          <Downloads file="rfm" csv={figureFile('rfm', filters)} picture={() => gridPicture({ columns: FIFTHS.map(String), rows, across: t`Recency`, down: t`Frequency` })} />
        </>
      }>
      <div className={grid.axes}>
        <span className={grid.axisY}><Trans>Frequency</Trans></span>
        <HeatGrid label={label} corner={<VisuallyHidden><Trans>Frequency</Trans></VisuallyHidden>} columns={columns} rows={rows} wide />
        <span className={grid.axisX}><Trans>Recency</Trans></span>
      </div>
      <Bounds data={data} />
    </Card>
  );
}

// Where the fifths are parted: what a customer must have to reach the next one.
function Bounds({ data }: { data: RfmFigure }) {
  const { t } = useLingui();
  const { bounds, currency } = data;
  if (!bounds) return null;
  const parts = [
    { name: t`Last order`, values: bounds.recency?.map((value) => (typeof value === 'number' ? daysText(value) : formatDate(value))) },
    { name: t`Orders`, values: bounds.frequency?.map((value) => (typeof value === 'number' ? formatInteger(value) : value)) },
    { name: t`Money`, values: bounds.money?.map((value) => (typeof value === 'number' ? formatAmount(value, currency) : value)) },
  ];
  return (
    <>
      <p className={classes.reach}><Trans>What it takes to reach 2, 3, 4 and 5:</Trans></p>
      <dl className={classes.bounds}>
        {parts.map(({ name, values }) => values && values.length > 0 && (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{values.map((value, at) => <span key={at}>{value}</span>)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
