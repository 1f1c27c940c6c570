// With which status what is answered: one test for each situation that a client can bring about.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { callTool, request, rpc } from './harness/http.mjs';
import { Mesh } from './harness/mesh.mjs';

const LIST = 'list_all_zoho_meeting_departments';
const USERS = 'list_all_zoho_meeting_department_users';
const VERSION = 'io.modelcontextprotocol/protocolVersion';
const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
const META = { [VERSION]: '2026-07-28', [CAPABILITIES]: {} };

let mesh;
let url;
before(async () => {
  mesh = await Mesh.up({ flags: ['--conformance-fixtures'] });
  url = mesh.run.mcp_url;
});
after(() => mesh.down());

const post = (body, headers, to = url) => request('POST', to, body, headers);
const ping = (more = {}) => ({ jsonrpc: '2.0', id: 1, method: 'ping', ...more });

// A request of 2026-07-28. What is undefined in `headers` is left out.
function modern(method, params = {}, headers = {}, to = url) {
  const all = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method,
    ...(params.name === undefined ? {} : { 'mcp-name': params.name }), ...headers };
  for (const name of Object.keys(all)) if (all[name] === undefined) delete all[name];
  return post({ jsonrpc: '2.0', id: 1, method, params: { _meta: META, ...params } }, all, to);
}

function refused(answer, status, code) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.headers['content-type'], 'application/json');
  assert.equal(answer.body.error.code, code, answer.text);
}

test('request OK, also an error of a handler, an unknown tool or a legacy unknown method: 200', async () => {
  for (const [answer, code] of [[await rpc(url, 'ping')], [await callTool(url, 'no_such'), -32602], [await rpc(url, 'no/such'), -32601],
    [await modern('tools/list')], [await modern('tools/call', { name: 'no_such' }), -32602]]) {
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.headers['content-type'], 'application/json');
    assert.equal(answer.body.error?.code, code);
    assert.equal(answer.body.id, 1);
  }
  const { status, headers } = await rpc(url, 'tools/call', { name: LIST, _meta: { progressToken: 1 } });
  assert.deepEqual([status, headers['content-type']], [200, 'text/event-stream']);
});

test('tool ran and failed, or bad arguments: 200, isError, and what to mend', async () => {
  await mesh.fake('PUT', 'settings', { throttle: 'plain-429', throttle_limit: 0, throttle_window_s: 600 });
  const failed = await callTool(url, LIST);
  await mesh.fake('DELETE', 'settings');
  const wrong = await callTool(url, USERS);
  for (const { status, body } of [failed, wrong]) {
    assert.equal(status, 200);
    assert.equal(body.result.isError, true);
  }
  assert.match(failed.body.result.content[0].text, /\d+ s/);
  assert.match(wrong.body.result.content[0].text, /department_id/);
});

test('notification or response POSTed: 202, empty, no Content-Type', async () => {
  for (const answer of [await post({ jsonrpc: '2.0', method: 'notifications/initialized' }),
    await post({ jsonrpc: '2.0', id: 7, result: {} }), await post({ jsonrpc: '2.0', id: 7, error: { code: 1, message: 'm' } }),
    await post({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1, _meta: META } },
      { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'notifications/cancelled' })]) {
    assert.deepEqual([answer.status, answer.text, answer.headers['content-type']], [202, '', undefined]);
  }
});

test('unparsable or empty body: 400 and -32700', async () => {
  for (const body of ['', '{', 'null null', '{"jsonrpc":"2.0","id":1,"method":"ping"']) refused(await post(body), 400, -32700);
});

test('not JSON-RPC, id null, fractional id, params no object, empty batch: 400 and -32600', async () => {
  for (const body of ['1', '{}', ping({ jsonrpc: '1.0' }), ping({ id: null }), ping({ id: 1.5 }), ping({ params: [] }), '[]']) {
    refused(await post(body), 400, -32600);
  }
});

test('batch: processed for 2025-03-26 or where no version is claimed, else 400 and -32600', async () => {
  const batch = [ping(), { jsonrpc: '2.0', method: 'notifications/initialized' }, ping({ id: 2 })];
  for (const headers of [{}, { 'mcp-protocol-version': '2025-03-26' }]) {
    const { status, body } = await post(batch, headers);
    assert.equal(status, 200);
    assert.deepEqual(body.map(({ id }) => id), [1, 2]);
  }
  for (const version of ['2025-06-18', '2025-11-25', '2026-07-28']) {
    refused(await post(batch, { 'mcp-protocol-version': version }), 400, -32600);
  }
});

test('Content-Type not application/json: 415, parameters of it allowed', async () => {
  for (const type of ['text/plain', 'application/jsonp', 'multipart/form-data']) {
    assert.equal((await post(JSON.stringify(ping()), { 'content-type': type })).status, 415, type);
  }
  assert.equal((await post(ping(), { 'content-type': 'Application/JSON; charset=utf-8' })).status, 200);
});

test('Accept lacks one type, or all: served', async () => {
  for (const accept of ['application/json', 'text/event-stream', '*/*', 'image/png']) {
    assert.equal((await post(ping(), { accept })).status, 200, accept);
    assert.equal((await modern('tools/list', {}, { accept })).status, 200, accept);
  }
});

test('modern, _meta field missing: 400 and -32602', async () => {
  refused(await modern('tools/list', { _meta: { [VERSION]: '2026-07-28' } }), 400, -32602);
  refused(await modern('tools/list', { _meta: {} }), 400, -32602);
});

test('modern, header missing or mismatched: 400 and -32020', async () => {
  for (const headers of [{ 'mcp-protocol-version': undefined }, { 'mcp-method': undefined }, { 'mcp-method': 'tools/call' },
    { 'mcp-name': undefined }, { 'mcp-name': 'another' }]) {
    refused(await modern('tools/call', { name: LIST }, headers), 400, -32020);
  }
});

