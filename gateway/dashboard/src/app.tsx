// Which page stands at which address; the login page stands before all of them.
import { Center, Loader } from '@mantine/core';
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { Redirect, Route, Router, Switch } from 'wouter';

import { onSessionEnded } from './api/client';
import { useForgetSession, useSession } from './api/queries';
import { PageHead } from './components/page';
import { SessionProvider } from './components/session';
import { Empty, Failure, Loading } from './components/states';
import { AccountPage } from './pages/account';
import { AccountsPage } from './pages/accounts';
import { LoginPage } from './pages/login';
import { NewServerPage } from './pages/new_server';
import { ServerPage } from './pages/server';
import { Shell } from './shell';

const ApprovalsPage = lazy(() => import('./pages/approvals'));
const AuditPage = lazy(() => import('./pages/audit'));
const CallLogPage = lazy(() => import('./pages/call_log'));
const ConnectPage = lazy(() => import('./pages/connect'));
const KeysPage = lazy(() => import('./pages/keys'));
const PlaygroundPage = lazy(() => import('./pages/playground'));
const RegionsPage = lazy(() => import('./pages/regions'));
const UsagePage = lazy(() => import('./pages/usage'));

export function App() {
  const session = useSession();
  const forget = useForgetSession();
  const [ended, setEnded] = useState(false);

  useEffect(() => onSessionEnded(() => {
    setEnded(true);
    forget();
  }), [forget]);

  if (session.isPending) return <Screen><Loader aria-label="Loading" /></Screen>;
  if (session.error && session.error.status !== 401) {
    return <Screen><Failure error={session.error} retry={() => void session.refetch()} /></Screen>;
  }
  if (session.data == null) {
    return <LoginPage ended={ended} onLogin={() => setEnded(false)} />;
  }
  return (
    <SessionProvider session={session.data}>
      <Router base="/dashboard"><Shell><Suspense fallback={<Loading />}><Pages /></Suspense></Shell></Router>
    </SessionProvider>
  );
}

function Screen({ children }: { children: ReactNode }) {
  return <Center mih="100vh" p="md">{children}</Center>;
}

function Pages() {
  return (
    <Switch>
      <Route path="/"><Redirect to="/accounts" replace /></Route>
      <Route path="/accounts"><AccountsPage /></Route>
      <Route path="/accounts/connect"><ConnectPage /></Route>
      <Route path="/accounts/:id/reconnect">{({ id }) => <ConnectPage accountId={id} />}</Route>
      <Route path="/accounts/:id/servers/new">{({ id }) => <NewServerPage accountId={id} />}</Route>
      <Route path="/accounts/:id/servers/:server">{({ id, server }) =>
        <ServerPage key={server} accountId={id} serverId={server} />}</Route>
      <Route path="/accounts/:id/:tab?">{({ id, tab }) => <AccountPage key={id} accountId={id} tab={tab ?? 'servers'} />}</Route>
      <Route path="/playground"><PlaygroundPage /></Route>
      <Route path="/approvals"><ApprovalsPage /></Route>
      <Route path="/log"><CallLogPage /></Route>
      <Route path="/usage"><UsagePage /></Route>
      <Route path="/keys"><KeysPage /></Route>
      <Route path="/audit"><AuditPage /></Route>
      <Route path="/regions"><RegionsPage /></Route>
      <Route>
        <PageHead title="There is no such page" />
        <Empty icon="search" title="Nothing is at this address">Choose a page from the menu.</Empty>
      </Route>
    </Switch>
  );
}
