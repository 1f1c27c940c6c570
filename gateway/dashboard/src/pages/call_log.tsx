// Every tool call, newest first.
import { Button, Group, Select, Stack, Switch, Text } from '@mantine/core';
import { useCallback, useMemo, useState } from 'react';

import { useAccounts, useAudit, useTools } from '../api/queries';
import type { AuditEvent } from '../api/types';
import { EventDrawer, Outcome, sinceOf, SPAN_CHOICES, useFilter, useNames } from '../components/events';
import { Needs } from '../components/needs';
import { PageHead } from '../components/page';
import { Empty, Failure, Loading } from '../components/states';
import { shortText } from '../components/time';
import { ToolName } from '../components/tool_name';
import { type Column, VirtualList } from '../components/virtual_list';

const OUTCOMES = [
  { value: '', label: 'Any outcome' },
  { value: 'ok', label: 'ok' },
  { value: 'error', label: 'Any error' },
  { value: 'ZOHO_RATE_LIMITED', label: 'Limited by Zoho' },
  { value: 'ARGUMENT_INVALID', label: 'Wrong argument' },
];

const FOLLOW_MS = 2000;

export default function CallLogPage() {
  return (
    <>
      <PageHead title="Call log" about="Every tool call: of clients through their URLs, and by hand. Newest first." />
      <Needs role="operator"><Log /></Needs>
    </>
  );
}

function Log() {
  const [filter, set] = useFilter();
  const [span, setSpan] = useState('');
  const [follow, setFollow] = useState(false);
  const [opened, setOpened] = useState<AuditEvent>();
  const nameOf = useNames();
  const { data: accounts = [] } = useAccounts();
  const { data: tools = [] } = useTools(filter.account ?? accounts[0]?.id ?? '');
  const since = sinceOf(span);
  const log = useAudit({ ...filter, action: 'tool.call', ...(since === undefined ? {} : { since }) },
    follow ? FOLLOW_MS : false);
  const { hasNextPage, isFetching, fetchNextPage } = log;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  const columns = useMemo((): Column<AuditEvent>[] => [
    { name: 'When', width: '124px', cell: ({ time }) => shortText(time) },
    { name: 'Tool', width: 'minmax(96px, 2fr)', cell: ({ tool }) => <ToolName name={tool} /> },
    { name: 'Who', wide: true, width: 'minmax(140px, 1fr)', cell: ({ actor, mcp_server: server }) => nameOf(server || actor) },
    { name: 'Outcome', width: 'minmax(80px, 190px)', cell: ({ outcome }) => <Outcome value={outcome} /> },
    { name: 'Took', wide: true, width: '80px', cell: ({ duration_ms: ms }) => `${Math.round(ms)} ms` },
  ], [nameOf]);

  return (
    <Stack gap="sm">
      <Group gap="sm" align="flex-end">
        <Select label="Account" w={{ base: '100%', xs: 200 }} value={filter.account ?? ''} onChange={(value) => set('account', value ?? '')}
          data={[{ value: '', label: 'Any account' }, ...accounts.map(({ id, name }) => ({ value: id, label: name }))]} />
        <Select label="Tool" w={{ base: '100%', xs: 260 }} searchable value={filter.tool ?? ''} onChange={(value) => set('tool', value ?? '')}
          data={[{ value: '', label: 'Any tool' }, ...tools.map(({ name, title }) => ({ value: name, label: title }))]} />
        <Select label="Outcome" w={170} data={OUTCOMES} value={filter.outcome ?? ''} onChange={(value) => set('outcome', value ?? '')} />
        <Select label="When" w={150} data={SPAN_CHOICES} value={span} onChange={(value) => setSpan(value ?? '')} />
        {filter.mcp_server !== undefined && (
          <Button variant="light" onClick={() => set('mcp_server', '')} title="Show the calls of every MCP server">
            {nameOf(filter.mcp_server)} ×
          </Button>
        )}
        <Switch label="Follow" checked={follow} mb={8} onChange={({ currentTarget }) => setFollow(currentTarget.checked)} />
      </Group>
      {log.error && <Failure error={log.error} retry={() => void log.refetch()} />}
      {log.isPending && <Loading rows={8} />}
      {log.isSuccess && log.events.length === 0 && (
        <Empty icon="log" title="No call fits">Calls appear here within seconds, once a client makes one.</Empty>
      )}
      {log.events.length > 0 && (
        <>
          <VirtualList label="Calls" items={log.events} columns={columns} keyOf={({ id }) => id} onOpen={setOpened}
            onEnd={onEnd} height="calc(100dvh - 300px)" />
          <Text size="sm" c="dimmed" role="status">
            {log.events.length} {log.hasNextPage ? 'newest calls; older ones come as you scroll' : log.events.length === 1 ? 'call' : 'calls'}
          </Text>
        </>
      )}
      <EventDrawer event={opened} onClose={() => setOpened(undefined)} nameOf={nameOf} />
    </Stack>
  );
}
