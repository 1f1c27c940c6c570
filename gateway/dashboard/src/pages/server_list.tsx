// The MCP servers of an account.
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useDeferredValue, useState } from 'react';
import { Link, useLocation } from 'wouter';

import { useServers } from '../api/queries';
import type { McpServer } from '../api/types';
import { Icon } from '../components/icon';
import { Rights } from '../components/rights';
import { useMay } from '../components/session';
import { Empty, Loaded } from '../components/states';
import { Time } from '../components/time';
import { type Column, VirtualList } from '../components/virtual_list';

const COLUMNS: Column<McpServer>[] = [
  { name: 'Name', width: 'minmax(120px, 2fr)', cell: ({ name }) => <Text fw={500} size="sm" truncate>{name}</Text> },
  { name: 'Rights', wide: true, width: 'minmax(200px, 2fr)', cell: ({ config }) => <Rights config={config} /> },
  { name: 'Expires', width: '120px', cell: ({ expires_at: at }) => (at === null ? 'never' : <Time value={at} />) },
  { name: 'Made', wide: true, width: '120px', cell: ({ created_at: at }) => <Time value={at} /> },
];

function fits(server: McpServer, words: string[]): boolean {
  const text = [server.name, server.id, ...server.config.methods, ...server.config.tags].join(' ').toLowerCase();
  return words.every((word) => text.includes(word));
}

export function ServerList({ accountId }: { accountId: string }) {
  const servers = useServers(accountId);
  const mayCreate = useMay('operator');
  const [, navigate] = useLocation();
  const [search, setSearch] = useState('');
  const words = useDeferredValue(search).toLowerCase().split(/\s+/).filter(Boolean);
  return (
    <Loaded query={servers}>
      {(all) => {
        if (all.length === 0) {
          return (
            <Empty icon="link" title="No MCP server yet">
              <span>An MCP server is a URL with rights on this account, for one client.</span>
              {mayCreate && (
                <Button component={Link} href={`/accounts/${accountId}/servers/new`} leftSection={<Icon name="plus" />}>
                  Create an MCP server
                </Button>
              )}
            </Empty>
          );
        }
        const found = words.length === 0 ? all : all.filter((server) => fits(server, words));
        return (
          <Stack gap="sm">
            <Group justify="space-between">
              <TextInput value={search} onChange={({ currentTarget }) => setSearch(currentTarget.value)}
                aria-label="Search MCP servers" placeholder="Name, tag, method or id" leftSection={<Icon name="search" />}
                w={{ base: '100%', xs: 320 }} type="search" />
              <Text size="sm" c="dimmed" role="status">
                {found.length === all.length ? `${all.length} MCP ${all.length === 1 ? 'server' : 'servers'}` : `${found.length} of ${all.length}`}
              </Text>
            </Group>
            {found.length === 0
              ? <Empty icon="search" title="None fits">Search for something else.</Empty>
              : (
                <VirtualList label="MCP servers" items={found} columns={COLUMNS} keyOf={({ id }) => id}
                  height="calc(100dvh - 330px)"
                  onOpen={({ id }) => navigate(`/accounts/${accountId}/servers/${id}`)} />
              )}
          </Stack>
        );
      }}
    </Loaded>
  );
}
