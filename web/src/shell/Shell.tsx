// The frame round every page: navigation drawn from the catalog at the side, the page beside it.
import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { IconMenu2, IconSearch } from '@tabler/icons-react';
import { lazy, Suspense, useEffect, useState } from 'react';
import { seesFigures, useCatalog, useMayImport } from '@/api/catalog';
import { onSignedOut } from '@/api/client';
import { onLive, startLive } from '@/api/live';
import { recordKeys } from '@/api/records';
import { type Command, listenToKeys, useCommands } from '@/ui/keyboard';
import { ErrorBoundary } from '@/ui/ErrorBoundary';
import { undoLatest } from '@/ui/toast';
import { leave } from './leave';
import { Navigation } from './Navigation';
import { useScheme } from './scheme';
import { Wordmark } from './Wordmark';
import classes from './Shell.module.css';

const Palette = lazy(() => import('./Palette'));
const NavigationDrawer = lazy(() => import('./NavigationDrawer'));
const KeySheet = lazy(() => import('./KeySheet'));

export default function Shell() {
  const { t } = useLingui();
  const [drawer, drawerActions] = useDisclosure(false);
  const [drawerAsked, setDrawerAsked] = useState(false);
  const [palette, setPalette] = useState<'closed' | 'open'>('closed');
  const [paletteLoaded, setPaletteLoaded] = useState(false);
  const [sheet, sheetActions] = useDisclosure(false);
  const place = useLocation({ select: (location) => location.pathname });
  const openPalette = () => {
    setPaletteLoaded(true);
    setPalette('open');
  };
  const openDrawer = () => {
    setDrawerAsked(true);
    drawerActions.open();
  };
  useShellCommands(openPalette, sheetActions.open);
  useSignedOut();
  useLiveRecords();
  useEffect(listenToKeys, []);
  useEffect(() => drawerActions.close(), [place]);

  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#page"><Trans>Skip to the page</Trans></a>
      <aside className={classes.side} aria-label={t`Navigation`}>
        <Navigation onSearch={openPalette} />
      </aside>
      <header className={classes.bar}>
        <ActionIcon aria-label={t`Open the navigation`} size="lg" onClick={openDrawer}><IconMenu2 size={20} /></ActionIcon>
        <Wordmark size={24} />
        <ActionIcon aria-label={t`Search`} size="lg" onClick={openPalette}><IconSearch size={20} /></ActionIcon>
      </header>
      <main id="page" className={classes.page} tabIndex={-1}>
        <ErrorBoundary key={place}><Outlet /></ErrorBoundary>
      </main>
      <Suspense fallback={null}>
        {paletteLoaded && <Palette opened={palette === 'open'} onClose={() => setPalette('closed')} />}
        {drawerAsked && (
          <NavigationDrawer opened={drawer} onClose={drawerActions.close} onSearch={() => { drawerActions.close(); openPalette(); }} />
        )}
        {sheet && <KeySheet onClose={sheetActions.close} />}
      </Suspense>
    </div>
  );
}

function useShellCommands(openPalette: () => void, openSheet: () => void): void {
  const { t } = useLingui();
  const catalog = useCatalog();
  const mayImport = useMayImport();
  const navigate = useNavigate();
  const { setScheme } = useScheme();
  const go = t`Go to`;
  const general = t`General`;
  const letters = new Set<string>();
  const places: Command[] = catalog.wings().flatMap(({ objects }) => objects).map((object) => {
    const letter = [...object.plural].find((one) => /[a-z]/.test(one) && !['i', 'v'].includes(one) && !letters.has(one)) ?? '';
    letters.add(letter);
    return {
      id: `go:${object.plural}`, label: object.label.many, group: go, listed: true,
      ...(letter && { keys: [`g ${letter}`] }),
      run: () => void navigate({ to: '/$plural', params: { plural: object.plural } }),
    };
  });
  useCommands([
    ...places,
    ...(mayImport ? [
      { id: 'go:imports', label: t`Imports`, group: go, keys: ['g i'], listed: true, run: () => void navigate({ to: '/imports' }) },
    ] : []),
    ...(seesFigures(catalog)
      ? [{ id: 'go:insight', label: t`Insight`, group: go, keys: ['g v'], listed: true, run: () => void navigate({ to: '/insight' }) }]
      : []),
    { id: 'go:settings', label: t`Settings`, group: go, listed: true, run: () => void navigate({ to: '/settings' }) },
    ...catalog.objects.filter((one) => one.wing === 'platform').map((one) => ({
      id: `go:${one.plural}`, label: one.label.many, group: go, listed: true,
      run: () => void navigate({ to: '/$plural', params: { plural: one.plural } }),
    })),
    { id: 'palette', label: t`Search and commands`, group: general, keys: ['mod+k'], inFields: true, run: openPalette },
    { id: 'keys', label: t`Keyboard shortcuts`, group: general, keys: ['?'], listed: true, run: openSheet },
    { id: 'undo', label: t`Undo the last change`, group: general, keys: ['mod+z'], run: undoLatest },
    { id: 'scheme:light', label: t`Light colours`, group: general, listed: true, run: () => setScheme('light') },
    { id: 'scheme:dark', label: t`Dark colours`, group: general, listed: true, run: () => setScheme('dark') },
    { id: 'scheme:auto', label: t`Colours as the system has them`, group: general, listed: true, run: () => setScheme('auto') },
    {
      id: 'sign-out', label: t`Sign out`, group: general, listed: true,
      run: leave,
    },
  ]);
}

// Wherever the session ends, the way leads to the sign-in and back.
function useSignedOut(): void {
  const client = useQueryClient();
  const navigate = useNavigate();
  useEffect(() => {
    const toSignIn = () => {
      if (window.location.pathname === '/sign-in') return;
      const to = window.location.pathname + window.location.search;
      void navigate({ to: '/sign-in', search: { to } }).then(() => client.clear());
    };
    onSignedOut(toSignIn);
    return () => onSignedOut(() => undefined);
  }, [client, navigate]);
}

// What others change is asked again where it is shown. Lists look after themselves, because rows
// must not move under the cursor.
function useLiveRecords(): void {
  const client = useQueryClient();
  const catalog = useCatalog();
  useEffect(startLive, []);
  useEffect(
    () =>
      onLive((change) => {
        if (change === 'reset') {
          void client.invalidateQueries({ queryKey: ['records'] });
          return;
        }
        const object = catalog.named(change.object);
        if (!object) return;
        const key = recordKeys.one(object.plural, change.id);
        const known = client.getQueryData<{ version: number }>(key);
        if (!known || known.version >= change.version) return;
        void client.invalidateQueries({ queryKey: key });
        void client.invalidateQueries({ queryKey: recordKeys.history(object.plural, change.id) });
        void client.invalidateQueries({ queryKey: recordKeys.timeline(object.plural, change.id) });
      }),
    [client, catalog],
  );
}
