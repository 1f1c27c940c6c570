// A tool called by hand: a form from its schema, and its answer.
import { Alert, Badge, Button, Grid, Group, Paper, Select, Stack, Text, Title } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useSearchParams } from 'wouter';

import { useAccounts, useCallTool, useTools } from '../api/queries';
import type { Tool } from '../api/types';
import { Answer } from '../components/answer';
import { Confirm } from '../components/confirm';
import { Icon } from '../components/icon';
import { Needs } from '../components/needs';
import { PageHead } from '../components/page';
import { Prose } from '../components/prose';
import { argumentsOf, SchemaForm, type Values } from '../components/schema_form';
import { Empty, Failure, Loaded } from '../components/states';

const START = 'list_all_zoho_meeting_departments';

export default function PlaygroundPage() {
  const accounts = useAccounts();
  const [parameters, setParameters] = useSearchParams();
  const choose = (name: string, value: string) => setParameters((before) => {
    before.set(name, value);
    before.delete('arguments');
    return before;
  }, { replace: true });
  return (
    <>
      <PageHead title="Playground" about="Calls a tool as a client would, under your key. The call is in the log." />
      <Needs role="operator">
        <Loaded query={accounts}>
          {(all) => {
            const account = all.find(({ id }) => id === parameters.get('account')) ?? all[0];
            if (account === undefined) {
              return <Empty icon="accounts" title="No account is connected">Connect one first.</Empty>;
            }
            return (
              <Stack>
                <Select label="Account" data={all.map(({ id, name, region }) => ({ value: id, label: `${name} (${region})` }))}
                  value={account.id} allowDeselect={false} onChange={(id) => choose('account', id ?? account.id)} maw={480} />
                <Chosen accountId={account.id} name={parameters.get('tool') ?? START} onChoose={(name) => choose('tool', name)}
                  given={valuesOf(parameters.get('arguments'))} />
              </Stack>
            );
          }}
        </Loaded>
      </Needs>
    </>
  );
}

// Arguments of an earlier call, out of the address; none where they are not an object.
function valuesOf(text: string | null): Values {
  try {
    const values: unknown = JSON.parse(text ?? '');
    return typeof values === 'object' && values !== null ? values as Values : {};
  } catch {
    return {};
  }
}

function Chosen({ accountId, name, onChoose, given }: {
  accountId: string;
  name: string;
  onChoose: (name: string) => void;
  given: Values;
}) {
  const tools = useTools(accountId);
  return (
    <Loaded query={tools}>
      {(all) => {
        const tool = all.find((one) => one.name === name) ?? all[0];
        if (tool === undefined) return <Empty icon="play" title="There are no tools">The catalogue is empty.</Empty>;
        return (
          <>
            <Select label="Tool" searchable value={tool.name} allowDeselect={false} maxDropdownHeight={360} maw={480}
              data={all.map((one) => ({ value: one.name, label: one.title }))} nothingFoundMessage="No such tool"
              onChange={(chosen) => onChoose(chosen ?? tool.name)} />
            <Call key={`${accountId} ${tool.name} ${JSON.stringify(given)}`} accountId={accountId} tool={tool} given={given} />
          </>
        );
      }}
    </Loaded>
  );
}

function Call({ accountId, tool, given }: { accountId: string; tool: Tool; given: Values }) {
  const [values, setValues] = useState<Values>(given);
  const [asked, setAsked] = useState(false);
  const call = useCallTool();
  const run = (next: Values = values) => call.mutate({
    account: accountId, tool: tool.name, arguments: argumentsOf(tool.input_schema, next) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (tool.read_only) run();
    else setAsked(true);
  };
  const cursor = (call.data?.result as { next_cursor?: unknown } | undefined)?.next_cursor;
  const goOn = () => {
    const next = { ...values, next_cursor: cursor };
    setValues(next);
    run(next);
  };
  const field = call.error?.field;
  const known = field !== undefined && field in (tool.input_schema.properties ?? {});
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 5 }}>
        <Paper withBorder p="md">
          <form onSubmit={submit} noValidate>
            <Stack>
              <div>
                <Title order={2} size="h4">{tool.title}</Title>
                <Text size="xs" ff="monospace" c="dimmed" className="wrap">{tool.name}</Text>
                <Group gap={6} my={6}>
                  {tool.read_only
                    ? <Badge color="green" variant="light" tt="none">reads only</Badge>
                    : <Badge color={tool.destructive ? 'red' : 'yellow'} variant="light" tt="none">
                        {tool.destructive ? 'changes or deletes' : 'creates'}
                      </Badge>}
                  {tool.tags.map((tag) => <Badge key={tag} variant="default" tt="none" fw={500}>{tag}</Badge>)}
                </Group>
                <Text size="sm"><Prose text={tool.description} /></Text>
              </div>
              <SchemaForm schema={tool.input_schema} values={values} onChange={setValues}
                wrong={(name) => (field === name ? call.error?.message : undefined)} />
              <Group>
                <Button type="submit" loading={call.isPending} color={tool.destructive ? 'red' : 'cyan'}
                  leftSection={<Icon name="play" size={14} />}>Call</Button>
              </Group>
            </Stack>
          </form>
        </Paper>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 7 }}>
        <Paper withBorder p="md" mih={240} aria-live="polite">
          {call.error && !known && <Failure error={call.error} />}
          {call.error && known && <Alert color="red" variant="light">See the field {field}.</Alert>}
          {call.data && (
            <Stack gap="sm">
              <Group gap="md">
                <Text size="sm"><b>{Math.round(call.data.milliseconds)}</b> ms</Text>
                {call.data.remaining !== null && <Text size="sm">{call.data.remaining} calls left at Zoho</Text>}
                {typeof cursor === 'string' && (
                  <Button size="xs" variant="default" onClick={goOn} loading={call.isPending}>Next page</Button>
                )}
              </Group>
              <Answer result={call.data.result} />
            </Stack>
          )}
          {!call.data && !call.error && <Empty icon="play" title="The answer comes here">Fill in the form and call.</Empty>}
        </Paper>
      </Grid.Col>
      <Confirm opened={asked} onClose={() => setAsked(false)} title={`Call ${tool.title}?`} action="Call"
        color={tool.destructive ? 'red' : 'cyan'} onConfirm={async () => run()}>
        This changes what is at Zoho. <Prose text={tool.description} />
      </Confirm>
    </Grid>
  );
}
