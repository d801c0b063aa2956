// A list of records of any type, drawn from the catalog.
import { useLingui } from '@lingui/react/macro';
import { useMediaQuery } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, type RefObject, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useCatalog } from '@/api/catalog';
import { recordKeys } from '@/api/records';
import type { ObjectType, RecordData } from '@/api/wire';
import { kindOf } from '@/fields/kinds';
import { type Command, useCommands } from '@/ui/keyboard';
import { NotFound } from '@/ui/NotFound';
import { FilterBar } from '../filter/FilterBar';
import { leaveTrail } from '../trail';
import { COMPACT_ROW, Grid, HEAD, ROW } from './Grid';
import { ListEmpty } from './ListEmpty';
import { useFlashing } from './live';
import type { ShownColumn } from './Row';
import { useRows, useTotal } from './rows';
import { type Chosen, choose } from './selection';
import { type Column, type ListSearch, type ListState, moveColumn, queryOf, readState, writeState } from './state';
import { Toolbar } from './Toolbar';
import { useRowWindow } from './window';
import classes from './ListPage.module.css';

const SelectionBar = lazy(() => import('./SelectionBar'));
const Peek = lazy(() => import('./Peek'));
const CreateDialog = lazy(() => import('../form/CreateDialog'));

export interface ListActions {
  sort: (order: string) => void;
  filterBy: (path: string) => void;
  moveColumn: (path: string, to: number) => void;
  hideColumn: (path: string) => void;
  resizeColumn: (path: string, width: number) => void;
  select: (index: number, record: RecordData, range: boolean) => void;
  selectShown: () => void;
  clearSelection: () => void;
  activate: (row: number, column: number) => void;
  leaveTrail: (index: number, record: RecordData) => void;
  open: (index: number, record: RecordData) => void;
  edit: () => void;
  stopEditing: () => void;
}

export default function ListPage() {
  const { plural } = useParams({ strict: false });
  const object = useCatalog().plural(plural ?? '');
  if (!object) return <NotFound />;
  return <RecordList key={object.name} object={object} />;
}

function RecordList({ object }: { object: ObjectType }) {
  const catalog = useCatalog();
  const search = useSearch({ strict: false }) as ListSearch;
  const navigate = useNavigate();
  const state = useMemo(() => readState(search, object), [search, object]);
  const query = useMemo(() => queryOf(state), [state]);
  const set = useCallback(
    (change: Partial<ListState>) =>
      void navigate({
        to: '/$plural', params: { plural: object.plural }, replace: true,
        search: writeState({ ...state, ...change }, object) as never,
      }),
    [navigate, object, state],
  );
  const columns = useMemo(() => shownColumns(state.columns, (path) => catalog.field(object, path)), [state.columns, catalog, object]);
  const fields = useMemo(() => [...new Set([object.title, ...columns.map((one) => one.path)])].join(','), [columns, object]);

  const compact = useMediaQuery('(max-width: 760px)', undefined, { getInitialValueInEffect: false });
  const rowHeight = compact ? COMPACT_ROW : ROW;
  const scroller = useRef<HTMLDivElement>(null);
  const counted = useTotal(object, query).data ?? 0;
  const drawn = useRowWindow(scroller, counted, rowHeight, HEAD);
  const rows = useRows(object, query, fields, drawn.first, drawn.last);
  const live = useFlashing(object, rows, drawn.first, drawn.last);

  const [chosen, setChosen] = useState<Chosen>({ selection: new Map(), anchor: 0 });
  const [active, setActive] = useState({ row: -1, column: 0 }); // no row has the cursor yet
  const [editing, setEditing] = useState(false);
  const [creating, setCreating] = useState(false);
  const [peeking, setPeeking] = useState(false);
  const [filterPath, setFilterPath] = useState<string>();
  useEffect(() => setChosen({ selection: new Map(), anchor: 0 }), [query]);
  useTitle(object.label.many);

  const actions = useActions({ object, state, query, set, rows, search, drawn, setChosen, setActive, setEditing, setFilterPath, scroller });
  useListCommands({ object, rows, active, counted, drawn, columns, setActive, setEditing, actions, create: () => setCreating(true), peeking, setPeeking });

  const peeked = usePeeked(peeking, rows, active.row);
  return (
    <div className={classes.page}>
      <Toolbar object={object} state={state} set={set} total={rows.total} fields={fields} query={query}
        onCreate={() => setCreating(true)} arrived={live.arrived} onShowArrived={() => { live.showArrived(); drawn.reveal(0); }} />
      <FilterBar object={object} where={state.where} asText={state.text} error={rows.error} add={filterPath}
        {...(state.set && { set: { name: state.setName, remove: () => set({ set: '' }) } })}
        onAdded={() => setFilterPath(undefined)} onChange={(where) => set({ where })} onText={(text) => set({ text })} />
      <div className={classes.rows}>
        <Grid object={object} columns={columns} order={state.order} rows={rows} drawn={drawn} scroller={scroller}
          compact={compact ?? false} selection={chosen.selection} active={active} editing={editing} flashing={live.flashing}
          actions={actions}>
          {(rows.total === 0 || Boolean(rows.error)) && !rows.loading && (
            <ListEmpty object={object} state={state} set={set} error={rows.error} onCreate={() => setCreating(true)} />
          )}
        </Grid>
        {peeked && (
          <Suspense fallback={null}>
            <Peek object={object} record={peeked.record} waiting={peeked.waiting} onClose={() => setPeeking(false)}
              onOpen={() => actions.leaveTrail(peeked.row, peeked.record)} />
          </Suspense>
        )}
      </div>
      <Suspense fallback={null}>
        {chosen.selection.size > 0 && (
          <SelectionBar object={object} selection={chosen.selection} bin={state.bin} fields={fields} onClear={actions.clearSelection} />
        )}
        {creating && <CreateDialog object={object} onClose={() => setCreating(false)} />}
      </Suspense>
    </div>
  );
}

