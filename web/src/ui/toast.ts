// What was done is said for a moment, with Undo where there is a way back. How it is shown is loaded
// with the first word said.
import { t } from '@lingui/core/macro';
import { Problem } from '@/api/client';

export interface Toast {
  message: string;
  undo?: (() => void) | undefined;
  wrong?: boolean;
}

let show: ((toast: Toast) => void) | undefined;
let waiting: Toast[] = [];
let loading = false;
let latestUndo: (() => void) | undefined;

function put(toast: Toast): void {
  if (show) {
    show(toast);
    return;
  }
  waiting.push(toast);
  if (loading) return;
  loading = true;
  void import('./toasts').then((shown) => {
    show = shown.showToast;
    waiting.forEach(shown.showToast);
    waiting = [];
  });
}

// ⌘Z takes back the latest thing that can be.
export function undoLatest(): void {
  latestUndo?.();
}

export function say(message: string, undo?: () => Promise<unknown>): void {
  const back = undo && (() => {
    if (latestUndo === back) latestUndo = undefined;
    undo().catch(sayProblem);
  });
  if (back) latestUndo = back;
  put({ message, undo: back });
}

// The sentence of a problem, in the reader's words where the page knows better than the server.
export function sentence(error: unknown): string {
  if (!(error instanceof Problem)) return t`Something went wrong in this page. Reload it and try again.`;
  if (error.code === 'web.unreachable') return t`The server cannot be reached. Check your connection and try again.`;
  const { title, hint, errors } = error.document;
  const said = errors?.length === 1 ? errors[0]?.message : undefined;
  return [said ?? title, hint].filter(Boolean).join(' ');
}

export function sayProblem(error: unknown): void {
  if (error instanceof DOMException && error.name === 'AbortError') return;
  put({ message: sentence(error), wrong: true });
}
