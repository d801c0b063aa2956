import type { ProfitParts } from '@/api/insight';

export const COSTS = ['cost_of_goods', 'discounts', 'returns', 'cost_to_serve'] as const;

export interface Step {
  key: keyof ProfitParts;
  below: number;
  height: number;
}

// Down the steps from revenue to profit. Costs may be told with either sign; here they go down.
export function stepsOf(total: ProfitParts): Step[] {
  let at = total.revenue;
  const costs = COSTS.map((key) => {
    const cost = Math.abs(total[key]);
    at -= cost;
    return { key, below: at, height: cost };
  });
  return [{ key: 'revenue', below: 0, height: total.revenue }, ...costs, { key: 'profit', below: 0, height: total.profit }];
}
