// What the parts of models are called.
import { t } from '@lingui/core/macro';
import { type Catalog, fieldOf } from '@/api/catalog';
import type { FitKind } from '@/api/insight';
import { choiceOf } from '@/fields/values';
import { formatDecimal } from '@/locale/format';

// A kind that can be asked for; what a model is, the catalog says.
export function kindName(kind: FitKind): string {
  const names: Record<FitKind, string> = {
    bg_nbd: 'BG/NBD', pareto_nbd: 'Pareto/NBD', mbg_nbd: 'MBG/NBD', gamma_gamma: t`Gamma-Gamma`, churn: t`Risk of leaving`, auto: t`Best by hold-out`,
  };
  return names[kind];
}

// Kinds and states are called and coloured as everywhere a model is seen, by the catalog.
export function choiceMark(catalog: Catalog, field: 'kind' | 'state', name: string): { label: string; color: string } {
  const model = catalog.named('model');
  const known = model && fieldOf(model, field);
  const choice = known && choiceOf(known, name);
  return { label: choice?.label ?? name.replaceAll('_', ' '), color: choice?.color ?? 'gray' };
}

// What customers are told apart by, where a model compares them with those it learnt from.
export function inputName(input: string): string {
  const names: Record<string, string> = {
    recency: t`Time from first to last purchase`, frequency: t`Repeat purchases`, age: t`Time since the first purchase`,
    average_order: t`Average order`, silence: t`Days since the last purchase`, patience: t`Silence in own rhythms`, purchases: t`Purchases`,
    rhythm: t`Days between purchases`, recent: t`Purchases of the last 90 days`, year: t`Purchases of the last year`,
    spend: t`Average purchase`, latest: t`Latest purchase against those before`, returned: t`Share given back`,
    interactions: t`Interactions of the last 90 days`,
  };
  return names[input] ?? input.replaceAll('_', ' ');
}

// The weights of a logistic model of leaving: of an input, of what it has above a bound (its line has
// a knee there), and of its being unknown.
export function parameterName(name: string): string {
  if (name === 'intercept') return t`Whoever it is`;
  const [, input = '', bound] = /^(\w+) above (.+)$/.exec(name) ?? [];
  if (bound !== undefined) return t`${inputName(input)}, above ${formatDecimal(bound)}`;
  const missing = /^(\w+) missing$/.exec(name)?.[1];
  return missing ? t`${inputName(missing)}, unknown` : inputName(name);
}

export function kindHelp(kind: string): string {
  const names: Record<FitKind | 'churn_logistic' | 'churn_boosted', string> = {
    bg_nbd: t`How often customers buy, and after which purchase they leave.`,
    pareto_nbd: t`How often customers buy, and when they leave, bought or not.`,
    mbg_nbd: t`As BG/NBD, where a customer may leave right after the first purchase.`,
    gamma_gamma: t`How much customers spend at a time.`,
    churn: t`Who buys nothing within the next days, learnt from who did before.`,
    churn_logistic: t`Who buys nothing within the next days: each input adds its weight to the odds.`,
    churn_boosted: t`Who buys nothing within the next days, by trees that split on one input after another.`,
    auto: t`Fits all, and takes the one that predicted the held-out time best.`,
  };
  return names[kind as FitKind] ?? '';
}

// How far today's customers are from those a model learnt from. The server judges it, since the index
// alone is large by chance where customers are few.
export function driftMark(level: string | undefined): { label: string; color: string } {
  const names: Record<string, { label: string; color: string }> = {
    steady: { label: t`Stable`, color: 'green' }, watch: { label: t`Shifting`, color: 'orange' }, act: { label: t`Changed`, color: 'red' },
  };
  return names[level ?? ''] ?? { label: level ?? '–', color: 'gray' };
}
