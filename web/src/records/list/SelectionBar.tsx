import { t } from '@lingui/core/macro';
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button, CloseButton } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { IconDownload, IconTrash, IconTrashOff } from '@tabler/icons-react';
import { useState } from 'react';
import { address } from '@/api/client';
import { recordKeys, removeRecords, restoreRecord } from '@/api/records';
import type { ObjectType } from '@/api/wire';
import { say, sayProblem } from '@/ui/toast';
import type { Selection } from './selection';
import classes from './SelectionBar.module.css';

// More rows than this make an address too long for an export of just these.
const EXPORT_MAX = 40;

interface Props {
  object: ObjectType;
  selection: Selection;
  bin: boolean;
  fields: string;
  onClear: () => void;
}

export default function SelectionBar({ object, selection, bin, fields, onClear }: Props) {
  const { t } = useLingui();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const read = () => client.invalidateQueries({ queryKey: recordKeys.all(object.plural) });
  const act = async (work: () => Promise<void>) => {
    setBusy(true);
    try {
      await work();
      onClear();
    } catch (error) {
      sayProblem(error);
    }
    setBusy(false);
    await read();
  };
  const where = `id in (${[...selection.keys()].map((id) => `'${id}'`).join(', ')})`;
  return (
    <div className={classes.bar} role="region" aria-label={t`Selection`}>
      <span className={classes.count} role="status"><Plural value={selection.size} one="# selected" other="# selected" /></span>
      {selection.size <= EXPORT_MAX && (
        <Button variant="subtle" color="gray" component="a" download leftSection={<IconDownload size={15} />}
          href={address(`${object.plural}/export`, { where, fields, bin: bin ? 'only' : undefined })}>
          <Trans>Export</Trans>
        </Button>
      )}
      {object.may.remove && !bin && (
        <Button variant="subtle" color="red" loading={busy} leftSection={<IconTrash size={15} />}
          onClick={() => void act(() => removeAll(object, selection, read))}>
          <Trans>Remove</Trans>
        </Button>
      )}
      {object.may.remove && bin && (
        <Button variant="subtle" loading={busy} leftSection={<IconTrashOff size={15} />}
          onClick={() => void act(() => restoreAll(object, [...selection.keys()]))}>
          <Trans>Restore</Trans>
        </Button>
      )}
      <CloseButton aria-label={t`Clear the selection`} onClick={onClear} />
    </div>
  );
}

async function removeAll(object: ObjectType, selection: Selection, read: () => Promise<void>): Promise<void> {
  const { data } = await removeRecords(object.plural, [...selection].map(([id, version]) => ({ id, version })));
  const removed = data.filter((one) => one.outcome !== 'refused').map((one) => one.id);
  const refused = data.length - removed.length;
  const count = removed.length;
  const undo = async () => {
    await restoreAll(object, removed);
    await read();
  };
  if (count > 0) say(t`${count} moved to the bin.`, undo);
  if (refused > 0) say(t`${refused} were changed meanwhile and stay. Look at them again.`);
}

async function restoreAll(object: ObjectType, ids: string[]): Promise<void> {
  for (const id of ids) await restoreRecord(object.plural, id);
}
