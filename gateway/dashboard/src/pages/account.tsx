// One account: its MCP servers, and how it stands with Zoho.
import {
  Alert, Badge, Button, Code, Group, List, Paper, SimpleGrid, Stack, Table, Tabs, Text, TextInput, Title,
} from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type FormEvent, type ReactNode, useState } from 'react';
import { Link, useLocation } from 'wouter';

import { useAccount, useDisconnect, useRename } from '../api/queries';
import type { Account, Disconnected } from '../api/types';
import { AccountState, TokenGauge } from '../components/account_state';
import { Confirm } from '../components/confirm';
import { Icon } from '../components/icon';
import { PageHead } from '../components/page';
import { useMay } from '../components/session';
import { Loaded, Loading } from '../components/states';
import { momentText } from '../components/time';
import { ServerList } from './server_list';

const BACK = { to: '/accounts', label: 'Integrated accounts' };

export function AccountPage({ accountId, tab }: { accountId: string; tab: string }) {
  const account = useAccount(accountId);
  const [, navigate] = useLocation();
  const mayCreate = useMay('operator');
  return (
    <Loaded query={account} head={<PageHead title="Account" back={BACK} />} loading={<Loading rows={4} height={80} />}>
      {(found) => (
        <>
          <PageHead title={found.name} back={BACK}
            about={`${found.user_email} · organisation ${found.organization_id} · ${found.region.toUpperCase()}`}
            actions={mayCreate && (
              <Button component={Link} href={`/accounts/${accountId}/servers/new`} leftSection={<Icon name="plus" />}>
                Create an MCP server
              </Button>
            )} />
          <Warnings account={found} />
          <Tabs value={tab} onChange={(next) => navigate(`/accounts/${accountId}/${next}`, { replace: true })}>
            <Tabs.List mb="md">
              <Tabs.Tab value="servers">MCP servers</Tabs.Tab>
              <Tabs.Tab value="zoho">Zoho</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="servers">{tab === 'servers' && <ServerList accountId={accountId} />}</Tabs.Panel>
            <Tabs.Panel value="zoho">{tab === 'zoho' && <ZohoTab account={found} />}</Tabs.Panel>
          </Tabs>
        </>
      )}
    </Loaded>
  );
}

function Warnings({ account }: { account: Account }) {
  const warnings = account.token_usage?.warnings ?? [];
  if (account.state === 'active' && warnings.length === 0) return null;
  return (
    <Alert color={account.state === 'active' ? 'yellow' : 'red'} variant="light" mb="md" icon={<Icon name="alert" />}
      title={account.state === 'active' ? 'Zoho limits tokens' : 'Zoho does not accept this account any more'}>
      {account.state !== 'active' && (
        <Text size="sm">Reconnect it: its id and its MCP URLs stay. Until then calls fail.</Text>
      )}
      {warnings.map((warning) => <Text key={warning} size="sm">{warning}</Text>)}
    </Alert>
  );
}

function ZohoTab({ account }: { account: Account }) {
  const mayChange = useMay('admin');
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Paper withBorder p="md">
          <Title order={2} size="h4" mb="sm">Connection</Title>
          <Table variant="vertical" layout="auto" withRowBorders={false}>
            <Table.Tbody>
              <Fact name="State"><AccountState account={account} /></Fact>
              <Fact name="Data centre">{account.region}</Fact>
              {account.grant_region !== undefined && account.grant_region !== account.region && (
                <Fact name="Granted in">{account.grant_region}</Fact>
              )}
              <Fact name="Connected">{momentText(account.created_at)}</Fact>
              <Fact name="Account"><Code className="wrap">{account.id}</Code></Fact>
            </Table.Tbody>
          </Table>
        </Paper>
        {account.token_usage && (
          <Paper withBorder p="md">
            <Title order={2} size="h4" mb="sm">Tokens</Title>
            <TokenGauge usage={account.token_usage} />
          </Paper>
        )}
      </SimpleGrid>
      <Scopes account={account} />
      {mayChange && <Settings account={account} />}
    </Stack>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return <Table.Tr><Table.Th w={130} fw={500}>{name}</Table.Th><Table.Td>{children}</Table.Td></Table.Tr>;
}

function Scopes({ account }: { account: Account }) {
  const missing = account.missing_scopes ?? [];
  return (
    <Paper withBorder p="md">
      <Title order={2} size="h4" mb="sm">Scopes</Title>
      <Stack gap="sm">
        {missing.length > 0 && (
          <Alert color="yellow" variant="light" title="Not granted, so that some tools cannot be called">
            <List size="sm">
              {missing.map(({ scope, tools }) => <List.Item key={scope}><Code>{scope}</Code>: {tools.join(', ')}</List.Item>)}
            </List>
          </Alert>
        )}
        {account.scopes.length === 0
          ? <Text size="sm" c="dimmed">Zoho did not say which scopes were granted.</Text>
          : (
            <Group gap={6}>
              {account.scopes.map((scope) => (
                <Badge key={scope} variant="default" tt="none" ff="monospace" fw={400}>{scope}</Badge>
              ))}
            </Group>
          )}
      </Stack>
    </Paper>
  );
}

function Settings({ account }: { account: Account }) {
  const rename = useRename(account.id);
  const [name, setName] = useState(account.name);
  const save = (event: FormEvent) => {
    event.preventDefault();
    rename.mutate(name, { onSuccess: () => notifications.show({ message: 'The name is saved.' }) });
  };
  return (
    <Paper withBorder p="md">
      <Title order={2} size="h4" mb="sm">Settings</Title>
      <Stack>
        <form onSubmit={save}>
          <Group align="flex-end">
            <TextInput label="Name" value={name} maw={360} style={{ flex: 1 }} error={rename.error?.message}
              onChange={({ currentTarget }) => setName(currentTarget.value)} />
            <Button type="submit" variant="default" loading={rename.isPending} disabled={name === account.name}>
              Save
            </Button>
          </Group>
        </form>
        <Group>
          <Button component={Link} href={`/accounts/${account.id}/reconnect`} variant="default"
            leftSection={<Icon name="refresh" />}>Reconnect</Button>
          <Disconnect account={account} />
        </Group>
      </Stack>
    </Paper>
  );
}

function Disconnect({ account }: { account: Account }) {
  const [asked, setAsked] = useState(false);
  const disconnect = useDisconnect(account.id);
  const [left, setLeft] = useState<Disconnected>();
  const [, navigate] = useLocation();
  const confirm = async () => {
    const answer = await disconnect.mutateAsync(undefined);
    if (answer === undefined) {
      notifications.show({ message: `${account.name} is disconnected.` });
      navigate('/accounts');
    } else {
      setLeft(answer);
    }
  };
  if (left !== undefined) {
    return (
      <Alert color="yellow" variant="light" title="Disconnected here, but Zoho did not confirm it">
        <Text size="sm">{left.message} Revoke the access in Zoho’s account settings too.</Text>
      </Alert>
    );
  }
  return (
    <>
      <Button variant="light" color="red" leftSection={<Icon name="trash" />} onClick={() => setAsked(true)}>
        Disconnect
      </Button>
      <Confirm opened={asked} onClose={() => setAsked(false)} title={`Disconnect ${account.name}?`} action="Disconnect"
        onConfirm={confirm}>
        Every MCP URL of this account ends at once, and Zoho is asked to revoke the access. This cannot be undone.
      </Confirm>
    </>
  );
}
