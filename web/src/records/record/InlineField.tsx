// A value that becomes its editor when it is asked for.
import { useLingui } from '@lingui/react/macro';
import { IconPencil } from '@tabler/icons-react';
import { type KeyboardEvent, type MouseEvent, useRef, useState } from 'react';
import { mayEdit } from '@/api/catalog';
import type { Field, ObjectType, RecordData } from '@/api/wire';
import { kindOf } from '@/fields/kinds';
import { isEmpty, valueText } from '@/fields/values';
import { LazyEditor } from '../edit/LazyEditor';
import classes from './InlineField.module.css';

interface Props {
  object: ObjectType;
  record: RecordData;
  field: Field;
  // Where many values stand in a line, an empty one is a dash.
  quiet?: boolean;
}

export function InlineField({ object, record, field, quiet }: Props) {
  const { t } = useLingui();
  const [editing, setEditing] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const kind = kindOf(field);
  const { Show } = kind;
  const value = record[field.name];
  const title = record.$titles?.[field.name];
  const able = mayEdit(object, field) && !record['removed_at'];
  const label = field.label;
  const said = valueText(field, value, title) || t`empty`;

  if (editing) {
    return (
      <LazyEditor object={object} record={record} field={field}
        onDone={() => {
          setEditing(false);
          window.setTimeout(() => place.current?.focus({ preventScroll: true }), 0);
        }} />
    );
  }
  const shown = isEmpty(value) ? <span className={classes.none}>{able && !quiet ? t`Add` : '—'}</span> : <Show field={field} value={value} title={title} />;
  if (!able) return <div className={classes.value} data-lines={kind.lines}>{shown}</div>;
  const open = (event: MouseEvent) => {
    if ((event.target as HTMLElement).closest('a')) return;
    if (window.getSelection()?.toString()) return; // someone is copying, not editing
    setEditing(true);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || (event.key !== 'Enter' && event.key !== ' ')) return;
    event.preventDefault();
    setEditing(true);
  };
  const aside = kind.leads && !isEmpty(value);
  return (
    <div className={classes.value} data-able data-lines={kind.lines} data-aside={aside || undefined} onClick={open}>
      {aside && <span className={classes.shown}>{shown}</span>}
      <div ref={place} data-editable={field.name} role="button" tabIndex={0} className={classes.button}
        aria-label={t`Edit ${label}: ${said}`} onKeyDown={onKeyDown}>
        {aside && <IconPencil size={14} stroke={1.7} aria-hidden />}
      </div>
      {!aside && <span className={classes.shown}>{shown}</span>}
    </div>
  );
}
