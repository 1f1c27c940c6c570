// Account to URL: rights, then the URL to copy.
import { Button, Group, Stack } from '@mantine/core';
import { Link } from 'wouter';

import { useAccount, useCreateServer } from '../api/queries';
import type { McpServerInput } from '../api/types';
import { Needs } from '../components/needs';
import { PageHead } from '../components/page';
import { UrlShownOnce } from '../components/url_shown_once';
import { ServerForm } from './server_form';

const FRESH: McpServerInput = {
  name: 'Zoho Meeting',
  config: { methods: ['read'], tags: [], require_api_token_auth: false, reveal_secrets: false, approval: 'none' },
  expires_at: null,
};

export function NewServerPage({ accountId }: { accountId: string }) {
  const { data: account } = useAccount(accountId);
  const create = useCreateServer(accountId);
  const back = { to: `/accounts/${accountId}`, label: account?.name ?? 'The account' };
  if (create.data !== undefined) {
    return (
      <>
        <PageHead title={create.data.name} back={back} />
        <Stack>
          <UrlShownOnce server={create.data} />
          <Group>
            <Button component={Link} href={`/accounts/${accountId}`}>Done</Button>
            <Button variant="default" onClick={() => create.reset()}>Create another</Button>
          </Group>
        </Stack>
      </>
    );
  }
  return (
    <>
      <PageHead title="Create an MCP server" back={back}
        about="A URL for one client, with no more rights than it needs. What is not allowed looks as if it did not exist." />
      <Needs role="operator">
        <ServerForm accountId={accountId} initial={FRESH} action="Create" busy={create.isPending} error={create.error}
          onSubmit={(input) => create.mutate(input)} />
      </Needs>
    </>
  );
}
