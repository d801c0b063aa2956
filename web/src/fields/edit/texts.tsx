import { Textarea, TextInput } from '@mantine/core';
import type { EditProps } from '../types';
import { framed } from './frame';

const INPUT: Partial<Record<string, { type: string; inputMode: 'email' | 'tel' | 'url' }>> = {
  email: { type: 'email', inputMode: 'email' },
  phone: { type: 'tel', inputMode: 'tel' },
  url: { type: 'url', inputMode: 'url' },
};

export function EditText(props: EditProps) {
  const { field, value, onChange } = props;
  return (
    <TextInput {...framed(props)} value={String(value ?? '')} maxLength={field.max || undefined} {...INPUT[field.type]}
      onChange={(event) => onChange(event.target.value === '' ? null : event.target.value)} autoComplete="off" />
  );
}

export function EditLongText(props: EditProps) {
  const { field, value, onChange } = props;
  const json = field.type === 'json';
  const text = json && typeof value === 'object' && value !== null ? JSON.stringify(value, null, 2) : String(value ?? '');
  return (
    <Textarea {...framed(props)} value={text} rows={Math.min(12, Math.max(3, text.split('\n').length))}
      maxLength={field.max || undefined} resize="vertical" spellCheck={!json}
      onChange={(event) => onChange(event.target.value === '' ? null : event.target.value)} />
  );
}
