// Keys of the management API: for the dashboard, scripts and second factors.
import {
  Alert, Badge, Button, Group, Modal, ScrollArea, Select, Stack, Table, Text, TextInput, VisuallyHidden,
} from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type FormEvent, useState } from 'react';

import { useApiKeys, useCreateApiKey, useDeleteApiKey } from '../api/queries';
import type { ApiKey, Role } from '../api/types';
import { Confirm } from '../components/confirm';
import { CopyBlock } from '../components/copy';
import { ExpiryField } from '../components/expiry_field';
import { Icon } from '../components/icon';
import { Needs } from '../components/needs';
import { PageHead } from '../components/page';
import { useCurrentSession, useMay } from '../components/session';
import { Failure, Loaded } from '../components/states';
import { Time } from '../components/time';

const ROLES: { value: Role; label: string }[] = [
  { value: 'viewer', label: 'viewer: reads' },
  { value: 'operator', label: 'operator: also manages MCP servers and reads the audit log' },
  { value: 'admin', label: 'admin: does everything' },
];

export default function KeysPage() {
  const [creating, setCreating] = useState(false);
  return (
    <>
      <PageHead title="API keys" about="They log in here, serve scripts, and are the second factor of MCP URLs that ask for one."
        actions={useMay('admin') && (
          <Button leftSection={<Icon name="plus" />} onClick={() => setCreating(true)}>Create a key</Button>
        )} />
      <Needs role="admin"><Keys /></Needs>
      <Modal opened={creating} onClose={() => setCreating(false)} title="Create an API key" size="lg" centered
        closeButtonProps={{ 'aria-label': 'Close' }}>
        <NewKey />
      </Modal>
    </>
  );
}

function Keys() {
  const keys = useApiKeys();
  const remove = useDeleteApiKey();
  const [deleting, setDeleting] = useState<ApiKey>();
  return (
    <>
      <Loaded query={keys}>
        {(all) => (
          <ScrollArea type="auto" viewportProps={{ tabIndex: 0 }}>
            <Table miw={640} verticalSpacing="sm">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Name</Table.Th><Table.Th>Role</Table.Th><Table.Th>Last used</Table.Th>
                  <Table.Th>Expires</Table.Th><Table.Th>Made</Table.Th><Table.Th><VisuallyHidden>Actions</VisuallyHidden></Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {all.map((key) => <Row key={key.id} apiKey={key} onDelete={() => setDeleting(key)} />)}
              </Table.Tbody>
            </Table>
          </ScrollArea>
        )}
      </Loaded>
      <Confirm opened={deleting !== undefined} onClose={() => setDeleting(undefined)} title={`Delete ${deleting?.name ?? ''}?`}
        action="Delete" onConfirm={async () => {
          if (deleting === undefined) return;
          await remove.mutateAsync(deleting.id);
          notifications.show({ message: `${deleting.name} is deleted.` });
        }}>
        Whatever uses it is refused within a second, sessions of this dashboard among it.
      </Confirm>
    </>
  );
}

function Row({ apiKey, onDelete }: { apiKey: ApiKey; onDelete: () => void }) {
  const own = useCurrentSession().id === apiKey.id;
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap={6}>
          <Text size="sm" fw={500} className="wrap">{apiKey.name}</Text>
          {own && <Badge variant="light" tt="none">this session</Badge>}
        </Group>
        <Text size="xs" c="dimmed" ff="monospace">{apiKey.id}</Text>
      </Table.Td>
      <Table.Td>{apiKey.role}</Table.Td>
      <Table.Td>{apiKey.last_used_at === null ? 'never' : <Time value={apiKey.last_used_at} />}</Table.Td>
      <Table.Td>{apiKey.expires_at === null ? 'never' : <Time value={apiKey.expires_at} />}</Table.Td>
      <Table.Td><Time value={apiKey.created_at} /></Table.Td>
      <Table.Td>
        {!apiKey.bootstrap && (
          <Button size="xs" variant="light" color="red" onClick={onDelete} aria-label={`Delete ${apiKey.name}`}>Delete</Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function NewKey() {
  const create = useCreateApiKey();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [expiresAt, setExpiresAt] = useState<string | null>(null);
  const wrong = (field: string) => (create.error?.field === field ? create.error.message : undefined);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ name: name.trim(), role, expires_at: expiresAt });
  };
  if (create.data !== undefined) {
    return (
      <Stack>
        <Alert color="green" variant="light" title={`The key of ${create.data.name}`}>It is shown once: copy it now.</Alert>
        <CopyBlock value={create.data.key} label="key" />
      </Stack>
    );
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {create.error && create.error.field === undefined && <Failure error={create.error} />}
        <TextInput label="Name" value={name} required data-autofocus error={wrong('name')} maxLength={120}
          onChange={({ currentTarget }) => setName(currentTarget.value)} />
        <Select label="Role" data={ROLES} value={role} allowDeselect={false} error={wrong('role')}
          onChange={(value) => setRole(value as Role)} />
        <ExpiryField value={expiresAt} onChange={setExpiresAt} error={wrong('expires_at')} />
        <Group justify="flex-end"><Button type="submit" loading={create.isPending}>Create</Button></Group>
      </Stack>
    </form>
  );
}
