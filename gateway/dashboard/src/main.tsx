import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './style.css';

import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { setNonce } from 'get-nonce';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { ApiError } from './api/client';
import { App } from './app';
import { theme } from './theme';

// The server writes one into each page: without it the policy refuses style elements made by scripts.
const nonce = document.querySelector<HTMLMetaElement>('meta[name=csp-nonce]')?.content ?? '';
setNonce(nonce);

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5000,
      // Once more where the mesh was not there; an answer stays what it is.
      retry: (failures, error) => failures < 1 && error instanceof ApiError && [0, 503].includes(error.status),
    },
  },
});

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      <Notifications position="bottom-right" />
      <QueryClientProvider client={client}><App /></QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
