// The organisation's settings, one's own password, and the keys by which other programs come in.
import { Trans, useLingui } from '@lingui/react/macro';
import { IconSettings } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useUser } from '@/api/session';
import { Page } from '@/ui/Page';
import { Keys } from './Keys';
import { Organisation } from './Organisation';
import { OwnPassword } from './OwnPassword';
import classes from './settings.module.css';

export default function SettingsPage() {
  const { t } = useLingui();
  const user = useUser();
  useEffect(() => {
    document.title = `${t`Settings`} · Rapport`;
  }, [t]);
  return (
    <Page heading={<><IconSettings size={18} stroke={1.6} aria-hidden /><Trans>Settings</Trans></>}>
      <div className={classes.scroller} tabIndex={0} role="region" aria-label={t`Settings`}>
        <div className={classes.column}>
          {user.role === 'administrator' && <Organisation />}
          <Keys />
          <OwnPassword user={user} />
        </div>
      </div>
    </Page>
  );
}
