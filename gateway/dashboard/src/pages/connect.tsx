// Connecting a Zoho account, or one again: five ways to the same end.
import { Alert, Anchor, Button, Code, Group, List, Loader, Paper, PasswordInput, Select, Stack, Tabs, Text, TextInput, Title } from '@mantine/core';
import { type FormEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { Link } from 'wouter';

import {
  useAccount, useAccounts, useConnect, useConnectLink, useConsent, useDevice, useDevicePoll, useReconnect, useRegions,
  useRevokeConnectLink,
} from '../api/queries';
import type { Account, ConnectTarget, DeviceConnect } from '../api/types';
import { CopyBlock } from '../components/copy';
import { Icon } from '../components/icon';
import { Needs } from '../components/needs';
import { PageHead } from '../components/page';
import { Failure } from '../components/states';
import { momentText } from '../components/time';

const WATCH_MS = 2000;

// `accountId` names the account to connect again.
export default function ConnectPage({ accountId }: { accountId?: string }) {
  const [done, setDone] = useState<Account>();
  const account = useAccounts().data?.find(({ id }) => id === accountId);
  const title = accountId === undefined ? 'Connect an account' : `Reconnect ${account?.name ?? 'the account'}`;
  const back = accountId === undefined
    ? { to: '/accounts', label: 'Integrated accounts' }
    : { to: `/accounts/${accountId}/zoho`, label: account?.name ?? 'The account' };
  if (done !== undefined) {
    return <><PageHead title={title} back={back} /><Connected account={done} /></>;
  }
  return (
    <>
      <PageHead title={title} back={back}
        about={accountId === undefined ? 'By an administrator of the Zoho organisation, so that users and departments can be read.'
          : 'By a user of the same Zoho organisation. Its id and its MCP URLs stay.'} />
      <Needs role="admin"><Ways accountId={accountId} onDone={setDone} /></Needs>
    </>
  );
}

interface Way {
  accountId: string | undefined;
  onDone: (account: Account) => void;
}

function Ways(way: Way) {
  return (
    <Tabs defaultValue="consent" keepMounted={false}>
      <Tabs.List mb="md">
        <Tabs.Tab value="consent">Consent page</Tabs.Tab>
        <Tabs.Tab value="link">Link for a customer</Tabs.Tab>
        <Tabs.Tab value="grant_code">Grant code</Tabs.Tab>
        <Tabs.Tab value="refresh_token">Refresh token</Tabs.Tab>
        <Tabs.Tab value="device">Device</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="consent"><ByConsent {...way} /></Tabs.Panel>
      <Tabs.Panel value="link"><ByLink {...way} /></Tabs.Panel>
      <Tabs.Panel value="grant_code"><ByCredential {...way} kind="grant_code" /></Tabs.Panel>
      <Tabs.Panel value="refresh_token"><ByCredential {...way} kind="refresh_token" /></Tabs.Panel>
      <Tabs.Panel value="device"><ByDevice {...way} /></Tabs.Panel>
    </Tabs>
  );
}

function Connected({ account }: { account: Account }) {
  return (
    <Alert color="green" variant="light" icon={<Icon name="check" />} title={`${account.name} is connected`}>
      <Stack gap="sm" align="flex-start">
        <Text size="sm">
          {account.user_email} · organisation {account.organization_id} · {account.region.toUpperCase()}
          {account.organization_admin ? '' : '. Not an administrator: tools of users and departments need one.'}
        </Text>
        {(account.missing_scopes ?? []).length > 0 && (
          <List size="sm">
            {account.missing_scopes!.map(({ scope, tools }) => (
              <List.Item key={scope}>Not granted: <Code>{scope}</Code>, for {tools.join(', ')}</List.Item>
            ))}
          </List>
        )}
        <Button component={Link} href={`/accounts/${account.id}`}>Go to the account</Button>
      </Stack>
    </Alert>
  );
}

function Card({ about, children }: { about: string; children: ReactNode }) {
  return (
    <Paper withBorder p="md" maw={640}>
      <Stack><Text size="sm">{about}</Text>{children}</Stack>
    </Paper>
  );
}

// The regions that can be connected; with `any`, also to leave the choice to Zoho.
function RegionField({ value, onChange, any = false, error }: {
  value: string;
  onChange: (region: string) => void;
  any?: boolean;
  error?: string | undefined;
}) {
  const regions = useRegions();
  const data = [
    ...(any ? [{ value: '', label: 'Zoho finds it' }] : []),
    ...(regions.data ?? []).filter(({ connectable }) => connectable).map(({ code, name }) => ({ value: code, label: name })),
  ];
  useEffect(() => {
    if (!any && value === '' && data[0] !== undefined) onChange(data[0].value);
  });
  return (
    <Select label="Data centre" data={data} value={value} allowDeselect={false} error={error}
      onChange={(region) => onChange(region ?? '')} />
  );
}

function NameField({ value, onChange, error }: { value: string; onChange: (name: string) => void; error?: string | undefined }) {
  return (
    <TextInput label="Name" description="Left empty, the organisation's own" value={value} maxLength={120} error={error}
      onChange={({ currentTarget }) => onChange(currentTarget.value)} />
  );
}

// What a consent, link or device is to connect, from a form.
function useTarget(accountId: string | undefined) {
  const [name, setName] = useState('');
  const [region, setRegion] = useState('');
  const target: ConnectTarget = useMemo(() => ({
    ...(name.trim() === '' ? {} : { name: name.trim() }),
    ...(region === '' ? {} : { region }),
    ...(accountId === undefined ? {} : { account: accountId }),
  }), [name, region, accountId]);
  const fields = (
    <>
      {accountId === undefined && <NameField value={name} onChange={setName} />}
      {accountId === undefined && <RegionField value={region} onChange={setRegion} any />}
    </>
  );
  return { target, fields };
}

// Looks for an account that was not there, or was changed, since `watching` began.
function useArrival({ accountId, onDone }: Way, watching: boolean) {
  const accounts = useAccounts(watching ? WATCH_MS : false);
  const before = useRef<Map<string, string> | undefined>(undefined);
  useEffect(() => {
    if (!watching || accounts.data === undefined) return;
    if (before.current === undefined) {
      before.current = new Map(accounts.data.map(({ id, updated_at: at }) => [id, at]));
      return;
    }
    const known = before.current;
    const arrived = accounts.data.find(({ id, updated_at: at }) =>
      (accountId === undefined ? !known.has(id) || known.get(id) !== at : id === accountId && known.get(id) !== at));
    if (arrived !== undefined) onDone(arrived);
  }, [accounts.data, watching, accountId, onDone]);
}

function Waiting({ children }: { children: string }) {
  return <Group gap="xs" role="status"><Loader size="xs" /><Text size="sm">{children}</Text></Group>;
}

function ByConsent(way: Way) {
  const { target, fields } = useTarget(way.accountId);
  const consent = useConsent();
  useArrival(way, consent.data !== undefined);
  return (
    <Card about="Zoho asks in a page of its own what this mesh may do, and this page goes on when you have agreed.">
      {consent.data === undefined
        ? (
          <>
            {fields}
            {consent.error && <Failure error={consent.error} />}
            <Group><Button loading={consent.isPending} onClick={() => consent.mutate(target)}>Begin</Button></Group>
          </>
        )
        : (
          <>
            <Group>
              <Button component="a" href={consent.data.authorization_url} target="_blank" rel="noreferrer"
                leftSection={<Icon name="link" />}>Continue at Zoho</Button>
              <Button variant="default" onClick={() => consent.reset()}>Start over</Button>
            </Group>
            <Waiting>Waiting until Zoho sends you back. The page it opens may be closed then.</Waiting>
          </>
        )}
    </Card>
  );
}

const LIFETIMES = [
  { value: '86400', label: 'A day' },
  { value: '604800', label: 'A week' },
  { value: '2592000', label: '30 days' },
];

function ByLink(way: Way) {
  const { target, fields } = useTarget(way.accountId);
  const [lifetime, setLifetime] = useState('604800');
  const link = useConnectLink();
  const revoke = useRevokeConnectLink();
  const alive = link.data !== undefined && !revoke.isSuccess;
  useArrival(way, alive);
  return (
    <Card about="Send it to whoever administers the Zoho organisation. It works once, without an API key.">
      {link.data === undefined
        ? (
          <>
            {fields}
            <Select label="Works for" data={LIFETIMES} value={lifetime} allowDeselect={false}
              onChange={(value) => setLifetime(value ?? '604800')} />
            {link.error && <Failure error={link.error} />}
            <Group>
              <Button loading={link.isPending}
                onClick={() => link.mutate({ ...target, expires_in_seconds: Number(lifetime) })}>Make a link</Button>
            </Group>
          </>
        )
        : (
          <>
            {alive && <CopyBlock value={link.data.url} label="link" about={`Until ${momentText(link.data.expires_at)}:`} />}
            {alive && <Waiting>Waiting for the customer. You may leave this page.</Waiting>}
            {revoke.isSuccess && <Text size="sm" role="status">The link is revoked.</Text>}
            {revoke.error && <Failure error={revoke.error} />}
            <Group>
              {alive && (
                <Button variant="light" color="red" loading={revoke.isPending} onClick={() => revoke.mutate(link.data.id)}>
                  Revoke the link
                </Button>
              )}
              <Button variant="default" onClick={() => { link.reset(); revoke.reset(); }}>Make another</Button>
            </Group>
          </>
        )}
    </Card>
  );
}

const CREDENTIALS = {
  grant_code: { label: 'Grant code', about: 'Of a self client in Zoho’s API console. It is good for some minutes, once.' },
  refresh_token: { label: 'Refresh token', about: 'Of an OAuth client that this mesh is configured with.' },
};

function ByCredential({ accountId, onDone, kind }: Way & { kind: keyof typeof CREDENTIALS }) {
  const connect = useConnect();
  const reconnect = useReconnect(accountId ?? '');
  const change = accountId === undefined ? connect : reconnect;
  const current = useAccount(accountId ?? '');
  const [name, setName] = useState('');
  const [region, setRegion] = useState('');
  const [secret, setSecret] = useState('');
  const { label, about } = CREDENTIALS[kind];
  const { error } = change;
  const wrong = (field: string) => (error?.field === field ? error.message : undefined);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({
      region: accountId === undefined ? region : current.data?.region ?? '',
      ...(name.trim() === '' ? {} : { name: name.trim() }),
      [kind]: secret.trim(),
    }, { onSuccess: onDone });
  };
  return (
    <Card about={about}>
      <form onSubmit={submit} noValidate>
        <Stack>
          {accountId === undefined && <NameField value={name} onChange={setName} error={wrong('name')} />}
          {accountId === undefined && <RegionField value={region} onChange={setRegion} error={wrong('region')} />}
          <PasswordInput label={label} value={secret} required autoComplete="off" error={wrong(kind)}
            visibilityToggleButtonProps={{ 'aria-label': `Show the ${label.toLowerCase()}` }}
            onChange={({ currentTarget }) => setSecret(currentTarget.value)} />
          {error && !['name', 'region', kind].includes(error.field ?? '') && <Failure error={error} />}
          <Group><Button type="submit" loading={change.isPending} disabled={secret.trim() === ''}>Connect</Button></Group>
        </Stack>
      </form>
    </Card>
  );
}

