// What was done is said for a moment, with Undo where there is a way back.
import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { Problem } from '@/api/client';
import classes from './toast.module.css';

const SHOWN_MS = 6000;
const UNDO_SHOWN_MS = 10_000;

let latestUndo: (() => void) | undefined;

// ⌘Z takes back the latest thing that can be.
export function undoLatest(): void {
  latestUndo?.();
}

export function say(message: string, undo?: () => Promise<unknown>): void {
  const id = crypto.randomUUID?.() ?? String(Math.random());
  const back = undo && (() => {
    notifications.hide(id);
    latestUndo = undefined;
    undo().catch(sayProblem);
  });
  if (back) latestUndo = back;
  notifications.show({
    id,
    withBorder: true,
    withCloseButton: !back,
    autoClose: back ? UNDO_SHOWN_MS : SHOWN_MS,
    className: classes.toast,
    message: (
      <div className={classes.row}>
        <span>{message}</span>
        {back && <Button variant="subtle" size="compact-xs" onClick={back}><Trans>Undo</Trans></Button>}
      </div>
    ),
    onClose: () => {
      if (latestUndo === back) latestUndo = undefined;
    },
  });
}

// The sentence of a problem, in the reader's words where the page knows better than the server.
export function sentence(error: unknown): string {
  if (!(error instanceof Problem)) return t`Something went wrong in this page. Reload it and try again.`;
  if (error.code === 'web.unreachable') return t`The server cannot be reached. Check your connection and try again.`;
  const { detail, title, hint, errors } = error.document;
  const said = errors?.length === 1 ? errors[0]?.message : undefined;
  return [said ?? detail ?? title, hint].filter(Boolean).join(' ');
}

export function sayProblem(error: unknown): void {
  if (error instanceof DOMException && error.name === 'AbortError') return;
  notifications.show({
    color: 'red', withBorder: true, autoClose: UNDO_SHOWN_MS, className: classes.problem ?? '', role: 'alert',
    message: sentence(error),
  });
}
