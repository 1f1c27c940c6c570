// What is wrong with a request is said, in the place that the protocol has for it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { callTool, request, rpc } from './harness/http.mjs';
import { Mesh } from './harness/mesh.mjs';

let mesh;
before(async () => {
  mesh = await Mesh.up();
});
after(() => mesh.down());

const post = (body, headers) => request('POST', mesh.run.mcp_url, body, headers);

test('malformed JSON is 400 and -32700', async () => {
  for (const body of ['{', '', 'null null', '{"jsonrpc":"2.0","id":1,"method":"ping"', '\xff\xfe']) {
    const answer = await post(body);
    assert.equal(answer.status, 400, body);
    assert.equal(answer.body.error.code, -32700, body);
  }
});

test('JSON that is no request is 400 and -32600', async () => {
  for (const body of ['[]', '1', '{"jsonrpc":"1.0","id":1,"method":"ping"}', '{"jsonrpc":"2.0","id":null,"method":"ping"}',
    '{"jsonrpc":"2.0","id":1.5,"method":"ping"}', '{"jsonrpc":"2.0","id":1,"method":"ping","params":3}']) {
    const answer = await post(body);
    assert.equal(answer.status, 400, body);
    assert.equal(answer.body.error.code, -32600, body);
  }
});

test('another content type is 415', async () => {
  assert.equal((await post('{}', { 'content-type': 'text/plain' })).status, 415);
});

test('an unknown method is 200 and -32601', async () => {
  const { status, body } = await rpc(mesh.run.mcp_url, 'no/such');

  assert.equal(status, 200);
  assert.equal(body.error.code, -32601);
});

test('an unknown tool is 200 and -32602, and named', async () => {
  const { status, body } = await callTool(mesh.run.mcp_url, 'no_such_tool');

  assert.equal(status, 200);
  assert.equal(body.error.code, -32602);
  assert.match(body.error.message, /no_such_tool/);
});

test('a missing department_id is a tool error that names the field and where to get it', async () => {
  const { status, body } = await callTool(mesh.run.mcp_url, 'list_all_zoho_meeting_department_users');

  assert.equal(status, 200);
  assert.equal(body.result.isError, true);
  assert.match(body.result.content[0].text, /department_id/);
  assert.deepEqual(await mesh.zohoSaw({ path: '*/department/*/user' }), []);
});

test('an id of another list, or of none, is a tool error that names the list with the right ones', async () => {
  const listed = await callTool(mesh.run.mcp_url, 'list_all_zoho_meeting_users', { limit: 1 });
  const [{ zuid }] = listed.body.result.structuredContent.results;

  for (const id of [zuid, '1']) {
    const { body } = await callTool(mesh.run.mcp_url, 'get_single_zoho_meeting_user_by_id', { id });

    assert.equal(body.result.isError, true);
    assert.match(body.result.content[0].text, /userId.*list_all_zoho_meeting_users/);
  }
});

test('a forged cursor is a tool error', async () => {
  const { body } = await callTool(mesh.run.mcp_url, 'list_all_zoho_meeting_users', { next_cursor: 'AAAA' });

  assert.equal(body.result.isError, true);
  assert.match(body.result.content[0].text, /next_cursor|cursor/i);
});

test('a path in an id goes nowhere', async () => {
  await mesh.fake('DELETE', 'requests');

  const { body } = await callTool(mesh.run.mcp_url, 'get_single_zoho_meeting_user_by_id',
    { id: '../department' });

  assert.equal(body.result.isError, true);
  assert.deepEqual(await mesh.zohoSaw({ path: '*/department*' }), []);
});

test('a body over the limit is 413', async () => {
  const { status } = await post(JSON.stringify(
    { jsonrpc: '2.0', id: 1, method: 'ping', params: { _meta: { padding: 'x'.repeat(300 * 1024) } } }));

  assert.equal(status, 413);
});

test('an unknown and a malformed token are one and the same 404', async () => {
  const base = mesh.run.mcp_url.slice(0, mesh.run.mcp_url.lastIndexOf('/') + 1);
  const answers = [];
  for (const token of ['A'.repeat(43), 'short', '..%2F..', 'x'.repeat(2000)]) {
    const { status, body, headers } = await rpc(base + token, 'ping');
    assert.equal(status, 404, token);
    assert.equal(headers['www-authenticate'], undefined);
    answers.push(JSON.stringify(body));
  }
  assert.equal(new Set(answers).size, 1, answers.join('\n'));
});

test('a deleted MCP server answers like one that never was', async () => {
  const { url, id } = await mesh.mint();
  assert.equal((await rpc(url, 'ping')).status, 200);

  const { status } = await mesh.manage('DELETE', `/integrated-account/${mesh.run.account_id}/mcp/${id}`);
  assert.ok(status === 200 || status === 204, `${status}`);

  // The records are held for one second.
  const until = Date.now() + 2000;
  let last;
  do {
    last = (await rpc(url, 'ping')).status;
  } while (last !== 404 && Date.now() < until);
  assert.equal(last, 404);
});

test('GET on the MCP URL is 405 and says what is allowed', async () => {
  const { status, headers } = await request('GET', mesh.run.mcp_url);

  assert.equal(status, 405);
  assert.match(headers.allow, /POST/);
});

test('the management API refuses a missing and a wrong key, and names a wrong field', async () => {
  const route = `${mesh.run.management_url}/integrated-account/${mesh.run.account_id}/mcp`;

  assert.equal((await request('POST', route, { name: 'x' })).status, 401);
  assert.equal((await request('POST', route, { name: 'x' }, { authorization: 'Bearer wrong' })).status, 401);
  const unknown = await mesh.manage('POST', `/integrated-account/${mesh.run.account_id}/mcp`, { name: 'x', nmae: 1 });
  assert.equal(unknown.status, 400);
  assert.match(JSON.stringify(unknown.body.error), /nmae/);
  const nobody = await mesh.manage('POST', '/integrated-account/acc_none/mcp', { name: 'x' });
  assert.equal(nobody.status, 404);
});

test('the management API is not on the public port, nor MCP on the private one', async () => {
  const { origin, pathname } = new URL(mesh.run.mcp_url);

  assert.equal((await request('GET', `${origin}/integrated-account`, undefined,
    { authorization: `Bearer ${mesh.run.api_key}` })).status, 404);
  assert.equal((await rpc(mesh.run.management_url + pathname, 'ping')).status, 404);
});
