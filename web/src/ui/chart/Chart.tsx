// One chart. What it shows is told beside it as a table; here it is a picture with a name.
import { type RefObject, useEffect, useRef } from 'react';
import { readColours, type Colours, useSchemeName } from './colours';
import { type ECharts, type EChartsCoreOption, init } from './engine';
import type { Option } from './options';
import classes from './chart.module.css';

export interface Drawn {
  svg: () => string;
}

export interface ChartProps {
  label: string;
  height?: number | undefined;
  option: (colours: Colours) => Option;
  // A click on a mark: which series, and which of its values.
  onMark?: ((series: number, index: number) => void) | undefined;
  drawn?: RefObject<Drawn | null> | undefined;
}

export default function Chart({ label, height = 260, option, onMark, drawn }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts>(null);
  const scheme = useSchemeName();
  const latest = useRef(onMark);
  latest.current = onMark;

  useEffect(() => {
    if (!box.current) return undefined;
    const made = init(box.current, null, { renderer: 'svg' });
    chart.current = made;
    if (drawn) drawn.current = { svg: () => made.renderToSVGString() };
    made.on('click', (event) => {
      if (event.seriesIndex !== undefined) latest.current?.(event.seriesIndex, event.dataIndex);
    });
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(box.current);
    return () => {
      observer.disconnect();
      made.dispose();
      chart.current = null;
      if (drawn) drawn.current = null;
    };
  }, [drawn]);
  useEffect(() => {
    chart.current?.setOption(option(readColours()) as EChartsCoreOption, true);
  }, [option, scheme]);

  return <div ref={box} role="img" aria-label={label} className={classes.chart} style={{ blockSize: height }} />;
}
