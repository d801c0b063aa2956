import { useLingui } from '@lingui/react/macro';
import { Drawer } from '@mantine/core';
import { Navigation } from './Navigation';
import classes from './Shell.module.css';

interface Props {
  opened: boolean;
  onClose: () => void;
  onSearch: () => void;
}

export default function NavigationDrawer({ opened, onClose, onSearch }: Props) {
  const { t } = useLingui();
  return (
    <Drawer opened={opened} onClose={onClose} size={288} title={t`Navigation`}
      closeButtonProps={{ 'aria-label': t`Close the navigation` }} classNames={{ body: classes.drawer ?? '' }}>
      <Navigation onSearch={onSearch} />
    </Drawer>
  );
}
