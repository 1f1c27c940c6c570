// The answer of a tool, as a table where it is a list, and as JSON.
import { Code, Group, ScrollArea, Table, Tabs, Text } from '@mantine/core';

import { Copy } from './copy';

type Row = Record<string, unknown>;

// Beyond, JSON is the better reading.
const MOST_COLUMNS = 24;

export function Answer({ result }: { result: unknown }) {
  const rows = rowsOf(result);
  const text = JSON.stringify(result, null, 2);
  return (
    <Tabs key={rows === undefined ? 'json' : 'table'} defaultValue={rows === undefined ? 'json' : 'table'}>
      <Group justify="space-between" mb="sm">
        <Tabs.List>
          {rows && <Tabs.Tab value="table">Table</Tabs.Tab>}
          <Tabs.Tab value="json">JSON</Tabs.Tab>
        </Tabs.List>
        <Copy value={text} label="Copy JSON" />
      </Group>
      {rows && <Tabs.Panel value="table"><Rows rows={rows} /></Tabs.Panel>}
      <Tabs.Panel value="json">
        <ScrollArea.Autosize mah="60dvh" type="auto" viewportProps={{ tabIndex: 0 }}>
          <Code block aria-label="Answer as JSON">{text}</Code>
        </ScrollArea.Autosize>
      </Tabs.Panel>
    </Tabs>
  );
}

const isObject = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);

// The rows of a list, or one row a field of an object; undefined for anything else.
function rowsOf(result: unknown): Row[] | undefined {
  if (!isObject(result)) return undefined;
  if (Array.isArray(result['results']) && result['results'].every(isObject)) return result['results'];
  return Object.entries(result).map(([field, value]) => ({ field, value }));
}

function Rows({ rows }: { rows: Row[] }) {
  if (rows.length === 0) return <Text size="sm" py="md">The list is empty.</Text>;
  const columns = [...new Set(rows.flatMap(Object.keys))].slice(0, MOST_COLUMNS);
  return (
    <ScrollArea.Autosize mah="60dvh" type="auto" viewportProps={{ tabIndex: 0 }}>
      <Table striped stickyHeader verticalSpacing={6} aria-label="Answer as a table" fz="sm">
        <Table.Thead>
          <Table.Tr>{columns.map((column) => <Table.Th key={column}>{column}</Table.Th>)}</Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row, index) => (
            <Table.Tr key={index}>{columns.map((column) => <Table.Td key={column}><Cell value={row[column]} /></Table.Td>)}</Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea.Autosize>
  );
}

function Cell({ value }: { value: unknown }) {
  if (value === undefined || value === null) return null;
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return <Text size="sm" lineClamp={3} title={text.length > 80 ? text : undefined} className="wrap" maw={360}>{text}</Text>;
}
