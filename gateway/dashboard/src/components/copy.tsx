// Text to copy with one click.
import { Button, Code, CopyButton, Group, Stack, Text } from '@mantine/core';

import { Icon } from './icon';

export function Copy({ value, label, variant = 'default' }: { value: string; label: string; variant?: string }) {
  return (
    <CopyButton value={value} timeout={2000}>
      {({ copied, copy }) => (
        <Button variant={variant} size="xs" onClick={copy} aria-live="polite" miw={120}
          leftSection={<Icon name={copied ? 'check' : 'copy'} size={14} />}>
          {copied ? 'Copied' : label}
        </Button>
      )}
    </CopyButton>
  );
}

// `label` names what the block holds, for the button too.
export function CopyBlock({ value, label, about }: { value: string; label: string; about?: string }) {
  return (
    <Stack gap="xs">
      {about && <Text size="sm">{about}</Text>}
      <Code block tabIndex={0} role="region" aria-label={label}
        style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{value}</Code>
      <Group><Copy value={value} label={`Copy ${label}`} variant="light" /></Group>
    </Stack>
  );
}
