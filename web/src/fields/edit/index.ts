// The editors, one chunk: loaded when something is first edited.
export { EditBoolean, EditChoice, EditChoices } from './choices';
export { EditAddress, EditName } from './composed';
export { EditLink } from './links';
export { EditDate, EditInstant } from './moments';
export { EditMoney, EditNumber } from './numbers';
export { EditLongText, EditText } from './texts';
