// How sure it is that a customer still is one, against what is expected of them.
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import { type AliveFigure, figureFile } from '@/api/insight';
import { formatAmount, formatInteger, formatShare } from '@/locale/format';
import { customersText } from '@/locale/words';
import type { Colours } from '@/ui/chart/colours';
import { Card, Downloads, Figure, type Line } from '@/ui/chart/Figure';
import { axis, frame, NAMED_BOTTOM, NAMED_TOP, QUARTER, tooltip } from '@/ui/chart/options';
import { useFilters } from './filters';
import { gridPicture } from './grid';
import { HeatGrid, type HeatRow, strength } from './HeatGrid';
import { NoScores, Shown, useFigure } from './Shown';
import page from './InsightPage.module.css';

export default function Alive() {
  const figure = useFigure<AliveFigure>('alive');
  return (
    <Shown figure={figure} nothing={<NoScores />} empty={(data) => data.cells.every((cell) => cell.count === 0)}>
      {(data) => <div className={page.two}><Scatter data={data} /><Grid data={data} /></div>}
    </Shown>
  );
}

// The scores of this figure are made for persons.
const PLURAL = 'persons';

// Where a few are worth a hundred times the rest, only an axis of powers keeps these apart.
const SKEWED = 100;
const LEAST = 1;

function isSkewed(values: number[]): boolean {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return (sorted.at(-1) ?? 0) > SKEWED * Math.max(LEAST, middle);
}

function Scatter({ data }: { data: AliveFigure }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const { points, currency } = data;
  const alive = t`Probability alive`;
  const value = t`Lifetime value`;
  const skewed = isSkewed(points.map((point) => point.value));
  const option = useCallback((colours: Colours) => frame(colours, {
    grid: { left: 8, right: 20, top: NAMED_TOP, bottom: NAMED_BOTTOM, containLabel: true },
    tooltip: tooltip(colours, {
      trigger: 'item',
      formatter: (hit: { dataIndex: number }) => {
        const point = points[hit.dataIndex];
        return point ? [point.title, `${alive} ${formatShare(point.alive)}`, `${value} ${formatAmount(point.value, currency)}`].join('\n') : '';
      },
    }),
    xAxis: axis(colours, { name: alive, min: 0, max: 1, step: QUARTER, format: (share) => formatShare(share) }),
    yAxis: axis(colours, { above: value, format: (sum) => formatAmount(sum, currency, true), ...(skewed && { type: 'log', min: LEAST }) }),
    series: [{
      type: 'scatter', symbolSize: 8, data: points.map((point) => [point.alive, skewed ? Math.max(LEAST, point.value) : point.value]),
      itemStyle: { color: colours.accent, opacity: 0.5 }, emphasis: { itemStyle: { opacity: 1, borderColor: colours.text, borderWidth: 1 } },
    }],
  }), [points, currency, alive, value, skewed]);
  const lines: Line[] = points.map((point) => ({
    key: point.id, open: { plural: PLURAL, where: `id = '${point.id}'` },
    cells: [<bdi key="title">{point.title}</bdi>, formatShare(point.alive), formatAmount(point.value, currency)],
  }));
  const drawn = points.length;
  return (
    <Figure title={<Trans>Alive against value</Trans>} file="alive-points" label={t`Customers by probability alive and lifetime value`} height={380}
      help={<Trans><Plural value={drawn} one="# customer" other="# customers" />, drawn evenly from all. A point opens the customer: top left is worth much and may be gone.</Trans>}
      option={option} head={[t`Customer`, alive, value]} lines={lines}
      onMark={(_series, index) => {
        const point = points[index];
        if (point) void navigate({ to: '/$plural/$id', params: { plural: PLURAL, id: point.id } });
      }} />
  );
}

function Grid({ data }: { data: AliveFigure }) {
  const { t } = useLingui();
  const { filters } = useFilters();
  const { cells, currency } = data;
  const most = Math.max(...cells.map((cell) => cell.count), 0);
  const steps = [...new Set(cells.map((cell) => cell.alive_from))].sort((a, b) => a - b);
  const bands = [...new Set(cells.map((cell) => cell.value_from))].sort((a, b) => b - a);
  const rows: HeatRow[] = bands.map((band) => ({
    key: String(band),
    head: bandName(cells.find((cell) => cell.value_from === band), currency),
    cells: steps.map((step) => {
      const cell = cells.find((one) => one.alive_from === step && one.value_from === band);
      if (!cell || cell.count === 0) return undefined;
      const name = t`Alive ${formatShare(cell.alive_from)} to ${formatShare(cell.alive_to)}, value ${bandName(cell, currency)}`;
      return {
        text: formatInteger(cell.count), share: strength(cell.count, most), open: cell.open, name,
        told: `${name}: ${customersText(cell.count)}, ${formatAmount(cell.sum, currency)}`,
      };
    }),
  }));
  // Only where a column begins: a range of percentages has no room on a phone.
  const columns = steps.map((step) => ({ key: String(step), head: `≥ ${formatShare(step)}` }));
  return (
    <Card title={<Trans>How many stand where</Trans>} help={<Trans>All customers, by probability alive (across) and lifetime value (down). A cell opens those it counts.</Trans>}
      tools={<Downloads file="alive" csv={figureFile('alive', filters)}
        picture={() => gridPicture({ columns: columns.map((one) => one.head), rows, heads: rows.map((row) => String(row.head)), across: t`Probability alive`, down: t`Lifetime value` })} />}>
      <HeatGrid label={t`Customers by probability alive and value`} corner={<Trans>Value</Trans>} columns={columns} rows={rows} wide />
    </Card>
  );
}

function bandName(cell: { value_from: number; value_to: number | null } | undefined, currency: string | null | undefined): string {
  if (!cell) return '';
  const from = formatAmount(cell.value_from, currency, true);
  return cell.value_to === null ? `≥ ${from}` : `${from} – ${formatAmount(cell.value_to, currency, true)}`;
}