test('modern, version unsupported: 400 and -32022 with those that are', async () => {
  const answer = await modern('tools/list', { _meta: { ...META, [VERSION]: '2099-01-01' } }, { 'mcp-protocol-version': '2099-01-01' });
  refused(answer, 400, -32022);
  assert.deepEqual(answer.body.error.data, { supported: ['2026-07-28'], requested: '2099-01-01' });
});

test('modern, unknown or removed method: 404 and -32601', async () => {
  for (const method of ['no/such', 'initialize', 'ping', 'logging/setLevel', 'resources/subscribe']) {
    refused(await modern(method), 404, -32601);
  }
});

test('modern, client capability needed: 400 and -32021 that names it', async () => {
  const answer = await modern('tools/call', { name: 'test_missing_capability' }, {}, mesh.run.conformance_url);
  refused(answer, 400, -32021);
  assert.deepEqual(answer.body.error.data.requiredCapabilities, { sampling: {} });
});

test('legacy, version header unknown: 400', async () => {
  for (const version of ['2099-01-01', 'x', '2026-07-28']) {
    assert.equal((await post(ping(), { 'mcp-protocol-version': version })).status, 400, version);
  }
});

test('sessions on, id unknown or ended: 404; missing: served, as nothing depends on it', async () => {
  const to = mesh.run.conformance_url;
  const begun = await post({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25' } }, {}, to);
  const session = { 'mcp-session-id': begun.headers['mcp-session-id'] };
  assert.equal((await post(ping(), session, to)).status, 200);
  assert.equal((await request('DELETE', to, undefined, session)).status, 200);
  assert.equal((await post(ping(), session, to)).status, 404);
  assert.equal((await post(ping(), { 'mcp-session-id': 'unknown' }, to)).status, 404);
  assert.equal((await post(ping(), {}, to)).status, 200);
});

test('stateless, Mcp-Session-Id and Last-Event-ID received: ignored, never echoed', async () => {
  const { status, headers } = await post(ping(), { 'mcp-session-id': 'x', 'last-event-id': '7' });
  assert.deepEqual([status, headers['mcp-session-id'], headers['last-event-id']], [200, undefined, undefined]);
});

test('GET, DELETE, PUT, HEAD on the MCP URL: 405 with Allow', async () => {
  for (const method of ['GET', 'DELETE', 'PUT', 'HEAD']) {
    const { status, headers } = await request(method, url);
    assert.deepEqual([status, headers.allow], [405, 'POST, OPTIONS'], method);
  }
});

test('OPTIONS: 204 and CORS before it is known who asks', async () => {
  const { origin } = new URL(url);
  const { status, headers } = await request('OPTIONS', `${origin}/mcp/nobody`, undefined,
    { origin, 'access-control-request-method': 'POST' });
  assert.deepEqual([status, headers['access-control-allow-methods']], [204, 'POST, OPTIONS']);
});

test('Origin present and not allowed: 403 without an id', async () => {
  const answer = await post(ping(), { origin: 'https://evil.example.com' });
  assert.equal(answer.status, 403);
  assert.ok(answer.body.error && !('id' in answer.body), answer.text);
});

test('unknown or revoked URL token: 404 and JSON', async () => {
  const { origin } = new URL(url);
  for (const token of ['A'.repeat(43), 'short']) {
    const answer = await post(ping(), {}, `${origin}/mcp/${token}`);
    assert.equal(answer.status, 404);
    assert.equal(answer.headers['content-type'], 'application/json');
  }
});

test('no URL is one of OAuth: a missing or wrong second factor is 401 without a hint of it', async () => {
  const { url: guarded } = await mesh.mint(mesh.run.account_id, { name: 'guarded', config: { require_api_token_auth: true } });
  for (const headers of [{}, { 'x-api-key': 'wrong' }]) {
    const answer = await post(ping(), headers, guarded);
    assert.equal(answer.status, 401);
    assert.doesNotMatch(answer.headers['www-authenticate'] ?? '', /resource_metadata|scope/);
  }
});

test('body too large: 413; rate limited: told in the result and by Retry-After', async () => {
  assert.equal((await post(ping({ params: { _meta: { x: 'x'.repeat(300 * 1024) } } }))).status, 413);
  await mesh.fake('PUT', 'settings', { throttle: 'plain-429', throttle_limit: 0, throttle_window_s: 600 });
  const limited = await callTool(url, LIST);
  await mesh.fake('DELETE', 'settings');
  assert.match(limited.headers['retry-after'], /^\d+$/);
  assert.match(limited.headers['ratelimit-reset'], /^\d+$/);
});

test('errors without a known id have none', async () => {
  for (const answer of [await post('{'), await post('[]'), await post(ping({ id: null }))]) {
    assert.ok(!('id' in answer.body) || answer.body.id === null, answer.text);
  }
});

test('answers by events: not cached, not buffered, one line of data each', async () => {
  const { headers, text } = await rpc(url, 'tools/call', { name: LIST, arguments: {}, _meta: { progressToken: 1 } });
  assert.deepEqual([headers['cache-control'], headers['x-accel-buffering']], ['no-cache, no-transform', 'no']);
  assert.match(text, /^(event: message\ndata: [^\n]+\n\n)+$/);
});

test('a cursor that was never given: -32602; a list that is over has none', async () => {
  assert.equal((await rpc(url, 'tools/list', { cursor: 'x' })).body.error.code, -32602);
  assert.ok(!('nextCursor' in (await rpc(url, 'tools/list')).body.result));
});
