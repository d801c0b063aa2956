import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconMapOff } from '@tabler/icons-react';
import { EmptyState } from './EmptyState';

export function NotFound() {
  return (
    <EmptyState icon={<IconMapOff size={20} stroke={1.6} />} title={<Trans>There is nothing at this address</Trans>}
      action={<Button component="a" href="/" variant="default"><Trans>Go to the start</Trans></Button>}>
      <Trans>It may have been removed for good, or the address has a typing error.</Trans>
    </EmptyState>
  );
}
