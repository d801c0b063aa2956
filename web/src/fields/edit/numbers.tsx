import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { Trans } from '@lingui/react/macro';
import { useLingui } from '@lingui/react/macro';
import type { Money } from '@/locale/format';
import type { EditProps } from '../types';
import { isEmpty, readDecimal } from '../values';
import { framed } from './frame';
import classes from './edit.module.css';

const STANDARD_CURRENCY = 'EUR';

export function EditNumber(props: EditProps) {
  const { field, value, onChange } = props;
  const [typed, setTyped] = useState(isEmpty(value) ? '' : String(value));
  return (
    <TextInput {...framed(props)} value={typed} inputMode="decimal" autoComplete="off"
      classNames={{ input: classes.figures ?? '' }}
      rightSection={field.type === 'percent' ? '%' : null}
      onChange={(event) => {
        setTyped(event.target.value);
        onChange(numberOf(event.target.value, field.type === 'integer'));
      }} />
  );
}

// Whole numbers travel as numbers; others as text, so that no digit is lost. What is no number is
// sent as it is, and the server says so.
function numberOf(typed: string, whole: boolean): unknown {
  if (!typed.trim()) return null;
  const text = readDecimal(typed);
  return whole && /^[+-]?\d{1,15}$/.test(text) ? Number(text) : text;
}

export function EditMoney(props: EditProps) {
  const { t } = useLingui();
  const { value, onChange, label } = props;
  const money = (value ?? null) as Money | null;
  const [amount, setAmount] = useState(money?.amount ?? '');
  const [currency, setCurrency] = useState(money?.currency ?? STANDARD_CURRENCY);
  const tell = (nextAmount: string, nextCurrency: string) =>
    onChange(nextAmount.trim() ? { amount: readDecimal(nextAmount), currency: nextCurrency.toUpperCase() } : null);
  return (
    <div className={classes.money}>
      <TextInput {...framed(props)} value={amount} inputMode="decimal" autoComplete="off"
        classNames={{ input: classes.figures ?? '' }}
        onChange={(event) => {
          setAmount(event.target.value);
          tell(event.target.value, currency);
        }} />
      <TextInput value={currency} maxLength={3} aria-label={t`${label}: currency`} classNames={{ input: classes.code ?? '' }}
        {...(!props.inline && { label: <Trans>Currency</Trans> })}
        autoComplete="off" spellCheck={false}
        onChange={(event) => {
          setCurrency(event.target.value.toUpperCase());
          tell(amount, event.target.value);
        }} />
    </div>
  );
}
