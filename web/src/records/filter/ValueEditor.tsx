import { useLingui } from '@lingui/react/macro';
import { Button, Checkbox, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Field } from '@/api/wire';
import { EditLink } from '@/fields/edit/links';
import { readDecimal } from '@/fields/values';
import type { Literal, Simple } from './conditions';
import { presetsOf, takesTwo } from './operators';
import classes from './FilterBar.module.css';

interface Props {
  field: Field;
  condition: Simple;
  onChange: (values: Literal[]) => void;
}

const bare = (text: string): Literal => ({ quoted: false, text });
const quoted = (text: string): Literal => ({ quoted: true, text });

export function ValueEditor({ field, condition, onChange }: Props) {
  const { t } = useLingui();
  const [first] = condition.values;
  if (field.choices?.length && field.type !== 'boolean') return <ChoiceValues field={field} condition={condition} onChange={onChange} />;
  if (field.type === 'boolean') {
    return <SegmentedControl fullWidth value={first?.text ?? 'true'} onChange={(next) => onChange([bare(next)])}
      data={[{ value: 'true', label: t`Yes` }, { value: 'false', label: t`No` }]} />;
  }
  if (field.type === 'link' || field.type === 'user') return <LinkValue field={field} value={first} onChange={onChange} />;
  if (takesTwo(condition.operator)) {
    const [, second] = condition.values;
    return (
      <>
        <OneValue field={field} label={t`From`} value={first} autoFocus onChange={(next) => onChange([next, second ?? bare('')])} />
        <OneValue field={field} label={t`To`} value={second} onChange={(next) => onChange([first ?? bare(''), next])} />
      </>
    );
  }
  return <OneValue field={field} label={t`Value`} value={first} autoFocus onChange={(next) => onChange([next])} />;
}

function ChoiceValues({ field, condition, onChange }: Props) {
  const single = condition.operator !== 'in' && condition.operator !== 'not in';
  const chosen = condition.values.map((value) => value.text);
  return (
    <div className={classes.checks}>
      {field.choices?.map((choice) => (
        <Checkbox key={choice.name} label={choice.label} checked={chosen.includes(choice.name)}
          onChange={(event) => {
            const others = single ? [] : condition.values.filter((value) => value.text !== choice.name);
            onChange(event.target.checked ? [...others, quoted(choice.name)] : others);
          }} />
      ))}
    </div>
  );
}

function LinkValue({ field, value, onChange }: { field: Field; value: Literal | undefined; onChange: Props['onChange'] }) {
  const { t } = useLingui();
  const target = field.type === 'user' ? { ...field, link_to: field.link_to ?? 'user' } : field;
  return (
    <>
      {field.type === 'user' && (
        <div className={classes.presets}>
          <Button variant={value?.text === 'me' ? 'light' : 'default'} size="compact-sm" onClick={() => onChange([bare('me')])}>{t`me`}</Button>
        </div>
      )}
      <EditLink field={{ ...target, required: true }} label={t`Value`} inline={false}
        value={value?.quoted ? value.text : null} onChange={(next) => next && onChange([quoted(String(next))])} />
    </>
  );
}

const NUMBERS = ['integer', 'decimal', 'percent', 'money'];

function OneValue({ field, label, value, autoFocus, onChange }: {
  field: Field;
  label: string;
  value: Literal | undefined;
  autoFocus?: boolean;
  onChange: (value: Literal) => void;
}) {
  const moment = field.type === 'date' || field.type === 'instant';
  const number = NUMBERS.includes(field.type);
  const [typed, setTyped] = useState(value?.text ?? '');
  const read = (text: string) => {
    setTyped(text);
    if (moment) onChange(bare(text));
    else if (number) onChange(bare(numberText(field, text)));
    else onChange(quoted(text));
  };
  return (
    <>
      <TextInput label={label} value={moment && !/^\d{4}/.test(typed) ? '' : typed.slice(0, moment ? 10 : undefined)}
        type={moment ? 'date' : 'text'} inputMode={number ? 'decimal' : 'text'} data-autofocus={autoFocus || undefined}
        autoComplete="off" onChange={(event) => read(event.target.value)} />
      <div className={classes.presets}>
        {presetsOf(field.type).map((preset) => (
          <Button key={preset.literal.text} size="compact-xs" variant={value?.text === preset.literal.text ? 'light' : 'default'}
            onClick={() => read(preset.literal.text)}>{preset.label}</Button>
        ))}
      </div>
    </>
  );
}

// 1.234,50 EUR as people type it: 1234.50 EUR as the language reads it.
function numberText(field: Field, typed: string): string {
  const [, amount = '', unit = ''] = /^\s*([\d.,\s'’+-]*?)\s*([A-Za-z]{3}|%)?\s*$/.exec(typed) ?? [undefined, typed];
  const text = readDecimal(amount);
  if (!text) return '';
  if (field.type === 'money' && unit) return `${text} ${unit.toUpperCase()}`;
  return field.type === 'percent' ? `${text}%` : text;
}
