// What stands in place of content that is not there: loading, failed, empty.
import { Alert, Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import type { ApiError } from '../api/client';
import { Icon, type IconName } from './icon';
import { Prose } from './prose';

export function Loading({ rows = 4, height = 44 }: { rows?: number; height?: number }) {
  return (
    <Stack gap="xs" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => <Skeleton key={row} height={height} />)}
    </Stack>
  );
}

export function Failure({ error, retry }: { error: ApiError; retry?: () => void }) {
  return (
    <Alert color="red" variant="light" title="That did not work" icon={<Icon name="alert" />} role="alert">
      <Text size="sm"><Prose text={error.message} /></Text>
      <Group mt="xs" gap="sm">
        <Text size="xs" ff="monospace">{error.body.reason}</Text>
        {retry && <Button size="xs" variant="default" onClick={retry}>Try again</Button>}
      </Group>
    </Alert>
  );
}

export function Empty({ icon, title, children }: { icon: IconName; title: string; children?: ReactNode }) {
  return (
    <Stack align="center" gap="xs" py={48} px="md">
      <Icon name={icon} size={36} />
      <Text fw={600} ta="center">{title}</Text>
      <Stack align="center" gap="sm" maw={460} ta="center" fz="sm">{children}</Stack>
    </Stack>
  );
}

// The content of a query, or what stands in its place, below `head`.
export function Loaded<Data>({ query, head, loading, children }: {
  query: Pick<UseQueryResult<Data, ApiError>, 'data' | 'error' | 'refetch'>;
  head?: ReactNode;
  loading?: ReactNode;
  children: (data: Data) => ReactNode;
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  return (
    <>
      {head}
      {query.error ? <Failure error={query.error} retry={() => void query.refetch()} /> : loading ?? <Loading />}
    </>
  );
}
