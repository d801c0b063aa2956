// What the parts of models are called.
import { t } from '@lingui/core/macro';
import { type Catalog, fieldOf } from '@/api/catalog';
import type { FitKind } from '@/api/insight';
import { choiceOf } from '@/fields/values';

// A kind that can be asked for; what a model is, the catalog says.
export function kindName(kind: FitKind): string {
  const names: Record<FitKind, string> = {
    bg_nbd: 'BG/NBD', pareto_nbd: 'Pareto/NBD', mbg_nbd: 'MBG/NBD', gamma_gamma: t`Gamma-Gamma`, auto: t`Best by hold-out`,
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
    recency: t`Recency`, frequency: t`Frequency`, money: t`Money`, age: t`Age as a customer`, purchases: t`Purchases`,
    silence: t`Time since the last order`, average: t`Average order`, returns: t`Returns`, orders: t`Orders`,
  };
  return names[input] ?? input.replaceAll('_', ' ');
}

export function kindHelp(kind: string): string {
  const names: Record<FitKind, string> = {
    bg_nbd: t`How often customers buy, and after which purchase they leave.`,
    pareto_nbd: t`How often customers buy, and when they leave, bought or not.`,
    mbg_nbd: t`As BG/NBD, where a customer may leave right after the first purchase.`,
    gamma_gamma: t`How much customers spend at a time.`,
    auto: t`Fits all, and takes the one that predicted the held-out time best.`,
  };
  return names[kind as FitKind] ?? '';
}

// The population stability index as people read it (Siddiqi 2006): below 0.1 nothing moved, above 0.25
// the customers are no longer those the model learnt from.
const SHIFTED = 0.1;
const CHANGED = 0.25;

export function driftMark(psi: number): { label: string; color: string } {
  if (psi < SHIFTED) return { label: t`Stable`, color: 'green' };
  return psi < CHANGED ? { label: t`Shifting`, color: 'orange' } : { label: t`Changed`, color: 'red' };
}
