// The rights of an MCP server, and live what they come to.
import {
  Alert, Button, Chip, Fieldset, Grid, Group, Paper, ScrollArea, SegmentedControl, Select, Stack, Switch, Text, TextInput, Title,
} from '@mantine/core';
import { type FormEvent, useMemo, useState } from 'react';

import type { ApiError } from '../api/client';
import { useTools } from '../api/queries';
import { tokensOf, tokensOfAll } from '../api/tokens';
import type { ApprovalRule, McpServerConfig, McpServerInput, Tool } from '../api/types';
import { ExpiryField } from '../components/expiry_field';
import { Icon } from '../components/icon';
import { Failure, Loaded } from '../components/states';

interface Preset {
  name: string;
  about: string;
  methods: string[];
  tags: string[];
}

const PRESETS: Preset[] = [
  { name: 'Read-only auditor', methods: ['read'], tags: ['users', 'departments', 'license'],
    about: 'Who is in which department, with which role and licence.' },
  { name: 'Scheduler', methods: ['read', 'create', 'update'], tags: ['meetings', 'users'],
    about: 'Finds people, plans and moves meetings, deletes nothing.' },
  { name: 'Brief writer', methods: ['read'], tags: ['meetings', 'reports'],
    about: 'Reads meetings and who took part.' },
];

const GROUPS = [
  { value: 'read', label: 'Read' },
  { value: 'write', label: 'Write' },
  { value: 'custom', label: 'Workflows' },
];
const SINGLE = ['list', 'get', 'create', 'update', 'delete'].map((value) => ({ value, label: value }));

const APPROVALS: { value: ApprovalRule; label: string }[] = [
  { value: 'none', label: 'nothing' },
  { value: 'destructive', label: 'what changes or deletes' },
  { value: 'write', label: 'whatever does not only read' },
];

const FIELDS = ['name', 'methods', 'tags', 'expires_at', 'approval'];

const grouped = new Intl.NumberFormat();

export function ServerForm({ accountId, initial, action, busy, error, onSubmit }: {
  accountId: string;
  initial: McpServerInput;
  action: string;
  busy: boolean;
  error: ApiError | null;
  onSubmit: (input: McpServerInput) => void;
}) {
  const [name, setName] = useState(initial.name);
  const [config, setConfig] = useState<McpServerConfig>(initial.config);
  const [expiresAt, setExpiresAt] = useState(initial.expires_at);
  const change = (part: Partial<McpServerConfig>) => setConfig((before) => ({ ...before, ...part }));
  const wrong = (field: string) => (error?.field === field ? error.message : undefined);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit({ name: name.trim(), config, expires_at: expiresAt });
  };
  const usePreset = (preset: Preset) => {
    change({ methods: preset.methods, tags: preset.tags });
    if (name === '' || name === initial.name || PRESETS.some((other) => other.name === name)) setName(preset.name);
  };

  return (
    <form onSubmit={submit} noValidate>
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Stack>
            {error && !FIELDS.includes(error.field ?? '') && <Failure error={error} />}
            <TextInput label="Name" description="For you and the log: who uses this URL, for what" value={name} required
              error={wrong('name')} maxLength={120} onChange={({ currentTarget }) => setName(currentTarget.value)} />
            <Fieldset legend="Start from">
              <Group gap="xs">
                {PRESETS.map((preset) => (
                  <Button key={preset.name} variant="default" size="xs" title={preset.about}
                    onClick={() => usePreset(preset)}>{preset.name}</Button>
                ))}
              </Group>
            </Fieldset>
            <MethodsAndTags accountId={accountId} config={config} change={change} wrong={wrong} />
            <ExpiryField value={expiresAt} onChange={setExpiresAt} error={wrong('expires_at')} />
            <Switch checked={config.require_api_token_auth} label="Second factor"
              description="The client must send an API key too, so that the URL alone opens nothing"
              onChange={({ currentTarget }) => change({ require_api_token_auth: currentTarget.checked })} />
            <Select label="Ask before" data={APPROVALS} value={config.approval} allowDeselect={false}
              description="Who sits before the client is asked, or an operator on the page Approvals" error={wrong('approval')}
              onChange={(value) => change({ approval: value as ApprovalRule })} />
            <Switch checked={config.reveal_secrets} label="Show secrets of meetings"
              description="Start links, passwords and dial-in PINs, which are redacted otherwise"
              onChange={({ currentTarget }) => change({ reveal_secrets: currentTarget.checked })} />
            <Group><Button type="submit" loading={busy}>{action}</Button></Group>
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}><Preview accountId={accountId} config={config} /></Grid.Col>
      </Grid>
    </form>
  );
}

