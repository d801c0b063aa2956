import '@fontsource-variable/inter';
import './ui/tokens.css';
import '@mantine/core/styles.layer.css';
import { I18nProvider } from '@lingui/react';
import { DirectionProvider, localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { setNonce } from 'get-nonce';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Problem } from './api/client';
import { directionOf } from './locale/format';
import { i18n, loadLanguage } from './locale/i18n';
import { makeRouter } from './routes';
import { SCHEME_KEY } from './shell/scheme';
import { Beside } from './ui/beside';
import { nonce } from './ui/nonce';
import { theme } from './ui/theme';

loadLanguage();
setNonce(nonce()); // for the styles that dialogs add to keep the page from scrolling
const direction = directionOf(i18n.locale);
document.documentElement.lang = i18n.locale;
document.documentElement.dir = direction;

const RETRIES = 2;
const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // What the server refused stays refused; only what did not arrive is asked again.
      retry: (count, error) => count < RETRIES && (!(error instanceof Problem) || error.status === 0 || error.status === 503),
    },
  },
});
const router = makeRouter(client);
const schemes = localStorageColorSchemeManager({ key: SCHEME_KEY });

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <I18nProvider i18n={i18n}>
      <DirectionProvider initialDirection={direction} detectDirection={false}>
        <MantineProvider theme={theme} getStyleNonce={nonce} colorSchemeManager={schemes} defaultColorScheme="auto">
          <QueryClientProvider client={client}>
            <RouterProvider router={router} />
            <Beside />
          </QueryClientProvider>
        </MantineProvider>
      </DirectionProvider>
    </I18nProvider>
  </StrictMode>,
);
