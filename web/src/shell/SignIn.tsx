import { useLingui } from '@lingui/react/macro';
import { Trans } from '@lingui/react/macro';
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, useEffect, useState } from 'react';
import { Problem } from '@/api/client';
import { sessionQuery, signIn } from '@/api/session';
import { sentence } from '@/ui/toast';
import { Wordmark } from './Wordmark';
import classes from './SignIn.module.css';

export default function SignIn() {
  const { t } = useLingui();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { to } = useSearch({ strict: false }) as { to?: string };
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    document.title = `${t`Sign in`} · Rapport`;
  }, [t]);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setProblem('');
    try {
      const user = await signIn(String(form.get('name')), String(form.get('password')));
      client.clear();
      client.setQueryData(sessionQuery.queryKey, user);
      await navigate({ to: safePath(to), replace: true });
    } catch (error) {
      const wrong = error instanceof Problem && error.status === 401;
      setProblem(wrong ? t`Name and password do not match. Check both and try again.` : sentence(error));
      setBusy(false);
    }
  }

  return (
    <main className={classes.page}>
      <form className={classes.form} onSubmit={(event) => void submit(event)}>
        <Wordmark />
        <h1 className={classes.title}><Trans>Sign in to Rapport</Trans></h1>
        <TextInput name="name" label={t`Name`} autoComplete="username" autoCapitalize="none" required autoFocus
          withAsterisk={false} size="md" />
        <PasswordInput name="password" label={t`Password`} autoComplete="current-password" required
          withAsterisk={false} size="md"
          visibilityToggleButtonProps={{ 'aria-label': t`Show the password` }} />
        <p role="alert" className={classes.problem}>{problem}</p>
        <Button type="submit" size="md" fullWidth loading={busy}><Trans>Sign in</Trans></Button>
      </form>
    </main>
  );
}

// Only ways within this site are followed after signing in.
function safePath(to: string | undefined): string {
  return to?.startsWith('/') && !to.startsWith('//') ? to : '/';
}
