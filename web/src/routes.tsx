// The pages and their addresses. Each page is a chunk of its own.
import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect,
} from '@tanstack/react-router';
import { catalogQuery } from './api/catalog';
import { sessionQuery } from './api/session';
import { Failure } from './ui/ErrorBoundary';
import { NotFound } from './ui/NotFound';
import { Waiting } from './ui/Waiting';

interface Context {
  client: QueryClient;
}

// What stands behind the question mark is texts; each page reads its own.
const texts = (search: Record<string, unknown>) => search as Record<string, string>;

const root = createRootRouteWithContext<Context>()({ component: Outlet });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: texts,
  component: lazyRouteComponent(() => import('./shell/SignIn')),
});

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  beforeLoad: async ({ context, location }) => {
    const user = await context.client.ensureQueryData(sessionQuery);
    if (!user) throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { to: location.href } });
  },
  loader: ({ context }) => context.client.ensureQueryData(catalogQuery),
  component: lazyRouteComponent(() => import('./shell/Shell')),
});

const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  loader: async ({ context }) => {
    const catalog = await context.client.ensureQueryData(catalogQuery);
    const first = catalog.wings()[0]?.objects[0];
    if (first) throw redirect({ to: '/$plural', params: { plural: first.plural }, replace: true });
  },
  component: NotFound,
});

const list = createRoute({
  getParentRoute: () => shell,
  path: '/$plural',
  validateSearch: texts,
  component: lazyRouteComponent(() => import('./records/list/ListPage')),
});

const record = createRoute({
  getParentRoute: () => shell,
  path: '/$plural/$id',
  validateSearch: texts,
  component: lazyRouteComponent(() => import('./records/record/RecordPage')),
});

const imports = createRoute({
  getParentRoute: () => shell,
  path: '/imports',
  component: lazyRouteComponent(() => import('./screens/imports/ImportsPage')),
});

const newImport = createRoute({
  getParentRoute: () => shell,
  path: '/imports/new',
  validateSearch: texts,
  component: lazyRouteComponent(() => import('./screens/imports/NewImportPage')),
});

const oneImport = createRoute({
  getParentRoute: () => shell,
  path: '/imports/$id',
  component: lazyRouteComponent(() => import('./screens/imports/ImportPage')),
});

const settings = createRoute({
  getParentRoute: () => shell,
  path: '/settings',
  component: lazyRouteComponent(() => import('./screens/settings/SettingsPage')),
});

const insight = createRoute({
  getParentRoute: () => shell,
  path: '/insight',
  validateSearch: texts,
  component: lazyRouteComponent(() => import('./screens/insight/InsightPage')),
});

const insightSection = createRoute({
  getParentRoute: () => shell,
  path: '/insight/$section',
  validateSearch: texts,
  component: lazyRouteComponent(() => import('./screens/insight/InsightPage')),
});

const model = createRoute({
  getParentRoute: () => shell,
  path: '/insight/models/$id',
  component: lazyRouteComponent(() => import('./screens/insight/ModelPage')),
});

const tree = root.addChildren([
  signIn,
  shell.addChildren([home, settings, imports, newImport, oneImport, insight, insightSection, model, list, record]),
]);

export function makeRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { client },
    defaultPreload: 'intent',
    defaultPendingComponent: Waiting,
    defaultPendingMs: 300,
    defaultErrorComponent: ({ error, reset }) => <Failure error={error} retry={reset} />,
    defaultNotFoundComponent: NotFound,
    // An address is plain text, so that people can read it, change it and send it on.
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (search) => {
      const kept = Object.entries(search).filter(([, value]) => value !== undefined && value !== '');
      const text = new URLSearchParams(kept.map(([name, value]) => [name, String(value)])).toString();
      return text ? `?${text}` : '';
    },
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
