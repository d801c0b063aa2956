import { useLingui } from '@lingui/react/macro';
import { Loader } from '@mantine/core';
import classes from './Waiting.module.css';

export function Waiting() {
  const { t } = useLingui();
  return <div className={classes.waiting} role="status" aria-label={t`Loading`}><Loader size="sm" color="gray" /></div>;
}
