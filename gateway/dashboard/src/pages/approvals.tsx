// Calls that wait for a yes.
import { Badge, Button, Code, Group, Paper, SegmentedControl, Stack, Text } from '@mantine/core';
import { useState } from 'react';

import { useApprovals, useDecide } from '../api/queries';
import type { Approval, ApprovalState } from '../api/types';
import { useNames } from '../components/events';
import { Needs } from '../components/needs';
import { PageHead } from '../components/page';
import { Empty, Failure, Loaded } from '../components/states';
import { Time } from '../components/time';

const COLORS: Record<ApprovalState, string> = {
  pending: 'yellow', approved: 'green', denied: 'red', used: 'green', expired: 'gray',
};

export default function ApprovalsPage() {
  return (
    <>
      <PageHead title="Approvals"
        about="Calls of MCP servers that ask before they write. A yes lets the same call pass once, within ten minutes." />
      <Needs role="operator"><List /></Needs>
    </>
  );
}

function List() {
  const [shown, setShown] = useState('pending');
  const approvals = useApprovals(shown);
  const nameOf = useNames();
  return (
    <Stack>
      <SegmentedControl w="fit-content" value={shown} onChange={setShown} aria-label="Which are shown"
        data={[{ value: 'pending', label: 'Waiting' }, { value: '', label: 'All' }]} />
      <Loaded query={approvals}>
        {(all) => (all.length === 0
          ? <Empty icon="check" title={shown === 'pending' ? 'No call waits' : 'There were none'}>They appear here by themselves.</Empty>
          : (
            <Stack component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
              {all.map((approval) => <li key={approval.id}><Card approval={approval} nameOf={nameOf} /></li>)}
            </Stack>
          ))}
      </Loaded>
    </Stack>
  );
}

function Card({ approval, nameOf }: { approval: Approval; nameOf: (id: string) => string }) {
  const decide = useDecide();
  const take = (decision: 'approve' | 'deny') => decide.mutate({ id: approval.id, decision });
  return (
    <Paper withBorder p="md">
      <Stack gap="xs">
        <Group justify="space-between">
          <Text fw={600} ff="monospace" className="wrap">{approval.tool}</Text>
          <Badge color={COLORS[approval.state]} variant="light" tt="none">{approval.state}</Badge>
        </Group>
        <Text size="sm" c="dimmed">
          {nameOf(approval.mcp_server)} · {nameOf(approval.account)} · asked <Time value={approval.created_at} />
          {approval.state === 'pending' && <>, ends <Time value={approval.expires_at} /></>}
          {approval.decided_by !== null && <>, decided by {nameOf(approval.decided_by)}</>}
        </Text>
        {approval.arguments !== null && (
          <Code block tabIndex={0} role="region" aria-label={`Arguments of ${approval.tool}`} mah={240}>
            {JSON.stringify(approval.arguments, null, 2)}
          </Code>
        )}
        {decide.error && <Failure error={decide.error} />}
        {approval.state === 'pending' && (
          <Group>
            <Button loading={decide.isPending} onClick={() => take('approve')}>Approve</Button>
            <Button variant="light" color="red" loading={decide.isPending} onClick={() => take('deny')}>Deny</Button>
          </Group>
        )}
      </Stack>
    </Paper>
  );
}
