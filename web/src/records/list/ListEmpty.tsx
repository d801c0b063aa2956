import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconFilterOff, IconTrash } from '@tabler/icons-react';
import { Problem } from '@/api/client';
import type { ObjectType } from '@/api/wire';
import { Failure } from '@/ui/ErrorBoundary';
import { EmptyState } from '@/ui/EmptyState';
import { ObjectIcon } from '@/ui/icons';
import { ButtonLink } from '@/ui/links';
import type { ListState } from './state';
import classes from './ListEmpty.module.css';

interface Props {
  object: ObjectType;
  state: ListState;
  set: (change: Partial<ListState>) => void;
  error: unknown;
  onCreate: () => void;
}

export function ListEmpty(props: Props) {
  return <div className={classes.over} role="presentation"><div role="row"><div role="gridcell"><Told {...props} /></div></div></div>;
}

function Told({ object, state, set, error, onCreate }: Props) {
  const { t } = useLingui();
  const many = object.label.many.toLocaleLowerCase();
  if (error) {
    const condition = error instanceof Problem && error.code.startsWith('expression.');
    if (!condition) return <Failure error={error} />;
    return <EmptyState icon={<IconFilterOff size={20} stroke={1.6} />} title={<Trans>The condition cannot be read yet</Trans>}>
      <Trans>Mend it above, where it is marked.</Trans>
    </EmptyState>;
  }
  if (state.where || state.set) {
    return (
      <EmptyState icon={<IconFilterOff size={20} stroke={1.6} />} title={t`No ${many} match this filter`}
        action={<Button variant="default" onClick={() => set({ where: '', set: '' })}><Trans>Clear the filter</Trans></Button>}>
        <Trans>Loosen one of the conditions above, or clear them all.</Trans>
      </EmptyState>
    );
  }
  if (state.bin) {
    return (
      <EmptyState icon={<IconTrash size={20} stroke={1.6} />} title={<Trans>The bin is empty</Trans>}
        action={<Button variant="default" onClick={() => set({ bin: false })}><Trans>Leave the bin</Trans></Button>}>
        <Trans>What you remove waits here until it is restored.</Trans>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={<ObjectIcon name={object.icon} size={20} />} title={t`No ${many} yet`}
      action={object.may.create && (
        <>
          <Button onClick={onCreate}><Trans>New {object.label.one.toLocaleLowerCase()}</Trans></Button>
          <ButtonLink variant="default" to="/imports/new" search={{ object: object.name }}>
            <Trans>Import from a file</Trans>
          </ButtonLink>
        </>
      )}>
      {object.help}
    </EmptyState>
  );
}
