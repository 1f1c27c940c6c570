// Audit events: their outcome, their detail, and the filter as it stands in the address.
import { Anchor, Badge, Button, Code, Drawer, Group, Stack, Table, Text } from '@mantine/core';
import { type ReactNode, useMemo } from 'react';
import { Link, useSearchParams } from 'wouter';

import { withQuery } from '../api/client';
import { useAccounts, useApiKeys, useServerNames } from '../api/queries';
import type { AuditEvent, AuditFilter } from '../api/types';
import { CopyBlock } from './copy';
import { Icon } from './icon';
import { useMay } from './session';
import { momentText } from './time';

export function Outcome({ value }: { value: string }) {
  return <Badge color={value === 'ok' ? 'green' : 'red'} variant="light" tt="none" fw={500}>{value}</Badge>;
}

// Ids as people know them: names of accounts, MCP servers and keys.
export function useNames(): (id: string) => string {
  const { data: accounts = [] } = useAccounts();
  const servers = useServerNames(accounts);
  const { data: keys } = useApiKeys(useMay('admin'));
  return useMemo(() => {
    const names = new Map([
      ...servers, ...accounts.map(({ id, name }): [string, string] => [id, name]),
      ...(keys ?? []).map(({ id, name }): [string, string] => [id, name])]);
    return (id: string) => names.get(id) ?? id;
  }, [accounts, servers, keys]);
}

const FILTERS = ['since', 'until', 'actor', 'action', 'account', 'mcp_server', 'tool', 'outcome', 'request_id'] as const;

export function useFilter(): [AuditFilter, (name: keyof AuditFilter, value: string) => void] {
  const [parameters, setParameters] = useSearchParams();
  const text = parameters.toString();
  const filter = useMemo(() => {
    const given = new URLSearchParams(text);
    return Object.fromEntries(FILTERS.flatMap((name) => {
      const value = given.get(name);
      return value === null ? [] : [[name, value]];
    })) as AuditFilter;
  }, [text]);
  const set = (name: keyof AuditFilter, value: string) => setParameters((before) => {
    if (value === '') before.delete(name);
    else before.set(name, value);
    return before;
  }, { replace: true });
  return [filter, set];
}

const SPANS: Record<string, number> = { hour: 3600_000, day: 86_400_000, week: 604_800_000, month: 2_592_000_000 };

export const SPAN_CHOICES = [
  { value: '', label: 'Any time' },
  { value: 'hour', label: 'Last hour' },
  { value: 'day', label: 'Last day' },
  { value: 'week', label: 'Last week' },
  { value: 'month', label: 'Last 30 days' },
];

// The moment that a span of SPAN_CHOICES began, by the minute, so that a filter stays the same for a while.
export function sinceOf(span: string): string | undefined {
  const length = SPANS[span];
  return length === undefined ? undefined : new Date(Math.floor((Date.now() - length) / 60_000) * 60_000).toISOString();
}

export function EventDrawer({ event, onClose, nameOf }: {
  event: AuditEvent | undefined;
  onClose: () => void;
  nameOf: (id: string) => string;
}) {
  return (
    <Drawer opened={event !== undefined} onClose={onClose} position="right" size="lg"
      title={event && (event.tool || event.action)} closeButtonProps={{ 'aria-label': 'Close' }}>
      {event && <EventDetail event={event} nameOf={nameOf} />}
    </Drawer>
  );
}

function EventDetail({ event, nameOf }: { event: AuditEvent; nameOf: (id: string) => string }) {
  const { arguments: values, ...details } = event.details;
  const replayable = event.action === 'tool.call' && event.account !== '';
  return (
    <Stack>
      <Table variant="vertical" layout="fixed" fz="sm">
        <Table.Tbody>
          <Fact name="When">{momentText(event.time)}</Fact>
          <Fact name="Outcome"><Outcome value={event.outcome} /></Fact>
          <Fact name="Took">{event.duration_ms.toFixed(1)} ms</Fact>
          <Fact name="Action">{event.action}</Fact>
          <Fact name="Who"><Named id={event.actor} nameOf={nameOf} /></Fact>
          {event.account !== '' && <Fact name="Account"><Named id={event.account} nameOf={nameOf} to={`/accounts/${event.account}`} /></Fact>}
          {event.mcp_server !== '' && (
            <Fact name="MCP server">
              <Named id={event.mcp_server} nameOf={nameOf} to={`/accounts/${event.account}/servers/${event.mcp_server}`} />
            </Fact>
          )}
          <Fact name="Request"><Code>{event.request_id}</Code></Fact>
          {Object.entries(details).map(([name, value]) => <Fact key={name} name={name}>{value}</Fact>)}
          <Fact name="Number">{event.sequence}</Fact>
          <Fact name="Hash"><Code className="wrap">{event.hash}</Code></Fact>
        </Table.Tbody>
      </Table>
      {values !== undefined && values !== '' && (
        <CopyBlock value={pretty(values)} label="arguments" about="Arguments, redacted and cut:" />
      )}
      {replayable && (
        <Group>
          <Button component={Link} leftSection={<Icon name="play" size={14} />}
            href={withQuery('/playground', { account: event.account, tool: event.tool, arguments: values })}>
            Replay in the playground
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Table.Tr>
      <Table.Th w={120} style={{ verticalAlign: 'top' }}>{name}</Table.Th>
      <Table.Td className="wrap">{children}</Table.Td>
    </Table.Tr>
  );
}

function Named({ id, nameOf, to }: { id: string; nameOf: (id: string) => string; to?: string }) {
  const name = nameOf(id);
  return (
    <>
      {to === undefined ? name : <Anchor component={Link} href={to} inherit>{name}</Anchor>}
      {name !== id && <Text size="xs" c="dimmed" ff="monospace">{id}</Text>}
    </>
  );
}

function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
