// A score's value as text and as a number, whatever its type.
import { fieldOf } from '@/api/catalog';
import type { RecordInsight, Score } from '@/api/insight';
import type { ObjectType } from '@/api/wire';
import { isEmpty, valueText } from '@/fields/values';
import { formatAmount, formatNumber, formatShare, type Money } from '@/locale/format';

export function scoreNamed(insight: RecordInsight, name: string): Score | undefined {
  return insight.scores.find((one) => one.name === name && !isEmpty(one.value));
}

export function numberOf(value: unknown): number | undefined {
  if (isEmpty(value)) return undefined;
  const plain = typeof value === 'object' ? (value as Money).amount : value;
  const number = Number(plain);
  return Number.isFinite(number) ? number : undefined;
}

// Money and percentages without decimals: nobody steers by a customer's cents.
export function scoreText(score: Score, object: ObjectType, currency: string | null | undefined): string {
  const number = numberOf(score.value);
  if (score.type === 'money' && number !== undefined) {
    const own = typeof score.value === 'object' ? (score.value as Money).currency : currency;
    return formatAmount(number, own);
  }
  if (score.type === 'percent' && number !== undefined) return formatShare(number);
  if (score.type === 'decimal' && number !== undefined) return formatNumber(number, 1);
  const field = fieldOf(object, score.name);
  return field ? valueText(field, score.value) : String(score.value);
}

// Weighty reasons first; what has no weight keeps its place behind them.
export function byWeight<T extends { weight?: number | null }>(reasons: T[]): T[] {
  return [...reasons].sort((a, b) => Math.abs(b.weight ?? 0) - Math.abs(a.weight ?? 0));
}
