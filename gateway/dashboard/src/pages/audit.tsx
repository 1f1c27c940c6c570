// Every action of anybody, and whether the log is as it was written.
import { Alert, Anchor, Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';

import { type ApiError, withQuery } from '../api/client';
import { useAudit, verifyAudit } from '../api/queries';
import type { AuditEvent, AuditVerification } from '../api/types';
import { EventDrawer, Outcome, sinceOf, SPAN_CHOICES, useFilter, useNames } from '../components/events';
import { Icon } from '../components/icon';
import { Needs } from '../components/needs';
import { PageHead } from '../components/page';
import { useMay } from '../components/session';
import { Empty, Failure, Loading } from '../components/states';
import { shortText } from '../components/time';
import { type Column, VirtualList } from '../components/virtual_list';

const ACTIONS = [
  { value: '', label: 'Any action' },
  { value: 'tool.', label: 'Tool calls' },
  { value: 'account.', label: 'Accounts' },
  { value: 'mcp_server.', label: 'MCP servers' },
  { value: 'api_key.', label: 'API keys' },
];

const OUTCOMES = [
  { value: '', label: 'Any outcome' },
  { value: 'ok', label: 'ok' },
  { value: 'error', label: 'Any error' },
];

export default function AuditPage() {
  const mayRead = useMay('operator');
  return (
    <>
      <PageHead title="Audit" actions={mayRead && <Verify />}
        about="Every management action and every tool call. Each event holds a hash over itself and the one before." />
      <Needs role="operator"><Events /></Needs>
    </>
  );
}

function Verify() {
  const [events, setEvents] = useState(0);
  const verify = useMutation<AuditVerification, ApiError>({ mutationFn: () => verifyAudit(setEvents) });
  return (
    <Stack gap="xs" align="flex-end">
      <Button variant="default" leftSection={<Icon name="shield" />} loading={verify.isPending}
        onClick={() => verify.mutate()}>Verify the chain</Button>
      {verify.isPending && <Text size="sm" role="status">{events} events so far</Text>}
      {verify.error && <Failure error={verify.error} />}
      {verify.data && (
        <Alert color={verify.data.intact ? 'green' : 'red'} variant="light" role="status" py="xs">
          {verify.data.intact
            ? `${verify.data.events} events are as they were written.`
            : `Event ${verify.data.broken ?? ''} is not as it was written: ${verify.data.problem ?? ''}`}
        </Alert>
      )}
    </Stack>
  );
}

function Events() {
  const [filter, set] = useFilter();
  const [span, setSpan] = useState('');
  const [opened, setOpened] = useState<AuditEvent>();
  const nameOf = useNames();
  const since = sinceOf(span);
  const wanted = { ...filter, ...(since === undefined ? {} : { since }) };
  const log = useAudit(wanted);
  const { hasNextPage, isFetching, fetchNextPage } = log;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  const columns = useMemo((): Column<AuditEvent>[] => [
    { name: 'Number', wide: true, width: '80px', cell: ({ sequence }) => sequence },
    { name: 'When', width: '124px', cell: ({ time }) => shortText(time) },
    { name: 'Action', width: 'minmax(90px, 1fr)', cell: ({ action }) => action },
    { name: 'Who', wide: true, width: 'minmax(130px, 1fr)', cell: ({ actor }) => nameOf(actor) },
    { name: 'On', wide: true, width: 'minmax(150px, 1fr)', cell: (event) => event.tool || nameOf(event.mcp_server || event.account) },
    { name: 'Outcome', width: 'minmax(80px, 190px)', cell: ({ outcome }) => <Outcome value={outcome} /> },
  ], [nameOf]);

  return (
    <Stack gap="sm">
      <Group gap="sm" align="flex-end">
        <Select label="Action" w={170} data={ACTIONS} value={filter.action ?? ''} onChange={(value) => set('action', value ?? '')} />
        <Select label="Outcome" w={150} data={OUTCOMES} value={filter.outcome ?? ''} onChange={(value) => set('outcome', value ?? '')} />
        <Select label="When" w={150} data={SPAN_CHOICES} value={span} onChange={(value) => setSpan(value ?? '')} />
        <ById label="Who (id)" value={filter.actor ?? ''} onChange={(value) => set('actor', value)} />
        <ById label="Request (id)" value={filter.request_id ?? ''} onChange={(value) => set('request_id', value)} />
        <Anchor href={withQuery('/audit', { ...wanted, format: 'jsonl', limit: 1000 })} download="audit.jsonl" size="sm" mb={8}>
          Download as JSON lines
        </Anchor>
      </Group>
      {log.error && <Failure error={log.error} retry={() => void log.refetch()} />}
      {log.isPending && <Loading rows={8} />}
      {log.isSuccess && log.events.length === 0 && <Empty icon="shield" title="No event fits">Widen the filter.</Empty>}
      {log.events.length > 0 && (
        <>
          <VirtualList label="Audit events" items={log.events} columns={columns} keyOf={({ id }) => id} onOpen={setOpened}
            onEnd={onEnd} height="calc(100dvh - 300px)" />
          <Text size="sm" c="dimmed" role="status">
            {log.events.length} {log.hasNextPage ? 'newest events; older ones come as you scroll' : 'events'}
          </Text>
        </>
      )}
      <EventDrawer event={opened} onClose={() => setOpened(undefined)} nameOf={nameOf} />
    </Stack>
  );
}

// Filters when one is done typing.
function ById({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <TextInput key={value} label={label} w={160} defaultValue={value} onBlur={({ currentTarget }) => onChange(currentTarget.value.trim())}
      onKeyDown={(event) => { if (event.key === 'Enter') onChange(event.currentTarget.value.trim()); }} />
  );
}
