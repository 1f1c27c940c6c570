// The head of each page: where one is, what it is for, what can be done.
import { Anchor, Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { Link } from 'wouter';

import { Icon } from './icon';

export function PageHead({ title, about, back, actions }: {
  title: string;
  about?: ReactNode;
  back?: { to: string; label: string };
  actions?: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · zoho-mcp-mesh`;
  }, [title]);
  return (
    <Stack gap={4} mb="lg">
      {back && (
        <Anchor component={Link} href={back.to} size="sm" w="fit-content">
          <Group gap={4} wrap="nowrap"><Icon name="back" size={14} />{back.label}</Group>
        </Anchor>
      )}
      <Group justify="space-between" align="flex-start" gap="sm">
        <Title order={1} size="h2" style={{ overflowWrap: 'anywhere' }}>{title}</Title>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {about && <Text size="sm" c="dimmed" maw={720}>{about}</Text>}
    </Stack>
  );
}
