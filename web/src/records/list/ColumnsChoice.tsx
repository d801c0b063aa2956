import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, Checkbox, TextInput } from '@mantine/core';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { useState } from 'react';
import { byOwn, standardColumns, useCatalog } from '@/api/catalog';
import type { Field } from '@/api/wire';
import type { ColumnsProps } from './ColumnsMenu';
import { moveColumn } from './state';
import classes from './Toolbar.module.css';

export default function ColumnsChoice({ object, columns, onChange }: ColumnsProps) {
  const { t } = useLingui();
  const catalog = useCatalog();
  const [typed, setTyped] = useState('');
  const shown = columns.flatMap((column) => {
    const field = catalog.field(object, column.path);
    return field ? [{ column, label: labelOf(column.path, field) }] : [];
  });
  const others = byOwn(object.fields).filter((field) => !field.hidden && !columns.some((column) => column.path === field.name));
  const fits = (label: string) => label.toLocaleLowerCase().includes(typed.trim().toLocaleLowerCase());
  return (
    <div className={classes.columns}>
      <TextInput placeholder={t`Find a field`} aria-label={t`Find a field`} value={typed} data-autofocus
        onChange={(event) => setTyped(event.target.value)} />
      <ul className={classes.columnList}>
        {shown.filter((one) => fits(one.label)).map(({ column, label }) => {
          const at = columns.indexOf(column);
          return (
            <li key={column.path} className={classes.columnRow}>
              <Checkbox checked label={label} disabled={columns.length === 1}
                onChange={() => onChange(columns.filter((one) => one !== column))} />
              <ActionIcon size="sm" disabled={at === 0} aria-label={t`Move ${label} up`}
                onClick={() => onChange(moveColumn(columns, column.path, at - 1))}><IconChevronUp size={14} /></ActionIcon>
              <ActionIcon size="sm" disabled={at === columns.length - 1} aria-label={t`Move ${label} down`}
                onClick={() => onChange(moveColumn(columns, column.path, at + 1))}><IconChevronDown size={14} /></ActionIcon>
            </li>
          );
        })}
        {others.filter((field) => fits(field.label)).map((field) => (
          <li key={field.name} className={classes.columnRow}>
            <Checkbox checked={false} label={field.label} onChange={() => onChange([...columns, { path: field.name }])} />
          </li>
        ))}
      </ul>
      <Button variant="subtle" color="gray" onClick={() => onChange(standardColumns(object).map((path) => ({ path })))}>
        <Trans>Back to the standard columns</Trans>
      </Button>
    </div>
  );
}

function labelOf(path: string, field: Field): string {
  return path.includes('.') ? `${path.split('.').slice(0, -1).join(' › ')} › ${field.label}` : field.label;
}
