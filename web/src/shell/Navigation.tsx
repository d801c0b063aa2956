import { t } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { UnstyledButton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import {
  IconChartHistogram, IconCheck, IconDeviceDesktop, IconFileImport, IconLogout, IconMoon, IconSearch, IconSelector, IconSettings, IconSun, IconUserCog, IconUsersGroup,
} from '@tabler/icons-react';
import { type Catalog, seesFigures, useCatalog, useMayImport } from '@/api/catalog';
import { useUser } from '@/api/session';
import { DropMenu } from '@/ui/DropMenu';
import { ObjectIcon } from '@/ui/icons';
import { Keys } from '@/ui/Keys';
import { RecordMark } from '@/ui/RecordMark';
import { leave } from './leave';
import { useScheme } from './scheme';
import classes from './Navigation.module.css';

export function Navigation({ onSearch }: { onSearch: () => void }) {
  const catalog = useCatalog();
  const mayImport = useMayImport();
  return (
    <div className={classes.navigation}>
      <UserMenu />
      <UnstyledButton className={classes.search} onClick={onSearch}>
        <IconSearch size={15} stroke={1.7} aria-hidden />
        <span><Trans>Search</Trans></span>
        <Keys keys="mod+k" />
      </UnstyledButton>
      <nav aria-label={t`Main`}>
        {wingsShown(catalog).map(({ wing, objects }) => (
          <section key={wing} className={classes.wing}>
            <h2>{wingName(wing)}</h2>
            <ul>
              {wing === INSIGHT && seesFigures(catalog) && (
                <li>
                  <Link to="/insight" className={classes.link ?? ''} activeOptions={{ includeSearch: false }}>
                    <IconChartHistogram size={16} stroke={1.6} aria-hidden />
                    <Trans>Customer value</Trans>
                  </Link>
                </li>
              )}
              {objects.map((object) => (
                <li key={object.name}>
                  <Link to="/$plural" params={{ plural: object.plural }} className={classes.link ?? ''}
                    activeOptions={{ includeSearch: false }}>
                    <ObjectIcon name={object.icon} />
                    {object.label.many}
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        ))}
        {mayImport && (
          <section className={classes.wing}>
            <h2><Trans>Data</Trans></h2>
            <ul>
              <li>
                <Link to="/imports" className={classes.link ?? ''}>
                  <IconFileImport size={16} stroke={1.6} aria-hidden />
                  <Trans>Imports</Trans>
                </Link>
              </li>
            </ul>
          </section>
        )}
      </nav>
    </div>
  );
}

// The figures have their place among the wings, with or without records beside them.
const INSIGHT = 'insight';

function wingsShown(catalog: Catalog): ReturnType<Catalog['wings']> {
  const wings = catalog.wings();
  const there = wings.some(({ wing }) => wing === INSIGHT);
  return there || !seesFigures(catalog) ? wings : [...wings, { wing: INSIGHT, objects: [] }];
}

// The wings' names are words of the page; one that is not known yet shows as the server spells it.
function wingName(wing: string): string {
  const known: Record<string, string> = {
    customers: t`Customers`, work: t`Work`, channels: t`Channels`, offerings: t`Offerings`, sales: t`Sales`,
    insight: t`Insight`, marketing: t`Marketing`, service: t`Service`, loyalty: t`Loyalty`, partners: t`Partners`,
    strategy: t`Strategy`, platform: t`People at work`, custom: t`Custom`,
  };
  return known[wing] ?? wing.charAt(0).toUpperCase() + wing.slice(1).replaceAll('_', ' ');
}

function UserMenu() {
  const { t } = useLingui();
  const user = useUser();
  const { scheme, setScheme } = useScheme();
  const schemes = [
    { name: 'light' as const, label: t`Light`, icon: IconSun },
    { name: 'dark' as const, label: t`Dark`, icon: IconMoon },
    { name: 'auto' as const, label: t`As the system`, icon: IconDeviceDesktop },
  ];
  return (
    <DropMenu start width={208}
      target={
        <UnstyledButton className={classes.user}>
          <RecordMark id={user.id} title={user.name} size={22} />
          <span className={classes.name}>{user.name}</span>
          <IconSelector size={14} aria-hidden />
        </UnstyledButton>
      }
      entries={[
        { heading: t`Signed in as ${user.role}` },
        'line',
        { heading: t`Colours` },
        ...schemes.map(({ name, label, icon: Icon }) => ({
          label, icon: <Icon size={15} stroke={1.6} />, current: scheme === name, onClick: () => setScheme(name),
          after: scheme === name ? <IconCheck size={14} /> : null,
        })),
        'line',
        ...(user.role === 'administrator' ? [
          { label: t`Users`, icon: <IconUserCog size={15} stroke={1.6} />, to: '/users' },
          { label: t`Teams`, icon: <IconUsersGroup size={15} stroke={1.6} />, to: '/teams' },
        ] : []),
        { label: t`Settings`, icon: <IconSettings size={15} stroke={1.6} />, to: '/settings' },
        'line',
        { label: t`Sign out`, icon: <IconLogout size={15} stroke={1.6} />, onClick: leave },
      ]}
    />
  );
}
