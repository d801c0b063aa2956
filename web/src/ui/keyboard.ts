// One registry of everything a key can do. The palette, the help sheet and the keys themselves read
// the same list, so that no action is in one and missing in another.
import { t } from '@lingui/core/macro';
import { useEffect, useRef, useSyncExternalStore } from 'react';

export interface Command {
  id: string;
  label: string;
  group: string;
  // 'j', 'Enter', 'mod+k', 'g p' (one after the other); several ways are several entries.
  keys?: string[];
  run: () => void;
  // Shown in the palette; keys such as j and k are not.
  listed?: boolean;
  // Works while a field has the focus.
  inFields?: boolean;
}

const layers = new Map<symbol, Command[]>();
const watchers = new Set<() => void>();
let current: Command[] = [];

// Later layers stand above earlier ones: a record's Enter hides the shell's.
export function register(commands: Command[]): () => void {
  const layer = Symbol('commands');
  layers.set(layer, commands);
  changed();
  return () => {
    layers.delete(layer);
    changed();
  };
}

function changed(): void {
  current = [...layers.values()].reverse().flat();
  for (const watcher of watchers) watcher();
}

export function commands(): Command[] {
  return current;
}

export function useCommandList(): Command[] {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => current,
  );
}

// Registers a component's commands while it is shown. What they do may change with every drawing;
// the registry is touched only when their names or keys do.
export function useCommands(list: Command[]): void {
  const latest = useRef(list);
  latest.current = list;
  const shape = list.map((one) => `${one.id}|${one.label}|${one.keys?.join(',') ?? ''}`).join('\n');
  useEffect(
    () =>
      register(
        latest.current.map((command, index) => ({ ...command, run: () => latest.current[index]?.run() })),
      ),
    [shape],
  );
}

const SEQUENCE_MS = 900;
const MAC = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform);

export function keyOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>): string {
  const parts: string[] = [];
  if (event.ctrlKey || event.metaKey) parts.push('mod');
  if (event.altKey) parts.push('alt');
  // A blank parts the keys of a sequence, so the key itself goes by its name.
  const key = event.key === ' ' ? 'Space' : event.key.length === 1 ? event.key.toLowerCase() : event.key;
  // Shift is part of a sign ('?'), but told apart for letters and named keys.
  if (event.shiftKey && (event.key.length > 1 || /[a-z]/i.test(event.key))) parts.push('shift');
  return [...parts, key].join('+');
}

// The keys as a reader of this machine knows them: ⌘K or Ctrl K.
export function spell(keys: string): string[] {
  const names: Record<string, string> = {
    mod: MAC ? '⌘' : 'Ctrl', alt: MAC ? '⌥' : 'Alt', shift: MAC ? '⇧' : 'Shift', ArrowUp: '↑', ArrowDown: '↓',
    ArrowLeft: '←', ArrowRight: '→', Escape: 'Esc', Enter: '↵', Space: t`Space`,
  };
  return keys.split(/[+ ]/).map((key) => names[key] ?? (key.length === 1 ? key.toUpperCase() : key));
}

export class KeyReader {
  private pending = '';
  private since = 0;

  // The command that this key completes, if any.
  read(key: string, list: Command[], inField: boolean, now: number): Command | undefined {
    const prefix = now - this.since < SEQUENCE_MS ? this.pending : '';
    this.pending = '';
    const able = list.filter((one) => !inField || one.inFields);
    const whole = prefix ? `${prefix} ${key}` : key;
    const found =
      able.find((one) => one.keys?.includes(whole)) ?? (prefix ? able.find((one) => one.keys?.includes(key)) : undefined);
    if (!found && able.some((one) => one.keys?.some((keys) => keys.startsWith(`${key} `)))) {
      this.pending = key;
      this.since = now;
    }
    return found;
  }
}

function inField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest('[role="dialog"], [role="menu"], [role="listbox"]')) return true;
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

// Enter and Space belong to the control that has the focus, and to a place that scrolls by them.
function ownsKey(target: EventTarget | null, key: string): boolean {
  if (target instanceof HTMLElement && target.closest<HTMLElement>('[data-own-keys]')?.dataset['ownKeys']?.split(' ').includes(key)) return true;
  return (
    (key === 'Enter' || key === 'Space') &&
    target instanceof HTMLElement &&
    target.closest('a, button, summary, [role="button"], [role="tab"], input') !== null
  );
}

export function listenToKeys(): () => void {
  const reader = new KeyReader();
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const key = keyOf(event);
    if (ownsKey(event.target, key)) return;
    const command = reader.read(key, current, inField(event.target), event.timeStamp);
    if (!command) return;
    event.preventDefault();
    command.run();
  };
  window.addEventListener('keydown', onKey);
  return () => window.removeEventListener('keydown', onKey);
}
