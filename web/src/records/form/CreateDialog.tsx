// A new record of any type: what must be filled first, then what a page shows, then the rest on asking.
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Modal } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, Suspense, useMemo, useRef, useState } from 'react';
import { Problem } from '@/api/client';
import { createRecord, noteWritten, removeRecord } from '@/api/records';
import type { ObjectType } from '@/api/wire';
import { kindOf } from '@/fields/kinds';
import { isEmpty } from '@/fields/values';
import { say, sentence } from '@/ui/toast';
import { Waiting } from '@/ui/Waiting';
import { formFields, splitForm } from './fields';
import classes from './CreateDialog.module.css';

interface Props {
  object: ObjectType;
  onClose: () => void;
  // What the place one comes from knows already: the person of a new order.
  given?: Record<string, { value: unknown; title?: string | undefined }>;
  // Stays where one is, instead of going to the new record.
  stay?: boolean;
}

export default function CreateDialog({ object, onClose, given = {}, stay }: Props) {
  const { t } = useLingui();
  const one = object.label.one.toLocaleLowerCase();
  return (
    <Modal opened onClose={onClose} title={t`New ${one}`} size={560} closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t`Close` }}>
      <Suspense fallback={<Waiting />}>
        <CreateForm object={object} onClose={onClose} given={given} stay={stay ?? false} />
      </Suspense>
    </Modal>
  );
}

function CreateForm({ object, onClose, given, stay }: Required<Props>) {
  const { t } = useLingui();
  const form = useCreation(object, given, stay, onClose);
  const { first, further } = useMemo(() => splitForm(object, formFields(object)), [object]);
  const [more, setMore] = useState(false);
  // An error in a field that is folded away opens the fold.
  const hiddenError = further.some((field) => form.problem?.of(field.name));
  const shown = more || hiddenError ? [...first, ...further] : first;
  const start = shown.find((field) => isEmpty(form.values[field.name])) ?? shown[0];
  const startName = useRef(start?.name);
  const one = object.label.one.toLocaleLowerCase();
  return (
    <form ref={form.element} noValidate onSubmit={(event) => void form.submit(event)} className={classes.form}>
      {shown.map((field) => {
        const { Edit } = kindOf(field);
        return (
          <Edit key={field.name} id={`new-${field.name}`} field={field} label={field.label} value={form.values[field.name]}
            title={given[field.name]?.title} error={form.errorOf(field.name)} autoFocus={field.name === startName.current}
            onChange={(value) => form.set(field.name, value)} />
        );
      })}
      {further.length > 0 && !more && !hiddenError && (
        <Button variant="subtle" color="gray" className={classes.more ?? ''} onClick={() => setMore(true)}>
          <Trans>Show all fields</Trans>
        </Button>
      )}
      <div className={classes.foot}>
        <p role="alert" className={classes.problem}>{form.general}</p>
        <Button variant="default" onClick={onClose}><Trans>Cancel</Trans></Button>
        <Button type="submit" loading={form.busy}>{t`Create ${one}`}</Button>
      </div>
    </form>
  );
}

function useCreation(object: ObjectType, given: Required<Props>['given'], stay: boolean, onClose: () => void) {
  const { t } = useLingui();
  const client = useQueryClient();
  const navigate = useNavigate();
  const element = useRef<HTMLFormElement>(null);
  const [values, setValues] = useState<Record<string, unknown>>(() => ({
    ...Object.fromEntries(formFields(object).filter((field) => !isEmpty(field.default)).map((field) => [field.name, field.default])),
    ...(object.timeline?.at && formFields(object).some((field) => field.name === object.timeline?.at && field.required) && {
      [object.timeline.at]: new Date().toISOString(),
    }),
    ...Object.fromEntries(Object.entries(given).map(([name, one]) => [name, one.value])),
  }));
  const [problem, setProblem] = useState<Problem>();
  const [missing, setMissing] = useState<ReadonlySet<string>>(new Set());
  const [busy, setBusy] = useState(false);

  const refused = (fields: string[]) => {
    const [firstWrong] = formFields(object).filter((field) => fields.includes(field.name));
    window.setTimeout(() => element.current?.querySelector<HTMLElement>(`#new-${CSS.escape(firstWrong?.name ?? '')}`)?.focus(), 0);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const absent = formFields(object).filter((field) => field.required && field.type !== 'boolean' && isEmpty(values[field.name]));
    setMissing(new Set(absent.map((field) => field.name)));
    if (absent.length > 0) return refused(absent.map((field) => field.name));
    setBusy(true);
    setProblem(undefined);
    try {
      const filled = Object.fromEntries(Object.entries(values).filter(([, value]) => !isEmpty(value)));
      const record = await createRecord(object.plural, filled);
      noteWritten(client, object.plural, record);
      void client.invalidateQueries({ queryKey: ['records'] });
      say(t`${object.label.one} created.`, async () => {
        await removeRecord(object.plural, record.id, record.version);
        await client.invalidateQueries({ queryKey: ['records'] });
        if (!stay) await navigate({ to: '/$plural', params: { plural: object.plural } });
      });
      onClose();
      if (!stay) await navigate({ to: '/$plural/$id', params: { plural: object.plural, id: record.id } });
    } catch (error) {
      setProblem(error instanceof Problem ? error : new Problem({ status: 0, code: 'web.unknown', title: sentence(error) }));
      if (error instanceof Problem) refused(formFields(object).map((field) => field.name).filter((name) => error.of(name)));
    }
    setBusy(false);
  };
  const atField = formFields(object).some((field) => problem?.of(field.name));
  return {
    element, values, busy, submit, problem,
    errorOf: (name: string) => problem?.of(name) ?? (missing.has(name) && isEmpty(values[name]) ? t`This must be filled in.` : undefined),
    general: problem && !atField ? sentence(problem) : '',
    set: (name: string, value: unknown) => setValues((now) => ({ ...now, [name]: value })),
  };
}
