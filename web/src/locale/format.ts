// Numbers, money and moments as the reader's language writes them. Formatters are costly to make and
// are kept.
import { t } from '@lingui/core/macro';
import { i18n } from './i18n';

export interface Money {
  amount: string;
  currency: string;
}

const kept = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>();

// What is read is the browser's own spelling of dates and numbers within the page's language.
function tag(): string {
  const own = typeof navigator === 'undefined' ? undefined : navigator.languages.find((one) => one.startsWith(i18n.locale));
  return own ?? i18n.locale;
}

function numbers(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return keep('n', options, () => new Intl.NumberFormat(tag(), options)) as Intl.NumberFormat;
}

function dates(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return keep('d', options, () => new Intl.DateTimeFormat(tag(), options)) as Intl.DateTimeFormat;
}

function keep<T extends Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>(
  kind: string,
  options: object,
  make: () => T,
): T {
  const key = `${kind}${tag()}${JSON.stringify(options)}`;
  const found = kept.get(key) ?? make();
  kept.set(key, found);
  return found as T;
}

export function formatInteger(value: number): string {
  return numbers({ maximumFractionDigits: 0 }).format(value);
}

// Decimals arrive as text, so that no digit is lost; Intl reads text exactly.
export function formatDecimal(value: string | number): string {
  return numbers({ maximumFractionDigits: 10 }).format(value as number);
}

// A percentage as records keep it, 42.5, spelt as every other.
export function formatPercent(value: string | number): string {
  return formatShare(Number(value) / 100, 10);
}

export function formatMoney(money: Money): string {
  try {
    return numbers({ style: 'currency', currency: money.currency }).format(money.amount as unknown as number);
  } catch {
    return `${money.amount} ${money.currency}`; // a currency the browser does not know
  }
}

// A figure, already a plain number: whole units, or three digits (1.23M) where space is scarce. What
// rounds to nought is no loss.
export function formatAmount(value: number, currency: string | null | undefined, short = false): string {
  const digits = {
    signDisplay: 'negative' as const, ...(short ? { notation: 'compact' as const, maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 }),
  };
  if (!currency) return numbers(digits).format(value);
  try {
    return numbers({ style: 'currency', currency, ...digits }).format(value);
  } catch {
    return `${numbers(digits).format(value)} ${currency}`;
  }
}

// Whether an amount is told as less than nothing, in whole units.
export function isLoss(value: number): boolean {
  return value <= -0.5;
}

// A share of one as a percentage: 0.425 is 42.5 %. Fixed: with all its digits, as the columns of a
// table need them to stand below each other.
export function formatShare(share: number, digits = 0, fixed = false): string {
  return numbers({ style: 'percent', maximumFractionDigits: digits, ...(fixed && { minimumFractionDigits: digits }) }).format(share);
}

export function formatNumber(value: number, digits: number, fixed = false): string {
  return numbers({ maximumFractionDigits: digits, ...(fixed && { minimumFractionDigits: digits }) }).format(value);
}

// A period by its code: 2010-12 is a month, 2010-Q4 a quarter.
export function formatPeriod(code: string): string {
  const month = /^(\d{4})-(\d{2})(?:-\d{2})?$/.exec(code);
  if (month) {
    const date = new Date(Date.UTC(Number(month[1]), Number(month[2]) - 1, 1));
    return dates({ month: 'short', year: 'numeric', timeZone: 'UTC' }).format(date);
  }
  const quarter = /^(\d{4})-?Q([1-4])$/.exec(code);
  if (!quarter) return code;
  const [, year = '', number = ''] = quarter;
  return t`Q${number} ${year}`;
}

// A moment on an axis, told as finely as the axis is long: 3 Nov, or Nov 2026.
const LONG_AXIS_MS = 250 * 86_400_000;

export function formatAxisTime(at: number, length: number): string {
  return dates(length > LONG_AXIS_MS ? { month: 'short', year: 'numeric' } : { day: 'numeric', month: 'short' }).format(at);
}