function ByDevice(way: Way) {
  const { target, fields } = useTarget(way.accountId);
  const device = useDevice();
  return (
    <Card about="For somebody who sits at another machine: they type a code at Zoho.">
      {device.data === undefined
        ? (
          <>
            {fields}
            {device.error && <Failure error={device.error} />}
            <Group><Button loading={device.isPending} onClick={() => device.mutate(target)}>Get a code</Button></Group>
          </>
        )
        : <DeviceWait device={device.data} onDone={way.onDone} onRestart={() => device.reset()} />}
    </Card>
  );
}

function DeviceWait({ device, onDone, onRestart }: {
  device: DeviceConnect;
  onDone: (account: Account) => void;
  onRestart: () => void;
}) {
  const { mutateAsync: poll, error } = useDevicePoll();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let over = false;
    const ask = async (handle: string) => {
      const answer = await poll(handle);
      if (over) return;
      if (answer.state === 'connected') onDone(answer.account);
      else wait(answer.handle, answer.retry_after_seconds);
    };
    // An error ends the asking and is shown.
    const wait = (handle: string, seconds: number) => {
      timer = setTimeout(() => void ask(handle).catch(() => undefined), Math.max(1, seconds) * 1000);
    };
    wait(device.handle, device.interval_seconds);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [device, onDone, poll]);
  return (
    <>
      <div>
        <Text size="sm">Open <Anchor href={device.verification_url_complete || device.verification_url} target="_blank" rel="noreferrer">
          {device.verification_url}</Anchor> and enter</Text>
        <Title order={2} ff="monospace" mt="xs">{device.user_code}</Title>
      </div>
      {error ? <Failure error={error} /> : <Waiting>{`Waiting for Zoho, until ${momentText(device.expires_at)}.`}</Waiting>}
      <Group><Button variant="default" onClick={onRestart}>Start over</Button></Group>
    </>
  );
}
