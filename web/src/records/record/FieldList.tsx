import { Plural } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useState } from 'react';
import { isScored, mayEdit } from '@/api/catalog';
import type { Field, ObjectType, RecordData } from '@/api/wire';
import { isEmpty } from '@/fields/values';
import { InlineField } from './InlineField';
import classes from './FieldList.module.css';

const SYSTEM = ['created_at', 'created_by', 'changed_at', 'changed_by'];

export function FieldList({ object, record, wide }: { object: ObjectType; record: RecordData; wide?: boolean }) {
  const [all, setAll] = useState(false);
  const own = object.fields.filter((field) => !field.system && !field.hidden && (mayEdit(object, field) || !isEmpty(record[field.name])));
  const system = SYSTEM.flatMap((name) => object.fields.find((field) => field.name === name && !isEmpty(record[name])) ?? []);
  // What has no value folds away until asked for, but for the fields that matter to this type.
  const kept = new Set([object.title, ...(object.page?.highlights ?? []), ...(object.list?.columns ?? [])]);
  // What the program reckons of a customer stands apart from what people typed.
  const scored = isScored(object);
  const isMade = (field: Field) => scored && Boolean(field.read_only);
  const shown = all ? own : own.filter((field) => !isEmpty(record[field.name]) || kept.has(field.name) || field.required);
  const folded = own.length - shown.length;
  return (
    <div className={classes.list} data-wide={wide}>
      <dl>{shown.filter((field) => !isMade(field)).map((field) => <Line key={field.name} object={object} record={record} field={field} />)}</dl>
      {folded > 0 && (
        <Button variant="subtle" color="gray" size="compact-sm" className={classes.more ?? ''} onClick={() => setAll(true)}>
          <Plural value={folded} one="Show # empty field" other="Show # empty fields" />
        </Button>
      )}
      {shown.some(isMade) && (
        <dl className={classes.system}>{shown.filter(isMade).map((field) => <Line key={field.name} object={object} record={record} field={field} />)}</dl>
      )}
      <dl className={classes.system}>{system.map((field) => <Line key={field.name} object={object} record={record} field={field} />)}</dl>
    </div>
  );
}

function Line({ object, record, field }: { object: ObjectType; record: RecordData; field: Field }) {
  return (
    <div className={classes.line}>
      <dt>
        {field.label}
        {field.help && (
          <span className={classes.help} title={field.help} role="img" aria-label={field.help}><IconInfoCircle size={13} aria-hidden /></span>
        )}
      </dt>
      <dd><InlineField object={object} record={record} field={field} /></dd>
    </div>
  );
}
