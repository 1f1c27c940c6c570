// MCP servers that change, keys with roles, and the log of all of it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { callTool, request, rpc } from './harness/http.mjs';
import { Mesh, mesh as script } from './harness/mesh.mjs';
import { until } from './harness/until.mjs';

const DEPARTMENTS = 'list_all_zoho_meeting_departments';

let mesh;
before(async () => {
  mesh = await Mesh.up();
});
after(() => mesh.down());

const path = (id, more = '') => `/integrated-account/${mesh.run.account_id}/mcp/${id}${more}`;

test('a rotated URL gives way at once where no grace is given, and lives on where it is', async () => {
  const first = await mesh.mint();
  assert.equal((await rpc(first.url, 'ping')).status, 200);

  const second = await mesh.manage('POST', path(first.id, '/rotate'), { grace_seconds: 3600 });
  assert.equal(second.status, 200, second.text);
  assert.equal((await rpc(first.url, 'ping')).status, 200);
  assert.equal((await rpc(second.body.url, 'ping')).status, 200);
  const third = await mesh.manage('POST', path(first.id, '/rotate'), { grace_seconds: 0 });

  assert.equal((await rpc(third.body.url, 'ping')).status, 200);
  await until('the URLs before are refused', async () => {
    assert.equal((await rpc(first.url, 'ping')).status, 404);
    assert.equal((await rpc(second.body.url, 'ping')).status, 404);
  });
  const unknown = await rpc(`${new URL(first.url).origin}/mcp/${'x'.repeat(43)}`, 'ping');
  const rotated = await rpc(first.url, 'ping');
  assert.equal(rotated.text, unknown.text);
});

test('narrowing an MCP server hides tools from it', async () => {
  const server = await mesh.mint();

  const patched = await mesh.manage('PATCH', path(server.id), { name: 'Users', config: { tags: ['users'] } });

  assert.equal(patched.status, 200, patched.text);
  assert.equal(patched.body.name, 'Users');
  await until('the tools are hidden', async () => {
    const { body } = await rpc(server.url, 'tools/list');
    assert.ok(body.result.tools.every(({ name }) => name !== DEPARTMENTS));
  });
  assert.equal((await callTool(server.url, DEPARTMENTS)).body.error.code, -32602);
});

test('a viewer reads and changes nothing, and a revoked key is refused', async () => {
  const { body: key } = await mesh.manage('POST', '/api-key', { name: 'Reader', role: 'viewer' });
  const as = (method, route, body) => request(method, mesh.run.management_url + route, body,
    { authorization: `Bearer ${key.key}` });

  assert.equal((await as('GET', '/integrated-account')).status, 200);
  assert.equal((await as('POST', `/integrated-account/${mesh.run.account_id}/mcp`, { name: 'x' })).status, 403);
  assert.equal((await as('GET', '/api-key')).status, 403);
  assert.equal((await mesh.manage('DELETE', `/api-key/${key.id}`)).status, 204);

  await until('the key is refused', async () => assert.equal((await as('GET', '/integrated-account')).status, 401));
});

test('the audit log tells who did what, redacted, and survives a restart unbroken', async () => {
  const server = await mesh.mint();
  await callTool(server.url, DEPARTMENTS, { limit: 1 });
  await callTool(server.url, 'no_such_tool');
  await script('stop', '--state-dir', mesh.stateDir);
  const again = await Mesh.up({ stateDir: mesh.stateDir });
  mesh.run = again.run;

  const { body } = await mesh.manage('GET', `/audit?mcp_server=${server.id}`);

  assert.deepEqual(body.results.map(({ action, outcome }) => `${action} ${outcome}`),
    ['tool.call TOOL_UNKNOWN', 'tool.call ok', 'mcp_server.create ok']);
  assert.match(body.results[2].actor, /^key_/);
  assert.equal(JSON.parse(body.results[1].details.arguments).limit, 1);
  const token = new URL(server.url).pathname.split('/').at(-1);
  const all = await mesh.manage('GET', '/audit?format=jsonl&limit=1000');
  assert.ok(!all.text.includes(token) && !all.text.includes(mesh.run.api_key));
  const verified = (await mesh.manage('GET', '/audit/verify')).body;
  assert.equal(verified.intact, true, JSON.stringify(verified));
  assert.equal(verified.events, all.text.trim().split('\n').length);
  const usage = (await mesh.manage('GET', '/usage')).body.results.filter((row) => row.mcp_server === server.id);
  assert.deepEqual(usage.map(({ tool, calls, errors }) => [tool, calls, errors]),
    [['', 1, 1], [DEPARTMENTS, 1, 0]]);
});
