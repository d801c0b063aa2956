import { useLingui } from '@lingui/react/macro';
import { Checkbox, MultiSelect, Select } from '@mantine/core';
import type { EditProps } from '../types';
import { framed } from './frame';

// Further choices than this are worth typing into.
const SEARCH_FROM = 8;

export function EditChoice(props: EditProps) {
  const { t } = useLingui();
  const { field, value, onChange, onChoose, inline } = props;
  const choices = field.choices ?? [];
  return (
    <Select {...framed(props)} data={choices.map((choice) => ({ value: choice.name, label: choice.label }))}
      value={(value as string | null) ?? null} clearable={!field.required} allowDeselect={false}
      searchable={choices.length >= SEARCH_FROM} defaultDropdownOpened={inline ?? false} maxDropdownHeight={320}
      nothingFoundMessage={t`No such choice`} clearButtonProps={{ 'aria-label': t`Clear` }}
      comboboxProps={{ withinPortal: true, transitionProps: { duration: 60 } }}
      onChange={(next) => {
        onChange(next);
        onChoose?.(next);
      }} />
  );
}

export function EditChoices(props: EditProps) {
  const { field, value, onChange, inline } = props;
  const data = (field.choices ?? []).map((choice) => ({ value: choice.name, label: choice.label }));
  return (
    <MultiSelect {...framed(props)} data={data} value={Array.isArray(value) ? (value as string[]) : []}
      searchable={data.length >= SEARCH_FROM} defaultDropdownOpened={inline ?? false} onChange={onChange} />
  );
}

export function EditBoolean(props: EditProps) {
  const { field, value, onChange, onChoose, label, error, id, autoFocus } = props;
  return (
    <Checkbox {...(id && { id })} label={label} description={props.inline ? undefined : field.help} error={error}
      checked={value === true} autoFocus={autoFocus ?? false} size="sm"
      onChange={(event) => {
        onChange(event.target.checked);
        onChoose?.(event.target.checked);
      }} />
  );
}
