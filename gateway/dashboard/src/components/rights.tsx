// What a URL may do, in words.
import { Text } from '@mantine/core';

import type { McpServerConfig } from '../api/types';

function rightsText(config: McpServerConfig): string {
  return [
    config.methods.length === 0 ? 'all methods' : config.methods.join(', '),
    config.tags.length === 0 ? 'all tags' : config.tags.join(', '),
    ...(config.require_api_token_auth ? ['second factor'] : []),
    ...(config.approval === 'none' ? [] : ['asks before writing']),
    ...(config.reveal_secrets ? ['secrets shown'] : []),
  ].join(' · ');
}

export function Rights({ config }: { config: McpServerConfig }) {
  const text = rightsText(config);
  return <Text size="sm" truncate title={text}>{text}</Text>;
}
