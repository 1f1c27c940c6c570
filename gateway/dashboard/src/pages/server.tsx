// One MCP server: its rights to change, its URL to rotate or to revoke.
import { Button, Group, Modal, Paper, Select, Space, Stack, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';

import { useAccount, useRevoke, useRotate, useServer, useUpdateServer } from '../api/queries';
import type { McpServer } from '../api/types';
import { Confirm } from '../components/confirm';
import { Icon } from '../components/icon';
import { PageHead } from '../components/page';
import { Rights } from '../components/rights';
import { useMay } from '../components/session';
import { Failure, Loaded, Loading } from '../components/states';
import { momentText } from '../components/time';
import { UrlShownOnce } from '../components/url_shown_once';
import { ClientList } from './client_list';
import { ServerForm } from './server_form';

export function ServerPage({ accountId, serverId }: { accountId: string; serverId: string }) {
  const { data: account } = useAccount(accountId);
  const server = useServer(accountId, serverId);
  const mayChange = useMay('operator');
  const back = { to: `/accounts/${accountId}`, label: account?.name ?? 'The account' };
  return (
    <Loaded query={server} head={<PageHead title="MCP server" back={back} />} loading={<Loading rows={4} height={80} />}>
      {(found) => (
        <>
          <PageHead title={found.name} back={back}
            about={`Made ${momentText(found.created_at)}. ${found.expires_at === null
              ? 'It does not expire.' : `It expires ${momentText(found.expires_at)}.`}`}
            actions={mayChange && (
              <Button component={Link} variant="default" href={`/log?mcp_server=${serverId}`}
                leftSection={<Icon name="log" />}>Its calls</Button>
            )} />
          {mayChange
            ? <Changeable accountId={accountId} server={found} />
            : <Paper withBorder p="md"><Rights config={found.config} /></Paper>}
          <Space h="xl" />
          <ClientList accountId={accountId} serverId={serverId} />
        </>
      )}
    </Loaded>
  );
}

function Changeable({ accountId, server }: { accountId: string; server: McpServer }) {
  const update = useUpdateServer(accountId, server.id);
  return (
    <Stack gap="xl">
      <UrlActions accountId={accountId} server={server} />
      <ServerForm key={server.updated_at} accountId={accountId} initial={server} action="Save" busy={update.isPending}
        error={update.error}
        onSubmit={(input) => update.mutate(input, {
          onSuccess: () => notifications.show({ message: 'Saved. Clients see the change within a second.' }),
        })} />
    </Stack>
  );
}

const GRACE = [
  { value: '0', label: 'At once' },
  { value: '3600', label: 'After an hour' },
  { value: '86400', label: 'After a day' },
  { value: '604800', label: 'After a week' },
];

function UrlActions({ accountId, server }: { accountId: string; server: McpServer }) {
  const rotate = useRotate(accountId, server.id);
  const revoke = useRevoke(accountId);
  const [, navigate] = useLocation();
  const [asked, setAsked] = useState<'rotate' | 'revoke'>();
  const [grace, setGrace] = useState('86400');
  return (
    <>
      {rotate.data && <UrlShownOnce server={rotate.data} />}
      <Paper withBorder p="md">
        <Group justify="space-between">
          <div>
            <Title order={2} size="h4">The URL</Title>
            <Text size="sm" c="dimmed">It was shown when it was made. A new one can be made, the old one ending when you say.</Text>
          </div>
          <Group gap="xs">
            <Button variant="default" leftSection={<Icon name="refresh" />} onClick={() => setAsked('rotate')}>New URL</Button>
            <Button variant="light" color="red" leftSection={<Icon name="trash" />} onClick={() => setAsked('revoke')}>Revoke</Button>
          </Group>
        </Group>
      </Paper>
      <Modal opened={asked === 'rotate'} onClose={() => setAsked(undefined)} title="A new URL" centered
        closeButtonProps={{ 'aria-label': 'Close' }}>
        <Stack>
          <Select label="The URL before ends" data={GRACE} value={grace} allowDeselect={false}
            onChange={(value) => setGrace(value ?? '86400')} />
          {rotate.error && <Failure error={rotate.error} />}
          <Group justify="flex-end">
            <Button loading={rotate.isPending}
              onClick={() => rotate.mutate(Number(grace), { onSuccess: () => setAsked(undefined) })}>Make a new URL</Button>
          </Group>
        </Stack>
      </Modal>
      <Confirm opened={asked === 'revoke'} onClose={() => setAsked(undefined)} title={`Revoke ${server.name}?`}
        action="Revoke" onConfirm={async () => {
          await revoke.mutateAsync(server.id);
          notifications.show({ message: `${server.name} is revoked.` });
          navigate(`/accounts/${accountId}`);
        }}>
        Within a second its URL answers as if it had never been. This cannot be undone.
      </Confirm>
    </>
  );
}
