// Months and quarters by their codes: 2010-12, 2010-Q4.
export const PERIODS = ['month', 'quarter'] as const;
export type Period = (typeof PERIODS)[number];

const MONTHS_OF = { month: 1, quarter: 3 } as const;

// The day on which a period is over, as milliseconds.
function endOf(code: string): number {
  const [year, part] = code.split('-') as [string, string | undefined];
  const quarter = part?.startsWith('Q') ?? false;
  const at = Number(quarter ? part?.slice(1) : part);
  return Date.UTC(Number(year), at * MONTHS_OF[quarter ? 'quarter' : 'month'], 1);
}

// Whether a period was not over when the figures were made, or is cut short by the range: what is told
// of it is told so far.
export function isRunning(code: string, asOf: string | null | undefined, until: string | undefined): boolean {
  const known = asOf ? Date.parse(asOf) : NaN;
  const range = until ? Date.parse(until) + 86_400_000 : Infinity;
  const end = endOf(code);
  return end > known || end > range;
}
