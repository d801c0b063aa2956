import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Modal } from '@mantine/core';
import type { Field } from '@/api/wire';
import { valueText } from '@/fields/values';
import type { Conflict } from './save';
import classes from './ConflictDialog.module.css';

interface Props {
  field: Field;
  conflict: Conflict;
  onMine: () => void;
  onTheirs: () => void;
}

// Both wrote the same field: both values, side by side, and the reader's choice.
export function ConflictDialog({ field, conflict, onMine, onTheirs }: Props) {
  const { t } = useLingui();
  const show = (value: unknown) => valueText(field, value) || t`empty`;
  return (
    <Modal opened onClose={onTheirs} title={t`Someone changed ${field.label} meanwhile`} size="md"
      closeButtonProps={{ 'aria-label': t`Close` }}>
      <dl className={classes.sides}>
        <div>
          <dt><Trans>Yours</Trans></dt>
          <dd><bdi>{show(conflict.yours)}</bdi></dd>
        </div>
        <div>
          <dt><Trans>Theirs, saved now</Trans></dt>
          <dd><bdi>{show(conflict.theirs)}</bdi></dd>
        </div>
      </dl>
      <div className={classes.actions}>
        <Button variant="default" onClick={onTheirs}><Trans>Keep theirs</Trans></Button>
        <Button onClick={onMine} data-autofocus><Trans>Save mine</Trans></Button>
      </div>
    </Modal>
  );
}
