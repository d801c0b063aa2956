import type { Field } from '@/api/wire';

export interface ShowProps {
  field: Field;
  value: unknown;
  // The name of the record a link points at.
  title?: string | undefined;
  // Where nothing beside the value may be clicked (cells of a list).
  quiet?: boolean;
}

export interface EditProps {
  field: Field;
  value: unknown;
  title?: string | undefined;
  onChange: (value: unknown) => void;
  // A choice is made and complete.
  onChoose?: (value: unknown, title?: string) => void;
  id?: string;
  label: string;
  error?: string | undefined;
  autoFocus?: boolean;
  // Within a row or a field list: no frame of its own, list open at once.
  inline?: boolean;
}
