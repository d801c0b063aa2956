import { useLingui } from '@lingui/react/macro';
import { TextInput } from '@mantine/core';
import type { EditProps } from '../types';
import { type Address, isEmpty, type PersonName } from '../values';
import classes from './edit.module.css';

interface Part {
  name: string;
  label: string;
  span: string | undefined;
  max?: number;
}

function Parts({ props, parts, value }: { props: EditProps; parts: Part[]; value: Record<string, string | undefined> }) {
  const { label, field, error, autoFocus, onChange, inline, id } = props;
  const set = (name: string, text: string) => {
    const next = { ...value, [name]: text || undefined };
    onChange(isEmpty(next) ? null : next);
  };
  return (
    <fieldset className={classes.parts} {...(id && { id })}>
      <legend hidden={inline ?? false}>{label}</legend>
      {!inline && field.help && <p className={classes.help}>{field.help}</p>}
      {parts.map((part, index) => (
        <TextInput key={part.name} className={part.span ?? ''} aria-label={`${label}: ${part.label}`} placeholder={part.label}
          value={value[part.name] ?? ''} maxLength={part.max} autoComplete="off"
          autoFocus={(autoFocus ?? false) && index === 0} data-autofocus={(autoFocus && index === 0) || undefined}
          error={Boolean(error)} onChange={(event) => set(part.name, event.target.value)} />
      ))}
      {error && <p className={classes.error} role="alert">{error}</p>}
    </fieldset>
  );
}

export function EditAddress(props: EditProps) {
  const { t } = useLingui();
  const parts: Part[] = [
    { name: 'line1', label: t`Street and number`, span: classes.whole },
    { name: 'line2', label: t`Further line`, span: classes.whole },
    { name: 'postal_code', label: t`Postal code`, span: classes.third },
    { name: 'city', label: t`City`, span: classes.wide },
    { name: 'region', label: t`Region`, span: classes.wide },
    { name: 'country', label: t`Country code`, span: classes.third, max: 2 },
  ];
  const value = typeof props.value === 'string' ? { line1: props.value } : ((props.value ?? {}) as Address);
  return <Parts props={props} parts={parts} value={value as Record<string, string | undefined>} />;
}

// The full name follows from its parts unless it was given as a whole.
export function EditName(props: EditProps) {
  const { t } = useLingui();
  const value = typeof props.value === 'string' ? { full: props.value } : ((props.value ?? {}) as PersonName);
  const whole = Boolean(value.full) && !value.given && !value.family;
  const parts: Part[] = whole
    ? [{ name: 'full', label: t`Full name`, span: classes.whole }]
    : [
        { name: 'given', label: t`Given name`, span: classes.half },
        { name: 'family', label: t`Family name`, span: classes.half },
      ];
  const shown = whole ? { full: value.full } : { given: value.given, family: value.family };
  return <Parts props={props} parts={parts} value={shown} />;
}
