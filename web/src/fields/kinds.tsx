// Field type → how it is shown and edited: one table. A new field type is one more row.
import { type ComponentType, lazy } from 'react';
import type { Field, FieldType } from '@/api/wire';
import {
  ShowBoolean, ShowChoice, ShowChoices, ShowDate, ShowEmail, ShowInstant, ShowLink, ShowPercent, ShowPhone, ShowPlain, ShowText,
  ShowUrl, ShowUser,
} from './show';
import type { EditProps, ShowProps } from './types';

export interface Kind {
  Show: ComponentType<ShowProps>;
  Edit: ComponentType<EditProps>;
  // The width of a column at first.
  width: number;
  // Numbers stand at the end of their cell.
  align?: 'end';
  // Choosing is saving: there is nothing to type.
  immediate?: boolean;
  // The value is a link of its own; its editor is opened beside it.
  leads?: boolean;
  // Enter makes a new line; Ctrl Enter saves.
  lines?: boolean;
}

type Editors = typeof import('./edit');

// Reading is what a page does first; the editors come when one is asked for.
function editor(name: keyof Editors): ComponentType<EditProps> {
  return lazy(() => import('./edit').then((editors) => ({ default: editors[name] })));
}

const EditText = editor('EditText');
const EditLongText = editor('EditLongText');
const EditNumber = editor('EditNumber');
const EditMoney = editor('EditMoney');
const EditDate = editor('EditDate');
const EditInstant = editor('EditInstant');
const EditBoolean = editor('EditBoolean');
const EditChoice = editor('EditChoice');
const EditChoices = editor('EditChoices');
const EditLink = editor('EditLink');
const EditAddress = editor('EditAddress');
const EditName = editor('EditName');

const KINDS: Record<FieldType, Kind> = {
  id: { Show: ShowPlain, Edit: EditText, width: 280 },
  text: { Show: ShowText, Edit: EditText, width: 160 },
  long_text: { Show: ShowText, Edit: EditLongText, width: 260, lines: true },
  integer: { Show: ShowPlain, Edit: EditNumber, width: 100, align: 'end' },
  decimal: { Show: ShowPlain, Edit: EditNumber, width: 110, align: 'end' },
  percent: { Show: ShowPercent, Edit: EditNumber, width: 100, align: 'end' },
  money: { Show: ShowPlain, Edit: EditMoney, width: 120, align: 'end' },
  date: { Show: ShowDate, Edit: EditDate, width: 116 },
  instant: { Show: ShowInstant, Edit: EditInstant, width: 130 },
  boolean: { Show: ShowBoolean, Edit: EditBoolean, width: 90, immediate: true },
  choice: { Show: ShowChoice, Edit: EditChoice, width: 124, immediate: true },
  choices: { Show: ShowChoices, Edit: EditChoices, width: 200 },
  link: { Show: ShowLink, Edit: EditLink, width: 170, leads: true, immediate: true },
  email: { Show: ShowEmail, Edit: EditText, width: 210, leads: true },
  phone: { Show: ShowPhone, Edit: EditText, width: 146, leads: true },
  url: { Show: ShowUrl, Edit: EditText, width: 200, leads: true },
  address: { Show: ShowPlain, Edit: EditAddress, width: 280 },
  person_name: { Show: ShowText, Edit: EditName, width: 210 },
  user: { Show: ShowUser, Edit: EditLink, width: 140, immediate: true },
  json: { Show: ShowPlain, Edit: EditLongText, width: 200, lines: true },
};

// A type that this page does not know yet shows as text.
export function kindOf(field: Field): Kind {
  return KINDS[field.type] ?? KINDS.text;
}
