// How an account stands, in a word and a colour.
import { Badge, Group, Progress, Stack, Text, Tooltip } from '@mantine/core';

import type { Account, TokenUsage } from '../api/types';

const STATES: Record<string, { label: string; color: string }> = {
  active: { label: 'Active', color: 'green' },
  reauthorization_required: { label: 'Reconnect needed', color: 'red' },
};

export function AccountState({ account }: { account: Account }) {
  const { label, color } = STATES[account.state] ?? { label: account.state.replaceAll('_', ' '), color: 'yellow' };
  const missing = account.missing_scopes?.length ?? 0;
  return (
    <Group gap={6}>
      <Badge color={color} variant="light" tt="none">{label}</Badge>
      {missing > 0 && (
        <Badge color="yellow" variant="light" tt="none">
          {missing} {missing === 1 ? 'scope' : 'scopes'} missing
        </Badge>
      )}
      {!account.organization_admin && (
        <Tooltip label="Users and departments are shown to administrators of the organisation only">
          <Badge variant="default" tt="none">no administrator</Badge>
        </Tooltip>
      )}
    </Group>
  );
}

// How much of what Zoho allows is used.
export function TokenGauge({ usage }: { usage: TokenUsage }) {
  const minutes = Math.round(usage.window_seconds / 60);
  return (
    <Stack gap="sm">
      <Gauge label={`Token requests in ${minutes} minutes`} used={usage.refreshes} most={usage.refresh_ceiling}
        about={`The mesh stops at ${usage.refresh_ceiling}, Zoho at ${usage.zoho_refresh_limit}`} />
      <Gauge label="Access tokens that may live" used={usage.live_access_tokens} most={usage.live_access_token_limit}
        about="Beyond, Zoho ends the oldest" />
      <Gauge label="Refresh tokens of the user" used={usage.refresh_tokens} most={usage.refresh_token_limit}
        about="Beyond, Zoho ends the oldest" />
    </Stack>
  );
}

function Gauge({ label, used, most, about }: { label: string; used: number; most: number; about: string }) {
  const share = most === 0 ? 0 : (used / most) * 100;
  return (
    <div>
      <Group justify="space-between" gap="xs">
        <Text size="sm">{label}</Text>
        <Text size="sm" fw={600}>{used} of {most}</Text>
      </Group>
      <Progress value={share} color={share >= 80 ? 'red' : share >= 60 ? 'yellow' : 'cyan'} aria-label={label} />
      <Text size="xs" c="dimmed">{about}</Text>
    </div>
  );
}
