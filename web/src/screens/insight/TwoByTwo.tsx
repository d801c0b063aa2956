// What customers are worth now against what they will be: four fields, four ways to treat them.
import { Trans, useLingui } from '@lingui/react/macro';
import { figureFile, type Level, type TwoByTwoFigure } from '@/api/insight';
import { formatAmount, formatInteger } from '@/locale/format';
import { customersText } from '@/locale/words';
import { Card, Downloads } from '@/ui/chart/Figure';
import { OpenLink } from '@/ui/OpenLink';
import { useFilters } from './filters';
import { gridPicture } from './grid';
import { strength } from './HeatGrid';
import { NoScores, Shown, useFigure } from './Shown';
import grid from './HeatGrid.module.css';
import classes from './TwoByTwo.module.css';

const FUTURES: Level[] = ['high', 'low'];
const CURRENTS: Level[] = ['low', 'high'];

export default function TwoByTwo() {
  const figure = useFigure<TwoByTwoFigure>('two_by_two');
  return (
    <Shown figure={figure} nothing={<NoScores />} empty={(data) => data.cells.every((cell) => cell.count === 0)}>
      {(data) => <Fields data={data} />}
    </Shown>
  );
}

function Fields({ data }: { data: TwoByTwoFigure }) {
  const { t } = useLingui();
  const { filters } = useFilters();
  const { currency, bounds } = data;
  const names: Record<string, { name: string; say: string }> = {
    'low high': { name: t`Grow`, say: t`Little now, much to come: invest in the relationship.` },
    'high high': { name: t`Keep and protect`, say: t`Worth much and staying so: the best service there is.` },
    'low low': { name: t`Serve simply`, say: t`Little now and later: keep the cost to serve low.` },
    'high low': { name: t`Hold or let go well`, say: t`Worth much until now, fading: find out why, win back.` },
  };
  const most = Math.max(...data.cells.map((cell) => cell.count), 0);
  const cells = FUTURES.map((future) => CURRENTS.map((current) => data.cells.find((one) => one.current === current && one.future === future)));
  const picture = () => gridPicture({
    columns: [t`Low now`, t`High now`], heads: [t`High in future`, t`Low in future`],
    rows: cells.map((row, at) => ({
      key: String(at), head: '',
      cells: row.map((cell) => cell && { text: formatInteger(cell.count), share: strength(cell.count, most), name: '' }),
    })),
  });
  const current = formatAmount(bounds?.current ?? 0, currency);
  const future = formatAmount(bounds?.future ?? 0, currency);
  return (
    <Card title={<Trans>Now and next</Trans>}
      help={<Trans>Profit of the last 12 months against lifetime value. High is above {current} now, above {future} in future.</Trans>}
      tools={<Downloads file="now-and-next" csv={figureFile('two_by_two', filters)} picture={picture} />}>
      <div className={grid.axes}>
        <span className={grid.axisY}><Trans>Future value</Trans></span>
        <ul className={classes.fields} aria-label={t`Current against future value`}>
          {cells.flat().map((cell) => {
            if (!cell) return null;
            const { name, say } = names[`${cell.current} ${cell.future}`] as { name: string; say: string };
            return (
              <li key={name} data-field={`${cell.current}-${cell.future}`}>
                <h3>{name}</h3>
                <p className={classes.count}>
                  <OpenLink open={cell.count > 0 ? cell.open : null} name={name}>
                    {customersText(cell.count)}
                  </OpenLink>
                </p>
                <dl>
                  <div><dt><Trans>Now</Trans></dt><dd>{formatAmount(cell.current_sum, currency)}</dd></div>
                  <div><dt><Trans>In future</Trans></dt><dd>{formatAmount(cell.future_sum, currency)}</dd></div>
                </dl>
                <p className={classes.say}>{say}</p>
              </li>
            );
          })}
        </ul>
        <span className={grid.axisX}><Trans>Value now</Trans></span>
      </div>
    </Card>
  );
}
