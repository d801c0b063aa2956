// A place beside the page for parts that are loaded late (toasts): drawn within the same providers.
import { type ReactNode, useSyncExternalStore } from 'react';

let parts: ReactNode[] = [];
const watchers = new Set<() => void>();

export function mountBeside(part: ReactNode): void {
  parts = [...parts, part];
  for (const watcher of watchers) watcher();
}

export function Beside() {
  const shown = useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => parts,
  );
  return <>{shown.map((part, at) => <div key={at}>{part}</div>)}</>;
}
