// The editor that stands in a value's place while it is changed. Enter or leaving it saves, Esc takes
// it back; an error stays at the field until it is mended.
import { useLingui } from '@lingui/react/macro';
import { type FocusEvent, type KeyboardEvent, useRef, useState } from 'react';
import { Problem } from '@/api/client';
import type { Field, ObjectType, RecordData } from '@/api/wire';
import { kindOf } from '@/fields/kinds';
import { sentence } from '@/ui/toast';
import { ConflictDialog } from './ConflictDialog';
import { type Conflict, useSave } from './save';
import classes from './InlineEditor.module.css';

interface Props {
  object: ObjectType;
  record: RecordData;
  field: Field;
  onDone: () => void;
}

export default function InlineEditor({ object, record, field, onDone }: Props) {
  const { t } = useLingui();
  const kind = kindOf(field);
  const save = useSave(object);
  const start = useRef(record);
  const draft = useRef<unknown>(record[field.name]);
  const [value, setValue] = useState<unknown>(record[field.name]);
  const [error, setError] = useState<string>();
  const [conflict, setConflict] = useState<Conflict>();
  const state = useRef<'open' | 'saving' | 'done'>('open');

  const finish = () => {
    state.current = 'done';
    onDone();
  };
  const commit = async (next: unknown, title?: string, version?: number) => {
    if (state.current !== 'open') return;
    state.current = 'saving';
    try {
      const result = await save(start.current, field, next, title, version);
      if (result.outcome === 'conflict') {
        state.current = 'open';
        setConflict(result.conflict);
        return;
      }
      finish();
    } catch (problem) {
      state.current = 'open';
      setError((problem instanceof Problem && problem.of(field.name)) || sentence(problem));
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === 'Escape') {
      event.preventDefault();
      finish();
    } else if (event.key === 'Enter' && !kind.immediate && (!kind.lines || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void commit(draft.current);
    }
  };
  const onBlur = (event: FocusEvent<HTMLElement>) => {
    const next = event.relatedTarget as HTMLElement | null;
    if (next && event.currentTarget.contains(next)) return;
    if (next?.closest('[data-portal], [role="listbox"], [role="dialog"]')) return;
    if (kind.immediate) {
      if (!error && !conflict) finish();
    } else if (!conflict) void commit(draft.current);
  };

  return (
    <div className={classes.editor} onKeyDown={onKeyDown} onBlur={onBlur} data-editing>
      <kind.Edit field={field} value={value} title={record.$titles?.[field.name]} label={field.label} error={error}
        autoFocus inline
        onChange={(next) => {
          draft.current = next;
          setValue(next);
          setError(undefined);
        }}
        onChoose={(next, title) => kind.immediate && void commit(next, title ?? '')} />
      {kind.lines && <p className={classes.hint}>{t`Ctrl Enter saves, Esc takes back`}</p>}
      {conflict && (
        <ConflictDialog field={field} conflict={conflict}
          onTheirs={finish}
          onMine={() => {
            setConflict(undefined);
            void commit(conflict.yours, undefined, conflict.version);
          }} />
      )}
    </div>
  );
}
