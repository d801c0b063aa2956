import { Trans, useLingui } from '@lingui/react/macro';
import { Button, PasswordInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { PASSWORD_LENGTH, setPassword } from '@/api/account';
import type { User } from '@/api/wire';
import { say, sentence } from '@/ui/toast';
import classes from './settings.module.css';

export function OwnPassword({ user }: { user: User }) {
  const { t } = useLingui();
  const [wrong, setWrong] = useState('');
  const [busy, setBusy] = useState(false);
  const shown = { 'aria-label': t`Show the password` };
  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const element = event.currentTarget;
    const form = new FormData(element);
    setBusy(true);
    try {
      await setPassword(user.id, String(form.get('password')), String(form.get('current')));
      element.reset();
      setWrong('');
      say(t`Password changed.`);
    } catch (error) {
      setWrong(sentence(error));
    }
    setBusy(false);
  }
  return (
    <section className={classes.part}>
      <h2><Trans>Your password</Trans></h2>
      <form className={classes.form} onSubmit={(event) => void submit(event)}>
        <input hidden name="username" autoComplete="username" defaultValue={user.name} />
        <PasswordInput name="current" label={t`Password now`} autoComplete="current-password" required withAsterisk={false} visibilityToggleButtonProps={shown} />
        <PasswordInput name="password" label={t`New password`} description={t`At least ${PASSWORD_LENGTH} characters.`} autoComplete="new-password"
          required minLength={PASSWORD_LENGTH} withAsterisk={false} visibilityToggleButtonProps={shown} />
        <p role="alert" className={classes.problem}>{wrong}</p>
        <div><Button type="submit" variant="default" loading={busy}><Trans>Change the password</Trans></Button></div>
      </form>
    </section>
  );
}
