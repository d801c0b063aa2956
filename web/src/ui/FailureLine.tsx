// What could not be read, in a line, where the rest of the page is there to be used.
import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { sentence } from './toast';
import classes from './FailureLine.module.css';

export function FailureLine({ error, retry }: { error: unknown; retry?: (() => void) | undefined }) {
  return (
    <div className={classes.line} role="alert">
      <IconAlertTriangle size={15} stroke={1.7} aria-hidden />
      <span>{sentence(error)}</span>
      {retry && <Button size="compact-xs" variant="default" onClick={retry}><Trans>Try again</Trans></Button>}
    </div>
  );
}
