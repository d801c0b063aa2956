// What the parts of models are called.
import { t } from '@lingui/core/macro';
import type { FitKind, ModelState } from '@/api/insight';

export function kindName(kind: string): string {
  const names: Record<string, string> = {
    bg_nbd: 'BG/NBD', pareto_nbd: 'Pareto/NBD', mbg_nbd: 'MBG/NBD', gamma_gamma: t`Gamma-Gamma`, auto: t`Best by hold-out`,
    logistic: t`Logistic regression`, boosted_trees: t`Gradient-boosted trees`, churn: t`Churn`, pooled: t`Pooled rate`, empirical: t`Empirical`,
  };
  return names[kind] ?? kind.replaceAll('_', ' ');
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

export function stateMark(state: ModelState): { label: string; color: string } {
  const names: Record<ModelState, { label: string; color: string }> = {
    in_use: { label: t`In use`, color: 'green' },
    candidate: { label: t`Candidate`, color: 'orange' },
    retired: { label: t`Retired`, color: 'gray' },
    refused: { label: t`Refused`, color: 'red' },
  };
  return names[state] ?? { label: state, color: 'gray' };
}

// The population stability index as people read it (Siddiqi 2006): below 0.1 nothing moved, above 0.25
// the customers are no longer those the model learnt from.
const SHIFTED = 0.1;
const CHANGED = 0.25;

export function driftMark(psi: number): { label: string; color: string } {
  if (psi < SHIFTED) return { label: t`Stable`, color: 'green' };
  return psi < CHANGED ? { label: t`Shifting`, color: 'orange' } : { label: t`Changed`, color: 'red' };
}
