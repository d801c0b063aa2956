// A figure: a chart, the same as a table, and both to take along. Whoever cannot see the picture, or
// wants the customers behind a mark by the keyboard, finds each mark as a link in the table.
import { useLingui } from '@lingui/react/macro';
import { ActionIcon, Loader } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { IconChartBar, IconDownload, IconFileTypeSvg, IconPhoto, IconTable } from '@tabler/icons-react';
import { createContext, lazy, type ReactNode, Suspense, useCallback, useContext, useId, useRef, useState } from 'react';
import type { Opening } from '@/api/insight';
import { DropMenu } from '../DropMenu';
import { OpenLink, openingSearch } from '../OpenLink';
import { sayProblem } from '../toast';
import type { Drawn } from './Chart';
import type { Colours } from './colours';
import type { Option } from './options';
import table from '../table.module.css';
import classes from './figure.module.css';

const Chart = lazy(() => import('./Chart'));

export interface Line {
  key: string;
  // The first cell names the line and leads to its customers.
  cells: ReactNode[];
  open?: Opening | null | undefined;
  // What the opened list is called.
  name?: string | undefined;
}

// A line that leads nowhere.
type ClosedLine = Line & { open?: undefined };

// Which line a mark of the chart is. Marks and lines are seldom the same list, so whoever has lines
// that open must say it; null: the marks lead nowhere, only the table does.
type LineOf = (series: number, index: number) => number | undefined;
type OnMark = (series: number, index: number) => void;
type Marks =
  | { lines: Line[]; lineOf: LineOf | null; onMark?: undefined }
  | { lines: Line[]; onMark: OnMark; lineOf?: undefined }
  | { lines: ClosedLine[]; onMark?: undefined; lineOf?: undefined };

export type FigureProps = Marks & {
  title: ReactNode;
  help?: ReactNode;
  // Files are called like this.
  file: string;
  csv?: string | undefined;
  label: string;
  height?: number | undefined;
  option: (colours: Colours) => Option;
  head: string[];
  tools?: ReactNode;
  children?: ReactNode;
};

// Whether the figures at hand are still those of another choice: they stay to be looked at while the
// chosen ones load, but none of their marks may be taken for one of the choice.
export const Stale = createContext(false);

// What figures rest on, in words, for their pictures: when they were computed, of whom they tell.
export const Basis = createContext('');
// The heading of the card around.
const Heading = createContext('');

export function Figure(props: FigureProps) {
  const { t } = useLingui();
  const [asTable, setAsTable] = useState(false);
  const drawn = useRef<Drawn>(null);
  const navigate = useNavigate();
  const { lines, lineOf, onMark } = props;
  const open = useCallback(
    (series: number, index: number) => {
      const line = lines[lineOf?.(series, index) ?? -1];
      if (onMark) onMark(series, index);
      else if (line?.open) void navigate({ to: '/$plural', params: { plural: line.open.plural }, search: openingSearch(line.open, line.name ?? '') as never });
    },
    [lines, lineOf, onMark, navigate],
  );
  return (
    <Card title={props.title} help={props.help}
      tools={
        <>
          {props.tools}
          <ActionIcon aria-label={asTable ? t`Show as a chart` : t`Show as a table`} title={asTable ? t`Show as a chart` : t`Show as a table`}
            onClick={() => setAsTable(!asTable)}>
            {asTable ? <IconChartBar size={16} stroke={1.7} /> : <IconTable size={16} stroke={1.7} />}
          </ActionIcon>
          <Downloads file={props.file} csv={props.csv} picture={asTable ? undefined : () => drawn.current?.svg()} />
        </>
      }>
      {asTable ? <FigureTable label={props.label} head={props.head} lines={lines} height={props.height} /> : (
        <Suspense fallback={<div className={classes.waiting} style={{ blockSize: props.height ?? 260 }}><Loader size="sm" color="gray" /></div>}>
          <Chart label={props.label} height={props.height} option={props.option} drawn={drawn}
            {...((onMark ?? lineOf) && { onMark: open })} />
        </Suspense>
      )}
      {props.children}
    </Card>
  );
}

export function Card({ title, help, tools, children, wide }: {
  title: ReactNode;
  help?: ReactNode;
  tools?: ReactNode;
  children: ReactNode;
  wide?: boolean;
}) {
  const id = useId();
  const stale = useContext(Stale);
  return (
    <section className={classes.card} aria-labelledby={id} data-wide={wide || undefined}>
      <header className={classes.head}>
        <div>
          <h2 id={id}>{title}</h2>
          {help && <p>{help}</p>}
        </div>
        {tools && <Heading value={id}><div className={classes.tools}>{tools}</div></Heading>}
      </header>
      <div className={classes.body} inert={stale}>{children}</div>
    </section>
  );
}

export function Downloads({ file, csv, picture }: { file: string; csv?: string | undefined; picture?: (() => string | undefined) | undefined }) {
  const { t } = useLingui();
  const stale = useContext(Stale);
  const heading = useContext(Heading);
  const told = useContext(Basis);
  const take = (save: (pictures: typeof import('./pictures'), svg: string) => unknown) => {
    const svg = picture?.();
    const title = document.getElementById(heading)?.textContent ?? '';
    if (svg) import('./pictures').then((pictures) => save(pictures, pictures.captioned(svg, { title, told }))).catch(sayProblem);
  };
  if (!csv && !picture) return null;
  return (
    <DropMenu target={<ActionIcon aria-label={t`Download`} title={t`Download`}><IconDownload size={16} stroke={1.7} /></ActionIcon>}
      entries={[
        Boolean(csv) && { label: t`Figures as CSV`, icon: <IconTable size={15} stroke={1.6} />, href: csv ?? '' },
        Boolean(picture) && !stale && { label: t`Picture as SVG`, icon: <IconFileTypeSvg size={15} stroke={1.6} />, onClick: () => take((pictures, svg) => pictures.saveSvg(file, svg)) },
        Boolean(picture) && !stale && { label: t`Picture as PNG`, icon: <IconPhoto size={15} stroke={1.6} />, onClick: () => take((pictures, svg) => pictures.savePng(file, svg)) },
      ]} />
  );
}

function FigureTable({ label, head, lines, height }: { label: string; head: string[]; lines: Line[]; height?: number | undefined }) {
  return (
    <div className={table.box} tabIndex={0} role="group" aria-label={label} style={{ maxBlockSize: height ? Math.max(height, 200) : undefined }}>
      <table className={table.table}>
        <thead><tr>{head.map((name, at) => <th key={name} scope="col" data-end={at > 0 || undefined}>{name}</th>)}</tr></thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.key}>
              {line.cells.map((cell, at) => at === 0
                ? <th key={at} scope="row"><OpenLink open={line.open} name={line.name ?? ''}>{cell}</OpenLink></th>
                : <td key={at} data-end>{cell}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
