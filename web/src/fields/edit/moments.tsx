import { TextInput } from '@mantine/core';
import type { EditProps } from '../types';
import { localMoment, momentOf } from '../values';
import { framed } from './frame';

// The platform's own date fields: they speak the reader's calendar and open the phone's wheel.
export function EditDate(props: EditProps) {
  return (
    <TextInput {...framed(props)} type="date" defaultValue={String(props.value ?? '')}
      onChange={(event) => props.onChange(event.target.value || null)} />
  );
}

export function EditInstant(props: EditProps) {
  return (
    <TextInput {...framed(props)} type="datetime-local" defaultValue={localMoment(props.value)}
      onChange={(event) => props.onChange(momentOf(event.target.value))} />
  );
}
