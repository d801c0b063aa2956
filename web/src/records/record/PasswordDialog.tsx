// An administrator gives a user a password: for a first sign-in, or when it was forgotten.
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Modal, PasswordInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { PASSWORD_LENGTH, setPassword } from '@/api/account';
import { say, sentence } from '@/ui/toast';
import classes from './PasswordDialog.module.css';

export default function PasswordDialog({ user, title, onClose }: { user: string; title: string; onClose: () => void }) {
  const { t } = useLingui();
  const [wrong, setWrong] = useState('');
  const [busy, setBusy] = useState(false);
  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    setBusy(true);
    try {
      await setPassword(user, String(new FormData(event.currentTarget).get('password')));
      say(t`${title} can sign in with the new password.`);
      onClose();
    } catch (error) {
      setWrong(sentence(error));
      setBusy(false);
    }
  }
  return (
    <Modal opened onClose={onClose} title={t`Password of ${title}`} size="sm" closeButtonProps={{ 'aria-label': t`Close` }}>
      <form className={classes.form} onSubmit={(event) => void submit(event)}>
        <PasswordInput name="password" label={t`New password`} description={t`At least ${PASSWORD_LENGTH} characters.`} autoComplete="new-password" required
          minLength={PASSWORD_LENGTH} withAsterisk={false} data-autofocus error={wrong || undefined}
          visibilityToggleButtonProps={{ 'aria-label': t`Show the password` }} />
        <div className={classes.foot}>
          <Button variant="default" onClick={onClose}><Trans>Cancel</Trans></Button>
          <Button type="submit" loading={busy}><Trans>Set the password</Trans></Button>
        </div>
      </form>
    </Modal>
  );
}
