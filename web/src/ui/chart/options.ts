// What all charts have in common: quiet axes, figures in the page's type, a tooltip that is drawn and
// not HTML (the content security policy refuses styles written into markup).
import type { Colours } from './colours';

export type Option = Record<string, unknown>;

export interface AxisWish {
  name?: string | undefined;
  // A name above the axis that goes up; the grid leaves it the room (`top: NAMED_TOP`).
  above?: string | undefined;
  // From one line to the next.
  step?: number | undefined;
  format?: ((value: number) => string) | undefined;
  min?: number | 'dataMin' | undefined;
  max?: number | 'dataMax' | undefined;
  // Labels of a category axis.
  labels?: string[] | undefined;
  type?: 'value' | 'category' | 'log' | 'time' | undefined;
  grid?: boolean | undefined;
  // Counts: no line between one and two.
  whole?: boolean | undefined;
  // Every label is shown, broken into lines of this width.
  wrap?: number | undefined;
}

export const NAMED_TOP = 30;
// Room below for the name of the axis that goes across.
export const NAMED_BOTTOM = 26;
// Of an axis from nought to all: 0, 25, 50 % …
export const QUARTER = 0.25;

export function axis(colours: Colours, wish: AxisWish): Option {
  return {
    type: wish.type ?? (wish.labels ? 'category' : 'value'),
    ...(wish.labels && { data: wish.labels }),
    ...(wish.min !== undefined && { min: wish.min }),
    ...(wish.max !== undefined && { max: wish.max }),
    ...(wish.whole && { minInterval: 1 }),
    ...(wish.name && {
      name: wish.name, nameLocation: 'middle', nameGap: 28, nameTextStyle: { color: colours.muted, fontSize: 11.5 },
    }),
    ...(wish.above && {
      name: wish.above, nameLocation: 'end', nameGap: 12, nameTextStyle: { color: colours.muted, fontSize: 11.5, align: 'left' },
    }),
    ...(wish.step && { interval: wish.step }),
    axisLine: { show: Boolean(wish.labels), lineStyle: { color: colours.line } },
    axisTick: { show: false },
    axisLabel: {
      color: colours.muted, fontSize: 11, hideOverlap: true,
      ...(wish.format && { formatter: wish.format }),
      ...(wish.wrap && { interval: 0, hideOverlap: false, width: wish.wrap, overflow: 'break', lineHeight: 14 }),
    },
    splitLine: { show: wish.grid ?? !wish.labels, lineStyle: { color: colours.line } },
    splitNumber: 4,
  };
}

export function frame(colours: Colours, rest: Option): Option {
  const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  return {
    animation: !still,
    animationDuration: 260,
    animationDurationUpdate: 180,
    textStyle: { fontFamily: colours.font, color: colours.text },
    grid: { left: 8, right: 14, top: 16, bottom: 8, containLabel: true },
    ...rest,
  };
}

export function tooltip(colours: Colours, rest: Option): Option {
  return {
    renderMode: 'richText', confine: true, backgroundColor: colours.raised, borderColor: colours.line, borderWidth: 1, padding: [7, 10],
    textStyle: { color: colours.text, fontSize: 12, fontFamily: colours.font, lineHeight: 17 },
    axisPointer: { type: 'line', lineStyle: { color: colours.muted, width: 1, type: 'dashed' }, shadowStyle: { color: colours.line, opacity: 0.5 } },
    ...rest,
  };
}

export function legend(colours: Colours): Option {
  return {
    top: 0, left: 0, itemWidth: 14, itemHeight: 8, itemGap: 16, icon: 'roundRect',
    textStyle: { color: colours.muted, fontSize: 12 }, inactiveColor: colours.line,
  };
}
