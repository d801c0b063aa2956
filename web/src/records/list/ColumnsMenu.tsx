import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconColumns3 } from '@tabler/icons-react';
import { lazy, useState } from 'react';
import type { ObjectType } from '@/api/wire';
import { DropPanel } from '@/ui/DropPanel';
import type { Column } from './state';

const ColumnsChoice = lazy(() => import('./ColumnsChoice'));

export interface ColumnsProps {
  object: ObjectType;
  columns: Column[];
  onChange: (columns: Column[]) => void;
}

export function ColumnsMenu(props: ColumnsProps) {
  const { t } = useLingui();
  const [opened, setOpened] = useState(false);
  return (
    <DropPanel end label={t`Columns`} opened={opened} onChange={setOpened}
      target={
        <Button variant="subtle" color="gray" leftSection={<IconColumns3 size={15} stroke={1.7} />} aria-label={t`Columns`}
          onClick={() => setOpened(!opened)}>
          <Trans>Columns</Trans>
        </Button>
      }>
      <ColumnsChoice {...props} />
    </DropPanel>
  );
}
