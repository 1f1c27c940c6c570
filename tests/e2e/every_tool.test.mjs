// Every tool that an MCP URL lists does its work, and does it the same in whichever of its ways Zoho
// answers.
import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { ERAS } from './harness/clients.mjs';
import { request } from './harness/http.mjs';
import { Mesh } from './harness/mesh.mjs';
import { CATALOG, Proxy } from './harness/proxy.mjs';
import { comparable, Walk } from './harness/tool_walk.mjs';
import { until } from './harness/until.mjs';

let mesh;
let client;
let listed;
// What a Zoho that does as it documents answers to the walk, and its clock then.
let documented;
let noon;

before(async () => {
  mesh = await Mesh.up();
  ({ client } = await ERAS['2025-11-25'](mesh.run.mcp_url));
  // From now on the client holds every answer to its tool's output schema.
  ({ tools: listed } = await client.listTools());
  const { now } = await mesh.fake('GET', 'clock');
  noon = new Date(now);
  noon.setUTCHours(12, 5, 0, 0);
  if (noon < new Date(now)) noon.setUTCDate(noon.getUTCDate() + 1);
});
after(async () => {
  await client?.close();
  await mesh.down();
});

const namesOf = (tools) => tools.map(({ name }) => name);

async function send(tool, args) {
  const { isError, content, structuredContent } = await client.callTool({ name: tool, arguments: args });
  assert.equal(content.length, 1, tool);
  if (isError) return { error: content[0].text };
  assert.deepEqual(JSON.parse(content[0].text), structuredContent, tool);
  return { value: structuredContent };
}

// Walks over the tools of `names` with `settings` in force. Every walk begins in the same world at the
// same moment.
async function walk(settings, { via = send, names = namesOf(listed) } = {}) {
  await mesh.fake('DELETE', 'settings');
  await mesh.fake('PUT', 'settings', settings);
  if (settings.invalid_token_status) await mesh.fake('POST', 'expire_tokens', {});
  await mesh.fake('PUT', 'clock', { offset_s: Math.ceil((noon - Date.now()) / 1000) });
  await mesh.fake('POST', 'reseed');
  return comparable(await new Walk(via, noon).run(names), noon);
}

// Asserts call by call, so that a difference says where it is.
function assertSame(answers, expected) {
  for (const [i, answer] of answers.entries()) assert.deepEqual(answer, expected[i], `${answer.tool}, call ${i}`);
  assert.equal(answers.length, expected.length);
}

test('every listed tool works, as documented', async (t) => {
  documented = await walk({});

  t.diagnostic(`${listed.length} tools, ${documented.length} calls`);
  assert.ok(listed.length >= 43);
  assert.ok(listed.every((tool) => tool.outputSchema?.type === 'object'));
});

// What Zoho's documents, its live answers and its clients disagree about (fake-zoho's README).
const ALIKE = {
  'errors with HTTP 200': { errors_with_200: true },
  'ids and durations as strings': { ids: 'strings' },
  'ids and durations as numbers': { ids: 'numbers' },
  'a licence in an envelope': { licence_wrapped: true },
  'deletions with 200 and a body': { delete_status: 200 },
  "the vendor's spelling put right": { typo_isMettingSessionAvailable: false },
  'lists that require nothing': { require_list_parameters: false },
  'all of it at once': {
    errors_with_200: true, ids: 'numbers', licence_wrapped: true, delete_status: 200,
    typo_isMettingSessionAvailable: false, require_list_parameters: false, invalid_token_status: 401,
  },
};

for (const [name, settings] of Object.entries(ALIKE)) {
  test(`${name}: every answer stays the same`, async () => {
    assertSame(await walk(settings), documented);
  });
}

test('recordings that ignore their index end instead of coming twice, and the rest stays the same', async () => {
  const LIST = 'list_all_zoho_meeting_recordings';

  const answers = await walk({ recordings_ignore_index: true });

  const isList = ({ tool }) => tool === LIST;
  const rows = answers.filter(isList).flatMap(({ value }) => value.results);
  const all = documented.filter(isList).flatMap(({ value }) => value.results);
  assert.equal(rows.length, 20);
  assert.deepEqual(rows, all.slice(0, 20));
  assertSame(answers.filter((answer) => !isList(answer)), documented.filter((answer) => !isList(answer)));
});

describe('another way of counting pages', () => {
  let folder;
  let proxy;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'catalog-'));
    await cp(CATALOG, folder, { recursive: true });
    proxy = await Proxy.start([folder], { authService: mesh.run.grpc.auth });
  });
  after(async () => {
    await proxy?.stop();
    await rm(folder, { recursive: true });
  });

  // The reason in the details of an error, as a frontend shows it.
  const reasonOf = ({ metadata }) => /[A-Z]+(_[A-Z]+)+/.exec(metadata.get('grpc-status-details-bin')[0].toString('latin1'))[0];

  async function over(tool, args) {
    try {
      const answer = await proxy.call('CallTool', {
        account: mesh.run.account_id, tool, arguments_json: JSON.stringify(args) });
      return { value: JSON.parse(answer.result_json) };
    } catch (error) {
      return { error: `${reasonOf(error)}: ${error.details}` };
    }
  }

  const asDocumented = (text) => text;
  let served = asDocumented;

  const reloads = async () => {
    const { text } = await request('GET', `http://${proxy.addresses.metrics}/metrics`);
    return Number(/mesh_zoho_catalog_reloads_total\{outcome="OK"\} (\d+)/.exec(text)?.[1] ?? 0);
  };

  // Rewrites the catalogue, and waits until the proxy serves it. How pages are counted stands in no digest.
  async function edit(change) {
    if (change === served) return;
    served = change;
    const before = await reloads();
    for (const file of await readdir(CATALOG)) {
      const text = await readFile(path.join(CATALOG, file), 'utf8');
      await writeFile(path.join(folder, file), change(text));
    }
    proxy.child.kill('SIGHUP');
    await until('the changed catalogue is served', async () => (await reloads()) > before, 10_000);
  }

  const names = async () => namesOf((await proxy.call('ListTools', {})).tools);

  for (const [name, settings, change] of [
    ['every index from 0', { index_base: 0 }, (text) => text.replaceAll('base: 1', 'base: 0')],
    ['every index from 1', { index_base: 1 }, (text) => text.replaceAll('base: 0', 'base: 1')],
    ['sessions and registrations by page',
      { paging: { session: { kind: 'page' }, registration: { kind: 'page' } } },
      (text) => text.replaceAll('kind: offset', 'kind: page')],
    ['users and departments by row',
      { paging: { user: { kind: 'offset' }, department: { kind: 'offset' }, department_user: { kind: 'offset' } } },
      (text) => text.replaceAll('kind: page, base: 0', 'kind: offset, base: 0')],
  ]) {
    test(`${name}: a catalogue that says so, read on SIGHUP, gives every answer as before`, async () => {
      await edit(asDocumented);
      await assert.rejects(walk(settings, { via: over, names: await names() }), assert.AssertionError);

      await edit(change);

      assertSame(await walk(settings, { via: over, names: await names() }), documented);
    });
  }
});