// A country by its code, in the reader's language.
export function formatCountry(code: string): string {
  if (!/^[A-Z]{2}$/.test(code)) return code;
  try {
    return new Intl.DisplayNames([tag()], { type: 'region' }).of(code) ?? code;
  } catch {
    return code;
  }
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;

// A date is a day on the calendar, not a moment: it must not shift with the reader's zone.
function asDate(value: string): { date: Date; zone?: 'UTC' } {
  return DATE.test(value) ? { date: new Date(`${value}T00:00:00Z`), zone: 'UTC' } : { date: new Date(value) };
}

export function formatDate(value: string): string {
  const { date, zone } = asDate(value);
  if (Number.isNaN(date.getTime())) return value;
  return dates({ day: 'numeric', month: 'short', year: 'numeric', ...(zone && { timeZone: zone }) }).format(date);
}

export function formatInstant(value: string): string {
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) return value;
  return dates({ dateStyle: 'medium', timeStyle: 'short' }).format(date);
}

export function formatTime(value: string): string {
  return dates({ timeStyle: 'short' }).format(new Date(value));
}

export function formatDay(value: string, now = new Date()): string {
  const date = new Date(value);
  const days = daysBetween(now, date);
  if (days === 0) return t`Today`;
  if (days === -1) return t`Yesterday`;
  const sameYear = date.getFullYear() === now.getFullYear();
  return dates({ weekday: 'short', day: 'numeric', month: 'long', ...(!sameYear && { year: 'numeric' }) }).format(date);
}

function daysBetween(from: Date, to: Date): number {
  const day = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000;
  return day(to) - day(from);
}

const STEPS: [Intl.RelativeTimeFormatUnit, number, number][] = [
  ['minute', 60, 3600],
  ['hour', 3600, 86_400],
  ['day', 86_400, 7 * 86_400],
  ['week', 7 * 86_400, 30 * 86_400],
];

export function formatRelative(value: string, now = Date.now()): string {
  const seconds = (new Date(value).getTime() - now) / 1000;
  if (Number.isNaN(seconds)) return value;
  const far = Math.abs(seconds);
  if (far < 60) return t`just now`;
  // "Last year" on six rows in a row tells nothing: beyond a month the day itself does.
  const step = STEPS.find(([, , below]) => far < below);
  if (!step) return formatDate(value);
  const [unit, size] = step;
  const relative = keep('r', {}, () => new Intl.RelativeTimeFormat(tag(), { numeric: 'auto', style: 'long' }));
  return (relative as Intl.RelativeTimeFormat).format(Math.trunc(seconds / size), unit);
}

export function formatRelativeDay(value: string, now = new Date()): string {
  if (!DATE.test(value)) return formatRelative(value, now.getTime());
  const [year, month, day] = value.split('-').map(Number) as [number, number, number];
  const days = daysBetween(now, new Date(year, month - 1, day));
  if (Math.abs(days) > 6) return formatDate(value);
  const relative = keep('r', {}, () => new Intl.RelativeTimeFormat(tag(), { numeric: 'auto', style: 'long' }));
  return (relative as Intl.RelativeTimeFormat).format(days, 'day');
}

// Days from today, in words: "90 days ago".
export function formatDays(days: number): string {
  const relative = keep('r', {}, () => new Intl.RelativeTimeFormat(tag(), { numeric: 'auto', style: 'long' }));
  return (relative as Intl.RelativeTimeFormat).format(days, 'day');
}

export function formatBytes(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  const power = bytes < 1 ? 0 : Math.min(3, Math.floor(Math.log10(bytes) / 3));
  return numbers({ style: 'unit', unit: units[power], unitDisplay: power ? 'short' : 'long', maximumFractionDigits: power ? 1 : 0 })
    .format(bytes / 1000 ** power);
}

// Languages that write from right to left, by their tag.
export function directionOf(locale: string): 'ltr' | 'rtl' {
  return /^(ar|fa|he|ur|ps|sd|ug|yi|dv|ckb)(-|$)/.test(locale) ? 'rtl' : 'ltr';
}
