import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button } from '@mantine/core';
import { IconDots, IconDownload, IconFileImport, IconPlus, IconTrash, IconTrashOff, IconUserOff, IconUserQuestion } from '@tabler/icons-react';
import { address } from '@/api/client';
import { isPerson } from '@/api/catalog';
import type { ListQuery } from '@/api/records';
import type { ObjectType } from '@/api/wire';
import { Tag } from '@/fields/Tag';
import { formatInteger } from '@/locale/format';
import { DropMenu } from '@/ui/DropMenu';
import { ObjectIcon } from '@/ui/icons';
import { ColumnsMenu } from './ColumnsMenu';
import type { ListState } from './state';
import classes from './Toolbar.module.css';

interface Props {
  object: ObjectType;
  state: ListState;
  set: (change: Partial<ListState>) => void;
  total: number | undefined;
  fields: string;
  query: ListQuery;
  arrived: number;
  onShowArrived: () => void;
  onCreate: () => void;
}

export function Toolbar({ object, state, set, total, fields, query, arrived, onShowArrived, onCreate }: Props) {
  const { t } = useLingui();
  const exported = address(`${object.plural}/export`, { where: query.where, set: query.set, order: query.order, bin: query.bin, stand_ins: query.stand_ins, fields });
  const one = object.label.one.toLocaleLowerCase();
  return (
    <header className={classes.bar}>
      <h1 className={classes.title}>
        <ObjectIcon name={object.icon} size={18} />
        {state.bin ? <Trans>{object.label.many} in the bin</Trans> : object.label.many}
        <span className={classes.count} data-testid="count">{total === undefined ? '' : formatInteger(total)}</span>
      </h1>
      {state.standIns && <Tag><Trans>With unknown customers</Trans></Tag>}
      {arrived > 0 && (
        <Button size="compact-xs" radius="xl" variant="light" onClick={onShowArrived}>
          <Plural value={arrived} one="# new" other="# new" />
        </Button>
      )}
      <span className={classes.space} />
      <span className={classes.wideOnly}><ColumnsMenu object={object} columns={state.columns} onChange={(columns) => set({ columns })} /></span>
      <DropMenu
        target={<ActionIcon aria-label={t`More`}><IconDots size={17} /></ActionIcon>}
        entries={[
          { label: t`Export as CSV`, icon: <IconDownload size={15} />, href: exported },
          object.may.create && { label: t`Import from a file`, icon: <IconFileImport size={15} />, to: '/imports/new', search: { object: object.name } },
          'line',
          isPerson(object) && (state.standIns
            ? { label: t`Hide unknown customers`, icon: <IconUserOff size={15} />, onClick: () => set({ standIns: false }) }
            : { label: t`Show unknown customers`, icon: <IconUserQuestion size={15} />, onClick: () => set({ standIns: true }) }),
          state.bin
            ? { label: t`Leave the bin`, icon: <IconTrashOff size={15} />, onClick: () => set({ bin: false }) }
            : { label: t`Show the bin`, icon: <IconTrash size={15} />, onClick: () => set({ bin: true }) },
        ]}
      />
      {object.may.create && !state.bin && (
        <Button leftSection={<IconPlus size={15} stroke={2} />} onClick={onCreate} className={classes.create ?? ''}
          aria-label={t`New ${one}`}>
          <Trans>New</Trans>
        </Button>
      )}
    </header>
  );
}
