import type { EditProps } from '../types';

// What every editor hands to its input: in a form a label above, in a row only a name for it.
export function framed({ id, label, error, autoFocus, inline, field }: EditProps) {
  return {
    ...(id && { id }),
    ...(inline
      ? { 'aria-label': label, size: 'sm' as const }
      : { label, description: field.help, required: field.required ?? false }),
    error,
    autoFocus: autoFocus ?? false,
    'data-autofocus': autoFocus || undefined,
  };
}
