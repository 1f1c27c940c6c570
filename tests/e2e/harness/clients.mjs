// The official TypeScript clients, of both eras.
import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from '@modelcontextprotocol/client';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';

const INFO = { name: 'zoho-mcp-mesh-e2e', version: '1.0.0' };

export const ERAS = {
  '2025-11-25': async (url) => {
    const transport = new LegacyTransport(new URL(url));
    const client = new LegacyClient(INFO);
    await client.connect(transport);
    return { client, revision: transport.protocolVersion };
  },
  '2026-07-28': async (url) => {
    const client = new ModernClient(INFO, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
    await client.connect(new ModernTransport(new URL(url)));
    return { client, revision: client.getNegotiatedProtocolVersion() };
  },
};

// The same, before somebody who answers each question by `answer(params)`, an elicitation's result.
export const ASKING_ERAS = {
  '2025-11-25': async (url, answer) => {
    const client = new LegacyClient(INFO, { capabilities: { elicitation: {} } });
    client.setRequestHandler(ElicitRequestSchema, ({ params }) => answer(params));
    await client.connect(new LegacyTransport(new URL(url)));
    return client;
  },
  '2026-07-28': async (url, answer) => {
    const client = new ModernClient(INFO, {
      capabilities: { elicitation: { form: {} } },
      versionNegotiation: { mode: { pin: '2026-07-28' } },
    });
    client.setRequestHandler('elicitation/create', ({ params }) => answer(params));
    await client.connect(new ModernTransport(new URL(url)));
    return client;
  },
};

// The structured result of a call that succeeds.
export async function call(client, name, args = {}) {
  const result = await client.callTool({ name, arguments: args });
  if (result.isError) throw new Error(`${name}: ${JSON.stringify(result.content)}`);
  return result.structuredContent;
}

// Every row of a list tool, by following next_cursor until it is absent.
export async function listAll(client, name, args = {}) {
  const rows = [];
  let pages = 0;
  for (let cursor; ; ) {
    const page = await call(client, name, cursor === undefined ? args : { ...args, next_cursor: cursor });
    rows.push(...page.results);
    pages += 1;
    cursor = page.next_cursor;
    if (cursor === undefined) return { rows, pages };
    if (pages > 1000) throw new Error(`${name}: next_cursor never ends`);
  }
}
