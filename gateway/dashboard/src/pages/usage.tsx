// How much the tools are used, by day, tool and MCP server.
import { Alert, Group, Paper, ScrollArea, Select, SimpleGrid, Skeleton, Stack, Table, Text, Title } from '@mantine/core';
import { lazy, Suspense, useMemo, useState } from 'react';

import { useAccounts, useLimited, useUsage } from '../api/queries';
import type { AccountLimits, Usage } from '../api/types';
import type { Bar } from '../charts/calls_chart';
import { useNames } from '../components/events';
import { PageHead } from '../components/page';
import { useMay } from '../components/session';
import { Empty, Loaded } from '../components/states';
import { shortText, Time } from '../components/time';
import { shortName } from '../components/tool_name';

const CallsChart = lazy(() => import('../charts/calls_chart'));

const DAY = 86_400_000;
const SPANS = [
  { value: '7', label: 'Last 7 days' },
  { value: '30', label: 'Last 30 days' },
  { value: '90', label: 'Last 90 days' },
];
const MOST_TOOLS = 10;

const dateOf = (time: number) => new Date(time).toISOString().slice(0, 10);
const number = new Intl.NumberFormat();

export default function UsagePage() {
  const [days, setDays] = useState('30');
  const [account, setAccount] = useState('');
  const { data: accounts = [] } = useAccounts();
  const until = dateOf(Date.now());
  const since = dateOf(Date.now() - (Number(days) - 1) * DAY);
  const usage = useUsage({ since, until, ...(account === '' ? {} : { account }) });
  return (
    <>
      <PageHead title="Usage" about="Calls by day (UTC), tool and MCP server." />
      <Stack>
        <Group gap="sm">
          <Select label="When" data={SPANS} value={days} allowDeselect={false} onChange={(value) => setDays(value ?? '30')} w={160} />
          <Select label="Account" w={220} value={account} onChange={(value) => setAccount(value ?? '')}
            data={[{ value: '', label: 'Any account' }, ...accounts.map(({ id, name }) => ({ value: id, label: name }))]} />
        </Group>
        <Loaded query={usage} loading={<Skeleton height={320} />}>
          {({ results, truncated, limits }) => (results.length === 0
            ? <Empty icon="usage" title="No calls in this time">Charts appear with the first call of a client.</Empty>
            : (
              <Stack>
                {truncated && <Alert color="yellow" variant="light">There is more than is shown: choose a shorter time or an account.</Alert>}
                <Charts rows={results} since={since} days={Number(days)} account={account} />
                <Limits limits={limits} nameOf={(id) => accounts.find((one) => one.id === id)?.name ?? id} />
              </Stack>
            ))}
        </Loaded>
      </Stack>
    </>
  );
}

interface Sum {
  calls: number;
  errors: number;
  milliseconds: number;
}

function sumBy(rows: Usage[], keyOf: (row: Usage) => string): Map<string, Sum> {
  const sums = new Map<string, Sum>();
  for (const row of rows) {
    const key = keyOf(row);
    const sum = sums.get(key) ?? { calls: 0, errors: 0, milliseconds: 0 };
    sum.calls += row.calls;
    sum.errors += row.errors;
    sum.milliseconds += row.mean_duration_ms * row.calls;
    sums.set(key, sum);
  }
  return sums;
}

const barOf = (label: string, sum: Sum | undefined): Bar => ({
  label, ok: (sum?.calls ?? 0) - (sum?.errors ?? 0), errors: sum?.errors ?? 0,
});

function Charts({ rows, since, days, account }: { rows: Usage[]; since: string; days: number; account: string }) {
  const nameOf = useNames();
  const byDay = useMemo(() => sumBy(rows, ({ date }) => date), [rows]);
  const byTool = useMemo(() => [...sumBy(rows, ({ tool }) => tool)].sort(([, a], [, b]) => b.calls - a.calls), [rows]);
  const byServer = useMemo(
    () => [...sumBy(rows, ({ mcp_server: server }) => server)].sort(([, a], [, b]) => b.calls - a.calls), [rows]);
  const dates = Array.from({ length: days }, (_, day) => dateOf(Date.parse(since) + day * DAY));
  const total = [...byDay.values()].reduce(
    (all, { calls, errors, milliseconds }) => ({ calls: all.calls + calls, errors: all.errors + errors, milliseconds: all.milliseconds + milliseconds }),
    { calls: 0, errors: 0, milliseconds: 0 });
  return (
    <>
      <SimpleGrid cols={3} spacing="sm">
        <Figure name="Calls" value={number.format(total.calls)} />
        <Figure name="Errors" value={`${number.format(total.errors)} (${((total.errors / total.calls) * 100).toFixed(1)} %)`} />
        <Figure name="Mean time" value={`${Math.round(total.milliseconds / total.calls)} ms`} />
      </SimpleGrid>
      <Paper withBorder p="md">
        <Title order={2} size="h4" mb="sm">Calls a day</Title>
        <Suspense fallback={<Skeleton height={280} />}>
          <CallsChart bars={dates.map((date) => barOf(date.slice(5), byDay.get(date)))} />
        </Suspense>
      </Paper>
      <Limited since={since} account={account} dates={dates} />
      <Paper withBorder p="md">
        <Title order={2} size="h4" mb="sm">Tools</Title>
        <Suspense fallback={<Skeleton height={280} />}>
          <CallsChart horizontal bars={byTool.slice(0, MOST_TOOLS).map(([tool, sum]) => barOf(shortName(tool), sum))} />
        </Suspense>
        <Sums label="Tools" sums={byTool} nameOf={(tool) => tool} />
      </Paper>
      <Paper withBorder p="md">
        <Title order={2} size="h4" mb="sm">MCP servers</Title>
        <Sums label="MCP servers" sums={byServer} nameOf={(id) => (id === '' ? 'by hand' : nameOf(id))} />
      </Paper>
    </>
  );
}