interface Peeked {
  record: RecordData;
  row: number;
  waiting: boolean;
}

// The record under the cursor; where its row is still being read, the last one that was there, so that
// the peek does not close and open again on every far step.
function usePeeked(peeking: boolean, rows: ReturnType<typeof useRows>, row: number): Peeked | undefined {
  const last = useRef<Peeked>(undefined);
  const record = peeking ? rows.at(row) : undefined;
  if (record) last.current = { record, row, waiting: false };
  else if (!peeking || row >= (rows.total ?? Infinity)) last.current = undefined;
  else if (last.current) last.current = { ...last.current, waiting: true };
  return last.current;
}

function shownColumns(columns: Column[], fieldOf: (path: string) => ShownColumn['field'] | undefined): ShownColumn[] {
  return columns.flatMap(({ path, width }) => {
    const field = fieldOf(path);
    return field ? [{ path, field, width: width ?? kindOf(field).width }] : [];
  });
}

function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Rapport`;
  }, [title]);
}

interface ActionParts {
  object: ObjectType;
  state: ListState;
  query: ReturnType<typeof queryOf>;
  set: (change: Partial<ListState>) => void;
  rows: ReturnType<typeof useRows>;
  search: ListSearch;
  drawn: { first: number; last: number };
  setChosen: (change: (now: Chosen) => Chosen) => void;
  setActive: (active: { row: number; column: number }) => void;
  setEditing: (editing: boolean) => void;
  setFilterPath: (path: string) => void;
  scroller: RefObject<HTMLDivElement | null>;
}

function useActions(parts: ActionParts): ListActions {
  const navigate = useNavigate();
  const latest = useRef(parts);
  latest.current = parts;
  return useMemo(() => {
    const now = () => latest.current;
    const leave = (index: number, record: RecordData) =>
      leaveTrail({ plural: now().object.plural, id: record.id, index, query: now().query, search: now().search as Record<string, string> });
    return {
      sort: (order) => now().set({ order }),
      filterBy: (path) => now().setFilterPath(path),
      moveColumn: (path, to) => now().set({ columns: moveColumn(now().state.columns, path, to) }),
      hideColumn: (path) => now().set({ columns: now().state.columns.filter((one) => one.path !== path) }),
      resizeColumn: (path, width) =>
        now().set({ columns: now().state.columns.map((one) => (one.path === path ? { ...one, width } : one)) }),
      select: (index, _record, range) => now().setChosen((chosen) => choose(chosen, index, range, now().rows.at)),
      selectShown: () =>
        now().setChosen(() => {
          const { drawn, rows } = now();
          return choose({ selection: new Map(), anchor: drawn.first }, drawn.last - 1, true, rows.at);
        }),
      clearSelection: () => now().setChosen(() => ({ selection: new Map(), anchor: 0 })),
      activate: (row, column) => now().setActive({ row, column }),
      leaveTrail: leave,
      open: (index, record) => {
        leave(index, record);
        void navigate({ to: '/$plural/$id', params: { plural: now().object.plural, id: record.id } });
      },
      edit: () => now().setEditing(true),
      stopEditing: () => {
        now().setEditing(false);
        now().scroller.current?.focus({ preventScroll: true });
      },
    };
  }, [navigate]);
}

interface CommandParts {
  object: ObjectType;
  rows: ReturnType<typeof useRows>;
  active: { row: number; column: number };
  counted: number;
  drawn: ReturnType<typeof useRowWindow>;
  columns: ShownColumn[];
  setActive: (active: { row: number; column: number }) => void;
  setEditing: (editing: boolean) => void;
  actions: ListActions;
  create: () => void;
  peeking: boolean;
  setPeeking: (peeking: boolean) => void;
}

function useListCommands({ object, rows, active, counted, drawn, columns, setActive, setEditing, actions, create, peeking, setPeeking }: CommandParts): void {
  const { t } = useLingui();
  const client = useQueryClient();
  const group = object.label.many;
  const move = (by: number) => {
    const row = Math.max(0, Math.min(counted - 1, active.row + by));
    setActive({ ...active, row });
    drawn.reveal(row);
  };
  const sideways = (by: number) => setActive({ ...active, column: Math.max(0, Math.min(columns.length - 1, active.column + by)) });
  const record = rows.at(active.row);
  const one = object.label.one;
  const list: (Command | false)[] = [
    { id: 'list:down', label: t`Next row`, group, keys: ['j', 'ArrowDown'], run: () => move(1) },
    { id: 'list:up', label: t`Row before`, group, keys: ['k', 'ArrowUp'], run: () => move(-1) },
    { id: 'list:page-down', label: t`A page down`, group, keys: ['PageDown'], run: () => move(drawn.perPage) },
    { id: 'list:page-up', label: t`A page up`, group, keys: ['PageUp'], run: () => move(-drawn.perPage) },
    { id: 'list:first', label: t`First row`, group, keys: ['Home'], run: () => move(-counted) },
    { id: 'list:last', label: t`Last row`, group, keys: ['End'], run: () => move(counted) },
    { id: 'list:left', label: t`Column before`, group, keys: ['ArrowLeft'], run: () => sideways(-1) },
    { id: 'list:right', label: t`Next column`, group, keys: ['ArrowRight'], run: () => sideways(1) },
    { id: 'list:select', label: t`Select the row`, group, keys: ['x'], run: () => record && actions.select(active.row, record, false) },
    { id: 'list:select-to', label: t`Select up to the row`, group, keys: ['shift+x'], run: () => record && actions.select(active.row, record, true) },
    { id: 'list:peek', label: t`Peek at the record beside the list`, group, keys: ['Space'], run: () => {
      if (active.row < 0 && counted > 0) setActive({ ...active, row: 0 });
      setPeeking(!peeking);
    } },
    peeking && { id: 'list:peek-close', label: t`Close the peek`, group, keys: ['Escape'], run: () => setPeeking(false) },
    !peeking && { id: 'list:clear', label: t`Clear the selection`, group, keys: ['Escape'], run: actions.clearSelection },
    { id: 'list:open', label: t`Open the record`, group, keys: ['Enter'], run: () => record && actions.open(active.row, record) },
    object.may.change && { id: 'list:edit', label: t`Edit the value`, group, keys: ['e'], run: () => record && setEditing(true) },
    { id: 'list:filter', label: t`Filter`, group, keys: ['/'], listed: true, run: () => actions.filterBy('') },
    object.may.create && { id: 'list:new', label: t`New ${one}`, group, keys: ['c'], listed: true, run: create },
    {
      id: 'list:reload', label: t`Read the list again`, group, keys: ['r'], listed: true,
      run: () => void client.invalidateQueries({ queryKey: recordKeys.lists(object.plural) }),
    },
  ];
  useCommands(list.filter((command) => command !== false));
}
