import { Loader, Popover } from '@mantine/core';
import { Suspense } from 'react';
import type { DropPanelProps } from './DropPanel';

export default function LoadedPanel({ target, label, opened, onChange, end, children }: DropPanelProps) {
  return (
    <Popover opened={opened} onChange={onChange} position={end ? 'bottom-end' : 'bottom-start'} trapFocus returnFocus>
      <Popover.Target>{target}</Popover.Target>
      <Popover.Dropdown p={10} aria-label={label}>
        <Suspense fallback={<Loader size="xs" color="gray" />}>{children}</Suspense>
      </Popover.Dropdown>
    </Popover>
  );
}
