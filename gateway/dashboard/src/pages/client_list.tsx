// What each client of an MCP server saw, and how it sees what has changed since.
import { Alert, Badge, Paper, ScrollArea, Table, Text, Title } from '@mantine/core';

import { useClients } from '../api/queries';
import type { McpClient } from '../api/types';
import { Loaded } from '../components/states';
import { Time } from '../components/time';

export function ClientList({ accountId, serverId }: { accountId: string; serverId: string }) {
  const clients = useClients(accountId, serverId);
  return (
    <Paper withBorder p="md">
      <Title order={2} size="h4" mb="sm">What each client saw</Title>
      <Loaded query={clients}>
        {(all) => (all.length === 0
          ? <Text size="sm" c="dimmed">No client has come yet.</Text>
          : (
            <>
              {all.some(({ is_current: current }) => current === false) && (
                <Alert color="yellow" variant="light" mb="sm" title="Some have an older list of tools">
                  <Text size="sm">
                    ChatGPT keeps a copy: Settings → Apps &amp; Connectors → this connector → Refresh. Claude and most others
                    list the tools anew when a conversation begins or the connector is switched off and on.
                  </Text>
                </Alert>
              )}
              <ScrollArea type="auto" viewportProps={{ tabIndex: 0 }}>
                <Table miw={560} fz="sm" aria-label="Clients">
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>Client</Table.Th><Table.Th>Protocol</Table.Th><Table.Th>Tools</Table.Th><Table.Th>Last seen</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>{all.map((client, index) => <Row key={index} client={client} />)}</Table.Tbody>
                </Table>
              </ScrollArea>
            </>
          ))}
      </Loaded>
    </Paper>
  );
}

function Row({ client }: { client: McpClient }) {
  return (
    <Table.Tr>
      <Table.Td className="wrap" title={client.user_agent ?? undefined}>
        {client.name ?? 'unknown'} {client.version}
      </Table.Td>
      <Table.Td>{client.protocol_version ?? client.era}</Table.Td>
      <Table.Td><Tools client={client} /></Table.Td>
      <Table.Td><Time value={client.last_seen_at} /></Table.Td>
    </Table.Tr>
  );
}

function Tools({ client }: { client: McpClient }) {
  if (client.is_current === null) return <Badge variant="default" tt="none">not listed</Badge>;
  return client.is_current
    ? <Badge color="green" variant="light" tt="none">as now</Badge>
    : <Badge color="yellow" variant="light" tt="none">older</Badge>;
}
