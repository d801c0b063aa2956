// Which comparisons a field offers, and what they are called. One table by type.
import { t } from '@lingui/core/macro';
import type { Field, FieldType } from '@/api/wire';
import type { Literal, Operator, Simple } from './conditions';

const EMPTY: Operator[] = ['is empty', 'is not empty'];
const TEXT: Operator[] = ['contains', 'not contains', 'starts with', '=', '!=', ...EMPTY];
const NUMBER: Operator[] = ['=', '!=', '>', '>=', '<', '<=', 'between', ...EMPTY];
const MOMENT: Operator[] = ['>=', '<', 'between', ...EMPTY];
const LINK: Operator[] = ['=', '!=', ...EMPTY];

const OPERATORS: Record<FieldType, Operator[]> = {
  id: ['=', '!='], text: TEXT, long_text: ['contains', 'not contains', ...EMPTY], email: TEXT, phone: TEXT, url: TEXT, person_name: TEXT,
  address: EMPTY, integer: NUMBER, decimal: NUMBER, percent: NUMBER, money: NUMBER,
  date: ['=', ...MOMENT], instant: MOMENT, boolean: ['='],
  choice: ['in', 'not in', ...EMPTY], choices: ['contains', 'not contains', ...EMPTY],
  link: LINK, user: LINK, json: EMPTY,
};

export function operatorsOf(field: Field): Operator[] {
  return OPERATORS[field.type];
}

const RELATIVE = new Set<FieldType>(['date', 'instant']);

export function operatorName(operator: Operator, type: FieldType): string {
  const moment = RELATIVE.has(type);
  const names: Record<Operator, string> = {
    '=': t`is`, '!=': t`is not`, '<': moment ? t`before` : t`less than`, '<=': moment ? t`until` : t`at most`,
    '>': moment ? t`after` : t`more than`, '>=': moment ? t`since` : t`at least`, contains: t`contains`,
    'not contains': t`does not contain`, 'starts with': t`starts with`, 'not starts with': t`does not start with`,
    in: t`is one of`, 'not in': t`is none of`, between: t`between`, 'not between': t`not between`,
    'is empty': t`is empty`, 'is not empty': t`is not empty`,
  };
  return names[operator];
}

export function firstCondition(path: string, field: Field): Simple {
  const [operator = '='] = operatorsOf(field);
  return { kind: 'simple', path, operator, values: field.type === 'boolean' ? [{ quoted: false, text: 'true' }] : [] };
}

// Relative moments people ask for most; the text form knows every other.
export function presetsOf(type: FieldType): { label: string; literal: Literal }[] {
  if (!RELATIVE.has(type)) return [];
  const word = (label: string, text: string) => ({ label, literal: { quoted: false, text } });
  return [
    word(t`today`, 'today'), word(t`7 days ago`, 'today - 7d'), word(t`30 days ago`, 'today - 30d'),
    word(t`90 days ago`, 'today - 90d'), word(t`this month`, 'this month'), word(t`this year`, 'this year'),
    word(t`in 7 days`, 'today + 7d'),
  ];
}

export function takesTwo(operator: Operator): boolean {
  return operator.endsWith('between');
}

export function takesNone(operator: Operator): boolean {
  return operator.endsWith('empty');
}
