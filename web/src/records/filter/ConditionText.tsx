// The condition as text, for those who type. What the server cannot read is marked at its character.
import { Trans, useLingui } from '@lingui/react/macro';
import { type KeyboardEvent, useState } from 'react';
import type { Problem } from '@/api/client';
import type { ObjectType } from '@/api/wire';
import { cutAt } from './mark';
import classes from './FilterBar.module.css';

interface Props {
  object: ObjectType;
  where: string;
  problem: Problem | undefined;
  onChange: (where: string) => void;
}

export function ConditionText({ object, where, problem, onChange }: Props) {
  const { t } = useLingui();
  const [text, setText] = useState(where);
  const shown = problem && text === where ? problem.document : undefined;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      onChange(text.trim());
    } else if (event.key === 'Escape') {
      setText(where);
    }
  };
  const [before, marked, after] = cutAt(text, shown?.offset ?? 0, shown?.length ?? 0);
  const example = object.fields.find((field) => field.type === 'choice' && !field.hidden);
  return (
    <div className={classes.written}>
      <div className={classes.layers} data-wrong={shown ? true : undefined}>
        {shown?.offset !== undefined && (
          <div className={classes.mirror} aria-hidden>{before}<mark>{marked || ' '}</mark>{after}</div>
        )}
        <textarea rows={1} value={text} spellCheck={false} autoCapitalize="none" aria-label={t`Condition`} aria-invalid={Boolean(shown)}
          aria-describedby="condition-told" onChange={(event) => setText(event.target.value)} onKeyDown={onKeyDown}
          onBlur={() => text.trim() !== where && onChange(text.trim())} />
      </div>
      {shown ? (
        <p id="condition-told" role="alert" className={classes.problem}>{[shown.title, shown.hint].filter(Boolean).join(' ')}</p>
      ) : (
        <p id="condition-told" className={classes.hint}>
          <Trans>Enter applies it. For example:</Trans>{' '}
          <code>{example ? `${example.name} = '${example.choices?.[0]?.name ?? ''}' and ` : ''}created_at {'>='} -90d</code>
        </p>
      )}
    </div>
  );
}
