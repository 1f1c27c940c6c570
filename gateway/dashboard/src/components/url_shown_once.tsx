// A new MCP URL, which nobody sees again, and how each client takes it.
import { Alert, Group, Paper, Stack, Tabs, Text, Title } from '@mantine/core';

import { snippetsFor } from '../api/snippets';
import type { McpServerWithUrl } from '../api/types';
import { Copy, CopyBlock } from './copy';
import { Icon } from './icon';
import { momentText } from './time';

export function UrlShownOnce({ server }: { server: McpServerWithUrl }) {
  const snippets = snippetsFor(server.url, server.config.require_api_token_auth);
  return (
    <Stack>
      <Alert color="green" variant="light" title={`The URL of ${server.name}`} icon={<Icon name="check" />}>
        <Stack gap="xs">
          <Text size="sm">
            It is shown once: copy it now. Whoever has it may do what its rights allow; rotate or revoke it where it leaks.
            {server.previous_expires_at !== undefined &&
              ` The URL before works until ${momentText(server.previous_expires_at)}.`}
          </Text>
          <Group gap="sm" align="center">
            <Text ff="monospace" size="sm" className="wrap" data-testid="mcp-url" style={{ flex: '1 1 260px' }}>{server.url}</Text>
            <Copy value={server.url} label="Copy URL" variant="filled" />
          </Group>
        </Stack>
      </Alert>
      <Paper withBorder p="md">
        <Title order={2} size="h4" mb="sm">Paste it into a client</Title>
        <Tabs defaultValue={snippets[0]!.client}>
          <Tabs.List mb="md">
            {snippets.map(({ client }) => <Tabs.Tab key={client} value={client}>{client}</Tabs.Tab>)}
          </Tabs.List>
          {snippets.map(({ client, where, text }) => (
            <Tabs.Panel key={client} value={client}>
              <CopyBlock value={text} about={where} label={`snippet for ${client}`} />
            </Tabs.Panel>
          ))}
        </Tabs>
      </Paper>
    </Stack>
  );
}
