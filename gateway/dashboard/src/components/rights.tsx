// What a URL may do, in words.
import { Badge, Group } from '@mantine/core';

import type { McpServerConfig } from '../api/types';

export function Rights({ config }: { config: McpServerConfig }) {
  return (
    <Group gap={4} wrap="nowrap">
      <Badge variant="light" tt="none">{config.methods.length === 0 ? 'all methods' : config.methods.join(', ')}</Badge>
      <Badge variant="default" tt="none" fw={500}>{config.tags.length === 0 ? 'all tags' : config.tags.join(', ')}</Badge>
      {config.require_api_token_auth && <Badge variant="default" tt="none" fw={500}>second factor</Badge>}
      {config.reveal_secrets && <Badge color="yellow" variant="light" tt="none">secrets shown</Badge>}
    </Group>
  );
}
