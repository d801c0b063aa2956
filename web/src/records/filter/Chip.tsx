import { useLingui } from '@lingui/react/macro';
import { UnstyledButton } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy } from 'react';
import { useCatalog } from '@/api/catalog';
import { recordQuery } from '@/api/records';
import type { Field, ObjectType } from '@/api/wire';
import { formatDate, formatDays } from '@/locale/format';
import { DropPanel } from '@/ui/DropPanel';
import { type Condition, conditionText, type Literal, type Simple } from './conditions';
import { operatorName, presetsOf } from './operators';
import classes from './FilterBar.module.css';

const ChipEditor = lazy(() => import('./ChipEditor'));

interface Props {
  object: ObjectType;
  condition: Condition;
  opened: boolean;
  onOpen: () => void;
  onClose: () => void;
  onChange: (condition: Condition) => void;
  onRemove: () => void;
}

export function Chip({ object, condition, opened, onOpen, onClose, onChange, onRemove }: Props) {
  const { t } = useLingui();
  const catalog = useCatalog();
  const field = condition.kind === 'simple' ? catalog.field(object, condition.path) : undefined;
  const simple = condition.kind === 'simple' && field ? condition : undefined;
  return (
    <span className={classes.chip}>
      {simple && field ? (
        <DropPanel label={field.label} opened={opened} onChange={(next) => !next && onClose()}
          target={
            <UnstyledButton className={classes.open} onClick={opened ? onClose : onOpen} title={conditionText(condition)}>
              <Told condition={simple} field={field} label={pathLabel(catalog, object, simple.path)} />
            </UnstyledButton>
          }>
          <ChipEditor field={field} condition={simple} onChange={onChange} onClose={onClose} />
        </DropPanel>
      ) : (
        <span className={classes.open} title={conditionText(condition)}><code>{conditionText(condition)}</code></span>
      )}
      <UnstyledButton className={classes.remove} aria-label={t`Remove this condition`} onClick={onRemove}><IconX size={13} /></UnstyledButton>
    </span>
  );
}

function Told({ condition, field, label }: { condition: Simple; field: Field; label: string }) {
  return (
    <>
      <span>{label}</span>
      <i>{operatorName(condition.operator, field.type)}</i>
      {condition.values.length > 0 && (
        <b>{condition.values.map((value, index) => <span key={index}>{index > 0 && ', '}<Value field={field} value={value} /></span>)}</b>
      )}
    </>
  );
}

function Value({ field, value }: { field: Field; value: Literal }) {
  const { t } = useLingui();
  const choice = field.choices?.find((one) => one.name === value.text);
  if (choice) return choice.label;
  if (!value.quoted && value.text === 'me') return t`me`;
  if (!value.quoted && (value.text === 'true' || value.text === 'false')) return value.text === 'true' ? t`yes` : t`no`;
  const preset = presetsOf(field.type).find((one) => one.literal.text === value.text);
  if (preset) return preset.label;
  const ago = /^([+-])(\d+)d$/.exec(value.text);
  if (!value.quoted && ago) return formatDays(Number(`${ago[1]}${ago[2]}`));
  if (value.quoted && (field.type === 'link' || field.type === 'user')) return <LinkedName field={field} id={value.text} />;
  if (!value.quoted && /^\d{4}-\d{2}-\d{2}$/.test(value.text)) return formatDate(value.text);
  return <bdi>{value.text}</bdi>;
}

function LinkedName({ field, id }: { field: Field; id: string }) {
  const target = useCatalog().named(field.link_to ?? 'user');
  return target ? <RecordName object={target} id={id} /> : <bdi>{id.slice(0, 8)}</bdi>;
}

function RecordName({ object, id }: { object: ObjectType; id: string }) {
  const record = useQuery(recordQuery(object, id));
  return <bdi>{record.data?.$title || id.slice(0, 8)}</bdi>;
}

function pathLabel(catalog: ReturnType<typeof useCatalog>, object: ObjectType, path: string): string {
  const parts = path.split('.');
  return parts
    .map((_, index) => {
      const field = catalog.field(object, parts.slice(0, index + 1).join('.'));
      return field?.label.split(': ').at(-1) ?? parts[index];
    })
    .join(' › ');
}
