// A value as text, and text as a value: for drafts, comparisons and conflicts.
import { t } from '@lingui/core/macro';
import type { Choice, Field } from '@/api/wire';
import {
  formatDate, formatDecimal, formatInstant, formatInteger, formatMoney, formatPercent, type Money,
} from '@/locale/format';

export interface Address {
  line1?: string;
  line2?: string;
  postal_code?: string;
  city?: string;
  region?: string;
  country?: string;
}

export interface PersonName {
  full?: string;
  given?: string;
  family?: string;
}

export const ADDRESS_PARTS = ['line1', 'line2', 'postal_code', 'city', 'region', 'country'] as const;

export function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value === 'object') return Object.values(value).every(isEmpty);
  return false;
}

// What no user did, the program did: its id is all noughts.
export function isProgram(user: unknown): boolean {
  return typeof user === 'string' && /^[0-]+$/.test(user);
}

// Calling codes of one and two digits; every other has three.
const CALLING = /^\+(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})/;
const GROUP = 3;

// A number in the international form, in groups that the eye can hold: +34 112 000 201.
export function phoneGroups(phone: string): string[] {
  const code = /^\+\d{7,}$/.test(phone) ? CALLING.exec(phone)?.[0] : undefined;
  if (!code) return [phone];
  const groups = phone.slice(code.length).match(new RegExp(`\\d{1,${GROUP}}`, 'g')) ?? [];
  // One figure is not left alone at the end.
  if (groups.at(-1)?.length === 1 && groups.length > 1) groups.splice(-2, 2, groups.slice(-2).join(''));
  return [code, ...groups];
}

export function same(a: unknown, b: unknown): boolean {
  if (isEmpty(a) && isEmpty(b)) return true;
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  if (value === null || typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return JSON.stringify(value);
  const filled = Object.entries(value).filter(([, part]) => !isEmpty(part)).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(filled);
}

// A number as people type it: 1,234.50 or 1.234,50 or 1 234,5. What is no number is sent as typed,
// and the server says what is wrong with it.
export function readDecimal(typed: string): string {
  const text = typed.replace(/[\s\u00a0\u202f'’]/g, '');
  const comma = text.lastIndexOf(',');
  const point = text.lastIndexOf('.');
  const single = comma < 0 || point < 0;
  if (single && comma >= 0) {
    const groups = /^[+-]?\d{1,3}(,\d{3})+$/.test(text) && text.split(',').length > 2;
    return groups ? text.replaceAll(',', '') : text.replace(',', '.');
  }
  if (single) return /^[+-]?\d{1,3}(\.\d{3}){2,}$/.test(text) ? text.replaceAll('.', '') : text;
  return comma > point ? text.replaceAll('.', '').replace(',', '.') : text.replaceAll(',', '');
}

export function choiceOf(field: Field, name: unknown): Choice | undefined {
  return field.choices?.find((choice) => choice.name === name);
}

// One line of text for any value: what a change log, a conflict or an export shows.
export function valueText(field: Field, value: unknown, title?: string): string {
  if (isEmpty(value)) return '';
  switch (field.type) {
    case 'boolean':
      return value ? t`Yes` : t`No`;
    case 'integer':
      return formatInteger(Number(value));
    case 'decimal':
      return formatDecimal(String(value));
    case 'percent':
      return formatPercent(String(value));
    case 'money':
      return formatMoney(value as Money);
    case 'date':
      return formatDate(String(value));
    case 'instant':
      return formatInstant(String(value));
    case 'choice':
      return choiceOf(field, value)?.label ?? String(value);
    case 'choices':
      return (value as string[]).map((one) => choiceOf(field, one)?.label ?? one).join(', ');
    case 'address':
      return typeof value === 'string' ? value : addressText(value as Address);
    case 'person_name':
      return typeof value === 'string' ? value : nameText(value as PersonName);
    case 'json':
      return typeof value === 'string' ? value : JSON.stringify(value);
    case 'link':
    case 'user':
      return isProgram(value) ? 'Rapport' : (title ?? String(value));
    default:
      return String(value);
  }
}

export function nameText(name: PersonName): string {
  return name.full || [name.given, name.family].filter(Boolean).join(' ');
}

export function addressText(address: Address): string {
  const town = [address.postal_code, address.city].filter(Boolean).join(' ');
  return [address.line1, address.line2, town, address.region, address.country].filter(Boolean).join(', ');
}

// The local spelling a datetime-local input wants, and back to a moment.
export function localMoment(instant: unknown): string {
  if (isEmpty(instant)) return '';
  const date = new Date(String(instant));
  if (Number.isNaN(date.getTime())) return '';
  const two = (n: number) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

export function momentOf(local: string): string | null {
  if (!local) return null;
  const date = new Date(local);
  return Number.isNaN(date.getTime()) ? null : date.toISOString().replace('.000Z', 'Z');
}
