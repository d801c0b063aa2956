// Which rows of a very long list are drawn. Rows are all of one height, so a row's place is a
// multiplication; what makes it more than that is that browsers draw no element higher than some
// millions of pixels. Beyond MAX_HEIGHT the scrollbar stands for more than it measures: small moves go
// row by row, far jumps go by proportion, and the two are brought together when scrolling rests.
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

export const MAX_HEIGHT = 8_000_000;
const ROWS_MAX = 60;
const OVERSCAN = 8;
const REST_MS = 160;

export interface Place {
  // Pixels from the beginning of the whole list.
  top: number;
}

export interface RowWindow {
  first: number;
  last: number;
  // Where row `first` is drawn within the scroller's content.
  offset: number;
  height: number;
}

export function rowWindow(top: number, scrollTop: number, view: number, count: number, row: number): RowWindow {
  const visible = Math.ceil(view / row) + 1;
  const spare = Math.max(0, Math.min(OVERSCAN, Math.floor((ROWS_MAX - visible) / 2)));
  const first = Math.max(0, Math.min(count, Math.floor(top / row) - spare));
  const last = Math.min(count, Math.floor(top / row) + visible + spare);
  return { first, last, offset: scrollTop + first * row - top, height: Math.min(count * row, MAX_HEIGHT) };
}

// The place a scroll event leads to.
export function placeAfterScroll(before: Place, delta: number, scrollTop: number, view: number, whole: number): Place {
  const most = Math.max(0, whole - view);
  if (whole <= MAX_HEIGHT) return { top: Math.min(most, Math.max(0, scrollTop)) };
  const far = Math.abs(delta) > 2 * view;
  const top = far ? (scrollTop / (MAX_HEIGHT - view)) * most : before.top + delta;
  return { top: Math.min(most, Math.max(0, top)) };
}

export function scrollTopOf(top: number, view: number, whole: number): number {
  if (whole <= MAX_HEIGHT) return top;
  return (top / Math.max(1, whole - view)) * (MAX_HEIGHT - view);
}

export function useRowWindow(scroller: RefObject<HTMLElement | null>, count: number, row: number, head: number) {
  const place = useRef<Place>({ top: 0 });
  const lastScroll = useRef(0);
  const rest = useRef(0);
  const [view, setView] = useState(600);
  const whole = count * row;
  const [drawn, setDrawn] = useState(() => rowWindow(0, 0, 600, count, row));

  const draw = useCallback(() => {
    const next = rowWindow(place.current.top, lastScroll.current, view, count, row);
    setDrawn((now) => (equal(now, next) ? now : next));
  }, [count, row, view]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const measure = () => setView(Math.max(row, element.clientHeight - head));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller, head, row]);

  useLayoutEffect(() => {
    const most = Math.max(0, whole - view);
    if (place.current.top > most) place.current = { top: most };
    draw();
  }, [draw, whole, view]);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const settle = () => {
      const wanted = scrollTopOf(place.current.top, view, whole);
      if (Math.abs(wanted - element.scrollTop) < 1) return;
      lastScroll.current = wanted;
      element.scrollTop = wanted;
      draw();
    };
    const onScroll = () => {
      const delta = element.scrollTop - lastScroll.current;
      if (delta === 0) return;
      lastScroll.current = element.scrollTop;
      place.current = placeAfterScroll(place.current, delta, element.scrollTop, view, whole);
      draw();
      window.clearTimeout(rest.current);
      if (whole > MAX_HEIGHT) rest.current = window.setTimeout(settle, REST_MS);
    };
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      element.removeEventListener('scroll', onScroll);
      window.clearTimeout(rest.current);
    };
  }, [scroller, draw, view, whole]);

  // Brings a row into sight with as little movement as possible.
  const reveal = useCallback(
    (index: number) => {
      const element = scroller.current;
      if (!element) return;
      const { top } = place.current;
      const wanted = index * row < top ? index * row : (index + 1) * row > top + view ? (index + 1) * row - view : top;
      if (wanted === top) return;
      place.current = { top: wanted };
      lastScroll.current = scrollTopOf(wanted, view, whole);
      element.scrollTop = lastScroll.current;
      lastScroll.current = element.scrollTop;
      draw();
    },
    [scroller, row, view, whole, draw],
  );

  return { ...drawn, reveal, perPage: Math.max(1, Math.floor(view / row) - 1) };
}

function equal(a: RowWindow, b: RowWindow): boolean {
  return a.first === b.first && a.last === b.last && a.offset === b.offset && a.height === b.height;
}
