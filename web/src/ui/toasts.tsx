import '@mantine/notifications/styles.layer.css';
import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { Notifications, notifications } from '@mantine/notifications';
import { mountBeside } from './beside';
import type { Toast } from './toast';
import classes from './toasts.module.css';

const SHOWN_MS = 6000;
const LONG_MS = 10_000;
let last = 0;

mountBeside(<Notifications position="bottom-right" limit={3} containerWidth={360} />);

export function showToast({ message, undo, wrong }: Toast): void {
  const id = `toast-${(last += 1)}`;
  const back = undo && (() => {
    notifications.hide(id);
    undo();
  });
  notifications.show({
    id,
    withBorder: true,
    withCloseButton: !back,
    closeButtonProps: { 'aria-label': 'OK' },
    autoClose: back || wrong ? LONG_MS : SHOWN_MS,
    className: wrong ? classes.problem : classes.toast,
    role: wrong ? 'alert' : 'status',
    message: (
      <div className={classes.row}>
        <span>{message}</span>
        {back && <Button variant="subtle" size="compact-xs" onClick={back}><Trans>Undo</Trans></Button>}
      </div>
    ),
  });
}
