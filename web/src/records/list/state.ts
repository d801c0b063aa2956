// Everything a list shows stands in its address: condition, order, columns with their widths, bin.
//   /persons?where=lifecycle = 'customer'&order=-changed_at&columns=name:240,email,owner&bin=only
// A set is what a mark of a figure counts and no condition can say: a word of the server's, and its
// name for people.
//   /persons?set=cohort~MjAxMC0xMg&of=Cohort Dec 2010, month 3
import { standardColumns } from '@/api/catalog';
import type { ListQuery } from '@/api/records';
import type { ObjectType } from '@/api/wire';

export interface Column {
  path: string;
  width?: number | undefined;
}

export interface ListState {
  where: string;
  set: string;
  setName: string;
  order: string;
  columns: Column[];
  bin: boolean;
  // Customers nobody knows by name, kept so that their orders have a place.
  standIns: boolean;
  // The condition is edited as text.
  text: boolean;
}

export type ListSearch = Partial<Record<'where' | 'set' | 'of' | 'order' | 'columns' | 'bin' | 'stand_ins' | 'text', string>>;

const WIDTH_MIN = 60;
const WIDTH_MAX = 800;

export function readState(search: ListSearch, object: ObjectType): ListState {
  const columns = readColumns(search.columns);
  return {
    where: search.where ?? '',
    set: search.set ?? '',
    setName: search.of ?? '',
    order: search.order ?? object.list?.order ?? '',
    columns: columns.length > 0 ? columns : standardColumns(object).map((path) => ({ path })),
    bin: search.bin === 'only',
    standIns: search.stand_ins === 'true',
    text: search.text === '1',
  };
}

export function writeState(state: ListState, object: ObjectType): ListSearch {
  const columns = spellColumns(state.columns);
  const standard = spellColumns(standardColumns(object).map((path) => ({ path })));
  return {
    ...(state.where && { where: state.where }),
    ...(state.set && { set: state.set }),
    ...(state.set && state.setName && { of: state.setName }),
    ...(state.order && state.order !== object.list?.order && { order: state.order }),
    ...(columns !== standard && { columns }),
    ...(state.bin && { bin: 'only' }),
    ...(state.standIns && { stand_ins: 'true' }),
    ...(state.text && { text: '1' }),
  };
}

export function queryOf(state: ListState): ListQuery {
  return {
    ...(state.where && { where: state.where }),
    ...(state.set && { set: state.set }),
    ...(state.order && { order: state.order }),
    ...(state.bin && { bin: 'only' as const }),
    ...(state.standIns && { stand_ins: true }),
  };
}

function readColumns(text = ''): Column[] {
  return text.split(',').filter(Boolean).map((one) => {
    const [path = '', width] = one.split(':');
    const pixels = Number(width);
    return width && Number.isFinite(pixels) ? { path, width: clampWidth(pixels) } : { path };
  });
}

function spellColumns(columns: Column[]): string {
  return columns.map(({ path, width }) => (width ? `${path}:${Math.round(width)}` : path)).join(',');
}

export function clampWidth(width: number): number {
  return Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, Math.round(width)));
}

export type Direction = 'up' | 'down';

export function directionIn(order: string, path: string): Direction | undefined {
  const first = order.split(',')[0] ?? '';
  if (first === path) return 'up';
  return first === `-${path}` ? 'down' : undefined;
}

// A column's heading goes round: up, down, as it was.
export function nextOrder(order: string, path: string): string {
  const now = directionIn(order, path);
  if (now === 'up') return `-${path}`;
  return now === 'down' ? '' : path;
}

export function moveColumn(columns: Column[], path: string, to: number): Column[] {
  const from = columns.findIndex((one) => one.path === path);
  const moved = columns[from];
  if (!moved || to < 0 || to >= columns.length) return columns;
  const rest = columns.filter((one) => one !== moved);
  return [...rest.slice(0, to), moved, ...rest.slice(to)];
}