// The log knows of each refusal; usage counts it as one error among others.
function Limited({ since, account, dates }: { since: string; account: string; dates: string[] }) {
  const limited = useLimited(
    { since: `${since}T00:00:00Z`, ...(account === '' ? {} : { account }) }, useMay('operator'));
  if (limited.data === undefined) return null;
  const byDay = new Map<string, number>();
  for (const time of limited.data) byDay.set(time.slice(0, 10), (byDay.get(time.slice(0, 10)) ?? 0) + 1);
  return (
    <Paper withBorder p="md">
      <Title order={2} size="h4" mb="sm">Calls that Zoho’s limit refused</Title>
      {limited.data.length === 0
        ? <Text size="sm" c="dimmed">None in this time.</Text>
        : (
          <Suspense fallback={<Skeleton height={280} />}>
            <CallsChart onlyErrors
              bars={dates.map((date) => ({ label: date.slice(5), ok: 0, errors: byDay.get(date) ?? 0 }))} />
          </Suspense>
        )}
    </Paper>
  );
}

function Limits({ limits, nameOf }: { limits: AccountLimits[] | null; nameOf: (account: string) => string }) {
  return (
    <Paper withBorder p="md">
      <Title order={2} size="h4" mb="sm">Zoho’s limits</Title>
      {(limits ?? []).length === 0 && (
        <Text size="sm" c="dimmed">
          {limits === null ? 'They are not known, as zoho-proxy-service does not answer.' : 'Zoho has said nothing of them yet.'}
        </Text>
      )}
      {limits !== null && limits.length > 0 && (
        <ScrollArea type="auto" viewportProps={{ tabIndex: 0 }}>
          <Table aria-label="Zoho's limits" fz="sm">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Account</Table.Th><Table.Th ta="right">Requests left</Table.Th><Table.Th ta="right">Of</Table.Th>
                <Table.Th>Refused until</Table.Th><Table.Th>Seen</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {limits.map((one) => (
                <Table.Tr key={one.account}>
                  <Table.Td className="wrap">{nameOf(one.account)}</Table.Td>
                  <Table.Td ta="right">{one.remaining === null ? '–' : number.format(one.remaining)}</Table.Td>
                  <Table.Td ta="right">{one.limit === null ? '–' : number.format(one.limit)}</Table.Td>
                  <Table.Td>{one.limited_until === null ? '–' : shortText(one.limited_until)}</Table.Td>
                  <Table.Td><Time value={one.seen_at} /></Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea>
      )}
    </Paper>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <Paper withBorder p="sm">
      <Text size="sm" c="dimmed">{name}</Text>
      <Text fw={650} size="lg">{value}</Text>
    </Paper>
  );
}

function Sums({ label, sums, nameOf }: { label: string; sums: [string, Sum][]; nameOf: (key: string) => string }) {
  return (
    <ScrollArea.Autosize mah={400} type="auto" mt="sm" viewportProps={{ tabIndex: 0 }}>
      <Table aria-label={label} stickyHeader fz="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{label}</Table.Th><Table.Th ta="right">Calls</Table.Th><Table.Th ta="right">Errors</Table.Th>
            <Table.Th ta="right">Mean time</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sums.map(([key, sum]) => (
            <Table.Tr key={key}>
              <Table.Td className="wrap">{nameOf(key)}</Table.Td>
              <Table.Td ta="right">{number.format(sum.calls)}</Table.Td>
              <Table.Td ta="right">{number.format(sum.errors)}</Table.Td>
              <Table.Td ta="right">{Math.round(sum.milliseconds / sum.calls)} ms</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea.Autosize>
  );
}