function MethodsAndTags({ accountId, config, change, wrong }: {
  accountId: string;
  config: McpServerConfig;
  change: (part: Partial<McpServerConfig>) => void;
  wrong: (field: string) => string | undefined;
}) {
  const all = useTools(accountId);
  const tags = useMemo(
    () => [...new Set([...(all.data ?? []).flatMap((tool) => tool.tags), ...config.tags])].sort(), [all.data, config.tags]);
  const [single, setSingle] = useState(config.methods.some((method) => SINGLE.some(({ value }) => value === method)));
  const choose = (kind: string) => {
    setSingle(kind === 'single');
    change({ methods: [] });
  };
  return (
    <>
      <Fieldset legend="Methods">
        <Stack gap="sm">
          <SegmentedControl value={single ? 'single' : 'groups'} onChange={choose} w="fit-content"
            aria-label="How methods are chosen"
            data={[{ value: 'groups', label: 'By group' }, { value: 'single', label: 'One by one' }]} />
          <Chips label="Methods" data={single ? [GROUPS[0]!, ...SINGLE, GROUPS[2]!] : GROUPS} value={config.methods}
            onChange={(methods) => change({ methods })} />
          <Note error={wrong('methods')}>
            {config.methods.length === 0 ? 'None ticked: every method is allowed.' : 'What is not ticked is not allowed.'}
          </Note>
        </Stack>
      </Fieldset>
      <Fieldset legend="Tags">
        <Stack gap="sm">
          <Chips label="Tags" data={tags.map((tag) => ({ value: tag, label: tag }))} value={config.tags}
            onChange={(chosen) => change({ tags: chosen })} />
          <Note error={wrong('tags')}>
            {config.tags.length === 0 ? 'None ticked: tools of every tag are allowed.' : 'Method and tag must both allow a tool.'}
          </Note>
        </Stack>
      </Fieldset>
    </>
  );
}

function Chips({ label, data, value, onChange }: {
  label: string;
  data: { value: string; label: string }[];
  value: string[];
  onChange: (value: string[]) => void;
}) {
  return (
    <Chip.Group multiple value={value} onChange={onChange}>
      <Group gap={6} role="group" aria-label={label}>
        {data.map((item) => <Chip key={item.value} value={item.value} size="sm">{item.label}</Chip>)}
      </Group>
    </Chip.Group>
  );
}

function Note({ error, children }: { error: string | undefined; children: string }) {
  return <Text size="xs" c={error === undefined ? 'dimmed' : 'red'}>{error ?? children}</Text>;
}

// What a client sees behind a URL of these rights.
function Preview({ accountId, config }: { accountId: string; config: McpServerConfig }) {
  const tools = useTools(accountId, config);
  return (
    <Paper withBorder p="md" pos={{ md: 'sticky' }} top={72}>
      <Title order={2} size="h4">What the client sees</Title>
      <Loaded query={tools}>
        {(shown) => (
          <Stack gap="sm" mt="xs">
            <Text role="status" aria-live="polite" size="sm">
              <b>{shown.length}</b> {shown.length === 1 ? 'tool' : 'tools'}, about{' '}
              <b>{grouped.format(tokensOfAll(shown))}</b> tokens in the model’s context
            </Text>
            {shown.length === 0 && (
              <Alert color="yellow" variant="light">No tool fits both method and tag: the URL would show nothing.</Alert>
            )}
            <ScrollArea.Autosize mah="calc(100dvh - 260px)" type="auto" viewportProps={{ tabIndex: 0 }}>
              <Stack gap={6} component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
                {shown.map((tool) => <PreviewTool key={tool.name} tool={tool} />)}
              </Stack>
            </ScrollArea.Autosize>
          </Stack>
        )}
      </Loaded>
    </Paper>
  );
}

function PreviewTool({ tool }: { tool: Tool }) {
  return (
    <Group component="li" gap="xs" wrap="nowrap" justify="space-between" title={tool.description} pr="xs">
      <Group gap={6} wrap="nowrap" style={{ minWidth: 0 }}>
        <Text size="sm" truncate>{tool.title}</Text>
        {tool.destructive && <Text c="red" size="sm" title="Changes or deletes what is there" lh={1}><Icon name="alert" size={14} /></Text>}
      </Group>
      <Text size="xs" c="dimmed" style={{ flexShrink: 0 }}>{grouped.format(tokensOf(tool))}</Text>
    </Group>
  );
}
