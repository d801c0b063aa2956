// The condition of a list, as chips or as text. Both are the same condition; the address keeps it.
import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, UnstyledButton } from '@mantine/core';
import { IconChartDots, IconCode, IconFilter, IconX } from '@tabler/icons-react';
import { lazy, useEffect, useState } from 'react';
import { useCatalog } from '@/api/catalog';
import { Problem } from '@/api/client';
import type { ObjectType } from '@/api/wire';
import { DropPanel } from '@/ui/DropPanel';
import { Chip } from './Chip';
import { type Condition, conditionsText, isComplete, parseConditions } from './conditions';
import { ConditionText } from './ConditionText';
import { firstCondition } from './operators';
import classes from './FilterBar.module.css';

const FieldChoice = lazy(() => import('./FieldChoice'));

interface Props {
  object: ObjectType;
  where: string;
  asText: boolean;
  error: unknown;
  // The customers behind a mark of a figure, which no condition can say.
  set?: { name: string; remove: () => void };
  // A field to begin a condition on ('' to choose one), asked for by a key or a column.
  add: string | undefined;
  onAdded: () => void;
  onChange: (where: string) => void;
  onText: (text: boolean) => void;
}

export function FilterBar(props: Props) {
  const { object, where, asText, error, onChange, onText } = props;
  const { t } = useLingui();
  const problem = error instanceof Problem && error.code.startsWith('expression.') ? error : undefined;
  return (
    <div className={classes.bar} role="search" aria-label={t`Filter`}>
      {props.set && <SetChip {...props.set} />}
      {asText || problem ? (
        <ConditionText key={where} object={object} where={where} problem={problem} onChange={onChange} />
      ) : (
        <Chips {...props} />
      )}
      <ActionIcon aria-label={asText ? t`Edit the filter as chips` : t`Edit the filter as text`} aria-pressed={asText}
        variant={asText ? 'light' : 'subtle'} onClick={() => onText(!asText)}>
        <IconCode size={16} stroke={1.7} />
      </ActionIcon>
    </div>
  );
}

function SetChip({ name, remove }: { name: string; remove: () => void }) {
  const { t } = useLingui();
  return (
    <span className={classes.chip} data-testid="set">
      <span className={classes.open}><IconChartDots size={14} stroke={1.7} aria-hidden /><b>{name || t`Behind a figure`}</b></span>
      <UnstyledButton className={classes.remove} aria-label={t`Remove this set`} onClick={remove}><IconX size={13} /></UnstyledButton>
    </span>
  );
}

function Chips({ object, where, add, onAdded, onChange }: Props) {
  const { t } = useLingui();
  const catalog = useCatalog();
  const [conditions, setConditions] = useState(() => parseConditions(where));
  const [open, setOpen] = useState<number>();
  const [choosing, setChoosing] = useState(false);
  // A chip begun and not complete is not part of the address, and must survive its changes.
  useEffect(() => {
    setConditions((now) => (conditionsText(now.filter(isComplete)) === where ? now : parseConditions(where)));
  }, [where]);
  const put = (next: Condition[]) => {
    setConditions(next);
    onChange(conditionsText(next.filter(isComplete)));
  };
  const begin = (path: string) => {
    const field = catalog.field(object, path);
    if (!field) return;
    setConditions([...conditions, firstCondition(path, field)]);
    setOpen(conditions.length);
    setChoosing(false);
  };
  useEffect(() => {
    if (add === undefined) return;
    if (add === '') setChoosing(true);
    else begin(add);
    onAdded();
  }, [add]);
  const close = (at: number) => {
    setOpen(undefined);
    const left = conditions[at];
    if (left && !isComplete(left)) setConditions(conditions.filter((_, index) => index !== at));
  };

  return (
    <div className={classes.chips}>
      {conditions.map((condition, at) => (
        <Chip key={at} object={object} condition={condition} opened={open === at}
          onOpen={() => setOpen(at)} onClose={() => close(at)}
          onChange={(next) => put(conditions.map((one, index) => (index === at ? next : one)))}
          onRemove={() => {
            setOpen(undefined);
            put(conditions.filter((_, index) => index !== at));
          }} />
      ))}
      <DropPanel opened={choosing} onChange={setChoosing} label={t`Choose a field`}
        target={
          <Button variant="subtle" color="gray" size="compact-sm" leftSection={<IconFilter size={14} stroke={1.7} />}
            className={classes.add ?? ''} onClick={() => setChoosing(!choosing)}>
            <Trans>Filter</Trans>
          </Button>
        }>
        <FieldChoice object={object} onChoose={begin} />
      </DropPanel>
      {conditions.length > 1 && (
        <Button variant="subtle" color="gray" size="compact-sm" leftSection={<IconX size={13} />} onClick={() => put([])}>
          <Trans>Clear</Trans>
        </Button>
      )}
    </div>
  );
}
