import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, Code, NativeSelect, TextInput, VisuallyHidden } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { IconCopy, IconTrash } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { type ApiKey, createKey, keysQuery, removeKey } from '@/api/account';
import { formatInstant, formatRelative } from '@/locale/format';
import { Failure } from '@/ui/ErrorBoundary';
import { say, sayProblem, sentence } from '@/ui/toast';
import classes from './settings.module.css';

export function Keys() {
  const keys = useQuery(keysQuery);
  return (
    <section className={classes.part}>
      <h2><Trans>API keys</Trans></h2>
      <p className={classes.help}><Trans>By a key another program reads and writes here in your name, and never more than you may.</Trans></p>
      {keys.error && <Failure error={keys.error} retry={() => void keys.refetch()} />}
      {Boolean(keys.data?.length) && <KeyTable keys={keys.data ?? []} />}
      <NewKey />
    </section>
  );
}

function KeyTable({ keys }: { keys: ApiKey[] }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const remove = (key: ApiKey) => {
    removeKey(key.id)
      .then(() => {
        say(t`${key.name} no longer opens anything.`);
        return client.invalidateQueries({ queryKey: keysQuery.queryKey });
      })
      .catch(sayProblem);
  };
  return (
    <table className={classes.table}>
      <thead>
        <tr><th><Trans>Name</Trans></th><th><Trans>Of</Trans></th><th><Trans>May</Trans></th><th><Trans>Last used</Trans></th><th><VisuallyHidden><Trans>Remove</Trans></VisuallyHidden></th></tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key.id}>
            <td><bdi>{key.name}</bdi> <Code>{key.prefix}…</Code></td>
            <td><bdi>{key.user_name}</bdi></td>
            <td>{key.scopes.join(', ') || t`all its owner may`}</td>
            <td>{key.last_used_at ? <time dateTime={key.last_used_at} title={formatInstant(key.last_used_at)}>{formatRelative(key.last_used_at)}</time> : t`never`}</td>
            <td><ActionIcon aria-label={t`Remove ${key.name}`} title={t`Remove ${key.name}`} onClick={() => remove(key)}><IconTrash size={15} /></ActionIcon></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function NewKey() {
  const { t } = useLingui();
  const client = useQueryClient();
  const [made, setMade] = useState('');
  const [wrong, setWrong] = useState('');
  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const element = event.currentTarget;
    const form = new FormData(element);
    const scope = String(form.get('scope'));
    try {
      const key = await createKey(String(form.get('name')), scope ? [scope] : []);
      setMade(key.key);
      setWrong('');
      element.reset();
      await client.invalidateQueries({ queryKey: keysQuery.queryKey });
    } catch (error) {
      setWrong(sentence(error));
    }
  }
  const copy = () => void navigator.clipboard.writeText(made).then(() => say(t`Key copied.`)).catch(sayProblem);
  return (
    <>
      <form className={classes.row} onSubmit={(event) => void submit(event)}>
        <TextInput name="name" label={t`Name of a new key`} placeholder={t`Web shop`} required withAsterisk={false} autoComplete="off" />
        <NativeSelect name="scope" label={t`May`} data={[{ value: '', label: t`All that you may` }, { value: 'read', label: t`Read only` }]} />
        <Button type="submit" variant="default" size="sm"><Trans>Make a key</Trans></Button>
      </form>
      <p role="alert" className={classes.problem}>{wrong}</p>
      {made && (
        <div className={classes.made} role="status">
          <p><Trans>Copy the key now: it is shown this once.</Trans></p>
          <div className={classes.key}>
            <Code>{made}</Code>
            <Button variant="default" leftSection={<IconCopy size={14} />} onClick={copy}><Trans>Copy</Trans></Button>
          </div>
        </div>
      )}
    </>
  );
}
