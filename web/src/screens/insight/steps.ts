// The steps from revenue down to profit, as a chart of hanging bars. Costs come as positive amounts and
// are taken off; one that gives back, negative, goes up.
import type { ProfitParts } from '@/api/insight';
import { COSTS } from '@/locale/parts';

export interface Step {
  key: keyof ProfitParts;
  // Where the bar begins and where it ends; what it adds is the difference.
  from: number;
  to: number;
}

export function stepsOf(total: ProfitParts): Step[] {
  let at = total.revenue;
  const costs = COSTS.map((key) => {
    const step = { key, from: at, to: at - total[key] };
    at = step.to;
    return step;
  });
  return [{ key: 'revenue', from: 0, to: total.revenue }, ...costs, { key: 'profit', from: 0, to: total.profit }];
}

// Two series on top of each other: an unseen one up to where a bar begins, and the bar. A loss begins
// below nought and a cost may cross it: only a stack of all signs puts one on the other there.
export function stepSeries(steps: Step[]): { below: number[]; height: number[]; stack: { type: 'bar'; stack: string; stackStrategy: 'all' } } {
  return {
    below: steps.map(({ from, to }) => Math.min(from, to)),
    height: steps.map(({ from, to }) => Math.abs(to - from)),
    stack: { type: 'bar', stack: 'steps', stackStrategy: 'all' },
  };
}
