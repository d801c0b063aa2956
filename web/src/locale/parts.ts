// The parts that profit is made of, by their names.
import { useLingui } from '@lingui/react/macro';
import { useMemo } from 'react';

export const COSTS = ['cost_of_goods', 'discounts', 'returns', 'cost_to_serve'] as const;
export const PARTS = ['revenue', ...COSTS, 'profit'] as const;
export type Part = (typeof PARTS)[number];

export function usePartNames(): Record<Part, string> {
  const { t } = useLingui();
  return useMemo(() => ({
    revenue: t`Revenue`, cost_of_goods: t`Cost of goods`, discounts: t`Discounts`, returns: t`Returns`,
    cost_to_serve: t`Cost to serve`, profit: t`Profit`,
  }), [t]);
}
