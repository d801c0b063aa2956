// Field type → how it is shown and edited: one table. A new field type is one more row.
import { type ComponentType, lazy } from 'react';
import type { FieldType } from '@/api/wire';
import {
  ShowBoolean, ShowChoice, ShowChoices, ShowDate, ShowEmail, ShowInstant, ShowLink, ShowPhone, ShowPlain, ShowText,
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

export const KINDS: Record<FieldType, Kind> = {
  text: { Show: ShowText, Edit: EditText, width: 180 },
  long_text: { Show: ShowText, Edit: EditLongText, width: 260, lines: true },
  integer: { Show: ShowPlain, Edit: EditNumber, width: 100, align: 'end' },
  decimal: { Show: ShowPlain, Edit: EditNumber, width: 110, align: 'end' },
  percent: { Show: ShowPlain, Edit: EditNumber, width: 100, align: 'end' },
  money: { Show: ShowPlain, Edit: EditMoney, width: 130, align: 'end' },
  date: { Show: ShowDate, Edit: EditDate, width: 130 },
  instant: { Show: ShowInstant, Edit: EditInstant, width: 150 },
  boolean: { Show: ShowBoolean, Edit: EditBoolean, width: 90, immediate: true },
  choice: { Show: ShowChoice, Edit: EditChoice, width: 140, immediate: true },
  choices: { Show: ShowChoices, Edit: EditChoices, width: 200 },
  link: { Show: ShowLink, Edit: EditLink, width: 190, immediate: true },
  email: { Show: ShowEmail, Edit: EditText, width: 220 },
  phone: { Show: ShowPhone, Edit: EditText, width: 160 },
  url: { Show: ShowUrl, Edit: EditText, width: 200 },
  address: { Show: ShowPlain, Edit: EditAddress, width: 280 },
  person_name: { Show: ShowText, Edit: EditName, width: 210 },
  user: { Show: ShowUser, Edit: EditLink, width: 160, immediate: true },
  json: { Show: ShowPlain, Edit: EditLongText, width: 200, lines: true },
};
