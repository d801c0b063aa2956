import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconDots, IconDownload, IconFileImport, IconPlus, IconTrash, IconTrashOff } from '@tabler/icons-react';
import { address } from '@/api/client';
import type { ListQuery } from '@/api/records';
import type { ObjectType } from '@/api/wire';
import { formatInteger } from '@/locale/format';
import { ObjectIcon } from '@/ui/icons';
import { MenuItemLink } from '@/ui/links';
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
  const exported = address(`${object.plural}/export`, { where: query.where, order: query.order, bin: query.bin, fields });
  const one = object.label.one.toLocaleLowerCase();
  return (
    <header className={classes.bar}>
      <h1 className={classes.title}>
        <ObjectIcon name={object.icon} size={18} />
        {state.bin ? <Trans>{object.label.many} in the bin</Trans> : object.label.many}
        <span className={classes.count} data-testid="count">{total === undefined ? '' : formatInteger(total)}</span>
      </h1>
      {arrived > 0 && (
        <Button size="compact-xs" radius="xl" variant="light" onClick={onShowArrived}>
          <Plural value={arrived} one="# new" other="# new" />
        </Button>
      )}
      <span className={classes.space} />
      <ColumnsMenu object={object} columns={state.columns} onChange={(columns) => set({ columns })} />
      <Menu>
        <Menu.Target>
          <ActionIcon aria-label={t`More`}><IconDots size={17} /></ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item component="a" href={exported} download leftSection={<IconDownload size={15} />}>
            <Trans>Export as CSV</Trans>
          </Menu.Item>
          {object.may.create && (
            <MenuItemLink to="/imports/new" search={{ object: object.name }} leftSection={<IconFileImport size={15} />}>
              <Trans>Import from a file</Trans>
            </MenuItemLink>
          )}
          <Menu.Divider />
          <Menu.Item leftSection={state.bin ? <IconTrashOff size={15} /> : <IconTrash size={15} />}
            onClick={() => set({ bin: !state.bin })}>
            {state.bin ? t`Leave the bin` : t`Show the bin`}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {object.may.create && !state.bin && (
        <Button leftSection={<IconPlus size={15} stroke={2} />} onClick={onCreate} className={classes.create ?? ''}
          aria-label={t`New ${one}`}>
          <Trans>New</Trans>
        </Button>
      )}
    </header>
  );
}
