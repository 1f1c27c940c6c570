// The one page without a session.
import { Alert, Button, Center, Code, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { type FormEvent, useState } from 'react';

import type { ApiError } from '../api/client';
import { useLogIn } from '../api/queries';

export function LoginPage({ ended, onLogin }: { ended: boolean; onLogin: () => void }) {
  const [key, setKey] = useState('');
  const [empty, setEmpty] = useState(false);
  const logIn = useLogIn();
  const error = empty ? 'Enter an API key.' : logIn.error && messageOf(logIn.error);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setEmpty(key.trim() === '');
    if (key.trim() !== '') logIn.mutate(key.trim(), { onSuccess: onLogin });
  };

  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder shadow="sm" p="xl" w="100%" maw={420}>
        <form onSubmit={submit} noValidate>
          <Stack>
            <img src="/dashboard/icon.svg" width={48} height={48} alt="" />
            <div>
              <Title order={1} size="h2">zoho-mcp-mesh</Title>
              <Text size="sm" c="dimmed">Zoho Meeting for MCP clients</Text>
            </div>
            {ended && <Alert color="yellow" variant="light" role="status">The session has ended. Log in again.</Alert>}
            <PasswordInput label="API key" placeholder="mk_…" value={key} error={error} autoFocus required
              autoComplete="current-password" visibilityToggleButtonProps={{ 'aria-label': 'Show the key' }}
              onChange={({ currentTarget }) => setKey(currentTarget.value)} />
            <Button type="submit" loading={logIn.isPending} fullWidth>Log in</Button>
            <Text size="xs" c="dimmed">
              <Code>./mesh up</Code> writes the first key to <Code>.mesh/api-key</Code>. The session lasts twelve hours.
            </Text>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}

function messageOf(error: ApiError): string {
  return error.status === 401 ? 'This key is not known, was deleted or has expired.' : error.message;
}
