// Every integrated account.
import { Button, Group, Paper, SimpleGrid, Stack, Text } from '@mantine/core';
import { Link } from 'wouter';

import { useAccounts } from '../api/queries';
import type { Account } from '../api/types';
import { AccountState } from '../components/account_state';
import { Icon } from '../components/icon';
import { PageHead } from '../components/page';
import { useMay } from '../components/session';
import { Empty, Loaded, Loading } from '../components/states';
import { Time } from '../components/time';

export function AccountsPage() {
  const accounts = useAccounts();
  const mayConnect = useMay('admin');
  const connect = (
    <Button component={Link} href="/accounts/connect" leftSection={<Icon name="plus" />}>Connect an account</Button>
  );
  return (
    <>
      <PageHead title="Integrated accounts" actions={mayConnect && connect}
        about="Each is one Zoho organisation. Its MCP URLs give clients the rights you choose." />
      <Loaded query={accounts} loading={<Loading rows={3} height={120} />}>
        {(all) => all.length === 0
          ? (
            <Empty icon="accounts" title="No account is connected">
              <span>Connect a Zoho organisation, then make an MCP URL for it.</span>
              {mayConnect && connect}
            </Empty>
          )
          : (
            <SimpleGrid cols={{ base: 1, md: 2 }} component="ul" style={{ listStyle: 'none', padding: 0, margin: 0 }}>
              {all.map((account) => <li key={account.id}><AccountCard account={account} /></li>)}
            </SimpleGrid>
          )}
      </Loaded>
    </>
  );
}

function AccountCard({ account }: { account: Account }) {
  return (
    <Paper component={Link} href={`/accounts/${account.id}`} withBorder p="md" className="card-link">
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <Text fw={600} size="lg" className="wrap">{account.name}</Text>
          <Text size="sm" c="dimmed" tt="uppercase">{account.region}</Text>
        </Group>
        <Text size="sm" c="dimmed" className="wrap">
          {account.user_email} · organisation {account.organization_id}
        </Text>
        <Group justify="space-between">
          <AccountState account={account} />
          <Text size="xs" c="dimmed">connected <Time value={account.created_at} /></Text>
        </Group>
      </Stack>
    </Paper>
  );
}
