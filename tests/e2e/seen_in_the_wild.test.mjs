// What has broken other servers for real clients, one test each.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';

import { callTool, request, rpc } from './harness/http.mjs';
import { Mesh } from './harness/mesh.mjs';

const LIST = 'list_all_zoho_meeting_departments';
const VERSION = 'io.modelcontextprotocol/protocolVersion';
const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';

let mesh;
let url;
let tools;
before(async () => {
  mesh = await Mesh.up();
  url = mesh.run.mcp_url;
  ({ body: { result: { tools } } } = await rpc(url, 'tools/list'));
});
after(() => mesh.down());

const post = (body, headers) => request('POST', url, body, headers);
const base = () => new URL(url).origin;

// A request of 2026-07-28.
const modern = (method, params = {}, capabilities = {}) => request('POST', url, {
  jsonrpc: '2.0', id: 1, method,
  params: { ...params, _meta: { [VERSION]: '2026-07-28', [CAPABILITIES]: capabilities, ...params._meta } },
}, {
  'mcp-protocol-version': '2026-07-28', 'mcp-method': method,
  ...(params.name ?? params.uri ? { 'mcp-name': params.name ?? params.uri } : {}),
});

// Bytes of an answer as they come, until `marker` or the end.
function raw(text, marker) {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    let read = '';
    const socket = net.connect(Number(port), hostname, () => socket.write(text));
    socket.setEncoding('utf8');
    socket.on('data', (data) => {
      read += data;
      if (marker !== undefined && read.includes(marker)) socket.destroy();
    });
    socket.on('close', () => resolve(read));
    socket.on('error', reject);
  });
}

const rawGet = (path, marker) => raw(`GET ${path} HTTP/1.1\r\nHost: ${new URL(url).host}\r\n\r\n`, marker);

test('1: GET on an MCP URL is 405 and names what is allowed, not a page, a 400 or an idle stream', async () => {
  for (const method of ['GET', 'DELETE', 'PUT', 'HEAD']) {
    const { status, headers } = await request(method, url);
    assert.equal(status, 405, method);
    assert.equal(headers.allow, 'POST, OPTIONS');
  }
});

test('2: a notification is 202, empty, without a content type', async () => {
  const { status, text, headers } = await post({ jsonrpc: '2.0', method: 'notifications/initialized' });
  assert.equal(status, 202);
  assert.equal(text, '');
  assert.equal(headers['content-type'], undefined);
});

test('3: an unknown session of HTTP+SSE is 404', async () => {
  const { status } = await request('POST', url.replace('/mcp/', '/messages/') + '?session_id=gone',
    { jsonrpc: '2.0', id: 1, method: 'ping' });
  assert.equal(status, 404);
});

test('4: a stale session id does no harm, and none is given', async () => {
  for (const method of ['initialize', 'tools/list']) {
    const { status, headers } = await post({ jsonrpc: '2.0', id: 1, method, params: {} }, { 'mcp-session-id': 'stale' });
    assert.equal(status, 200, method);
    assert.equal(headers['mcp-session-id'], undefined);
  }
});

test('5: a browser may send and read every header of the protocol', async () => {
  const origin = { origin: base() };
  const preflight = await request('OPTIONS', url, undefined, {
    ...origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'mcp-param-region' });
  assert.equal(preflight.status, 204);
  const allowed = preflight.headers['access-control-allow-headers'].toLowerCase();
  for (const name of ['content-type', 'accept', 'authorization', 'mcp-protocol-version', 'mcp-session-id', 'mcp-method',
    'mcp-name', 'mcp-param-region', 'last-event-id']) assert.ok(allowed.includes(name), name);
  const { headers } = await post({ jsonrpc: '2.0', id: 1, method: 'ping' }, origin);
  for (const name of ['mcp-session-id', 'www-authenticate']) {
    assert.ok(headers['access-control-expose-headers'].toLowerCase().includes(name), name);
  }
});

test('6: a stream asks not to be buffered and is never compressed', async () => {
  const { headers } = await request('POST', url, {
    jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: LIST, arguments: {}, _meta: { progressToken: 1 } } },
  { 'accept-encoding': 'gzip, br' });
  assert.equal(headers['content-type'], 'text/event-stream');
  assert.equal(headers['x-accel-buffering'], 'no');
  assert.match(headers['cache-control'], /no-transform/);
  assert.equal(headers['content-encoding'], undefined);
});

test('7: a connection that has been idle for six seconds still serves', async () => {
  const ping = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
  const { hostname, port, host, pathname } = new URL(url);
  const socket = net.connect(Number(port), hostname);
  socket.setEncoding('utf8');
  const answer = () => new Promise((resolve, reject) => {
    socket.once('data', resolve);
    socket.once('close', () => reject(new Error('closed')));
  });
  for (const pause of [0, 6000]) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    const answered = answer();
    socket.write(`POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${ping.length}\r\n\r\n${ping}`);
    assert.match(await answered, /^HTTP\/1.1 200 /);
  }
  socket.destroy();
});

test('8: whatever a client accepts, it is answered', async () => {
  for (const accept of ['*/*', 'application/json', 'text/event-stream', 'text/html']) {
    assert.equal((await post({ jsonrpc: '2.0', id: 0, method: 'ping' }, { accept })).status, 200, accept);
  }
});

test('9: every well-known path is a JSON 404, so that nobody believes in an OAuth server', async () => {
  const { pathname } = new URL(url);
  for (const path of ['/.well-known/oauth-protected-resource', '/.well-known/oauth-authorization-server',
    `/.well-known/oauth-protected-resource${pathname}`, '/.well-known/openid-configuration', '/register', '/']) {
    const { status, headers, body } = await request('GET', base() + path);
    assert.equal(status, 404, path);
    assert.equal(headers['content-type'], 'application/json', path);
    assert.ok(body.error, path);
  }
});

test('10: a slash at the end changes nothing, and nothing redirects', async () => {
  for (const suffix of ['', '/']) {
    assert.equal((await request('POST', url + suffix, { jsonrpc: '2.0', id: 1, method: 'ping' })).status, 200);
  }
});

test('11: no input schema has a combinator at its root', () => {
  for (const { name, inputSchema } of tools) {
    for (const key of ['oneOf', 'anyOf', 'allOf', 'not', 'enum']) assert.ok(!(key in inputSchema), `${name}: ${key}`);
  }
});

test('12: every input schema says object, properties and no more', () => {
  for (const { name, inputSchema } of tools) {
    assert.equal(inputSchema.type, 'object', name);
    assert.equal(typeof inputSchema.properties, 'object', name);
    assert.equal(inputSchema.additionalProperties, false, name);
  }
});

test('13: every property has a name that all clients take', () => {
  for (const { name, inputSchema } of tools) {
    for (const key of Object.keys(inputSchema.properties)) assert.match(key, /^[a-zA-Z0-9_.-]{1,64}$/, name);
  }
});

test('14: no schema names a dialect or has a tuple', () => {
  for (const tool of tools) {
    const text = JSON.stringify([tool.inputSchema, tool.outputSchema]);
    assert.doesNotMatch(text, /"\$schema"/, tool.name);
    assert.doesNotMatch(text, /"items":\[/, tool.name);
  }
});

test('15: no schema refers to another', () => {
  for (const tool of tools) {
    assert.doesNotMatch(JSON.stringify([tool.inputSchema, tool.outputSchema]), /"\$(ref|defs|anchor)"/, tool.name);
  }
});

test('16: every tool has a name that all clients take, with their prefixes', () => {
  for (const { name } of tools) assert.match(name, /^[a-z0-9_]{1,60}$/);
});

test('17: a list that is over has no cursor, and an empty one is none of ours', async () => {
  for (const method of ['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list']) {
    assert.ok(!('nextCursor' in (await rpc(url, method)).body.result), method);
    assert.equal((await rpc(url, method, { cursor: '' })).body.error.code, -32602, method);
  }
});

test('18: structured content comes with success alone, under a schema of an object', async () => {
  for (const { name, outputSchema } of tools) {
    if (outputSchema !== undefined) assert.equal(outputSchema.type, 'object', name);
  }
  const failed = (await callTool(url, 'list_all_zoho_meeting_department_users')).body.result;
  assert.equal(failed.isError, true);
  assert.equal(failed.structuredContent, undefined);
  assert.equal(typeof (await callTool(url, LIST)).body.result.structuredContent, 'object');
});

test('19: arguments may be absent, null, or an object in a string, and params null', async () => {
  for (const params of [{ name: LIST }, { name: LIST, arguments: null }, { name: LIST, arguments: '{"limit": 1}' },
    { name: LIST, arguments: { limit: null, next_cursor: null } }]) {
    assert.equal((await rpc(url, 'tools/call', params)).body.result.isError, false, JSON.stringify(params));
  }
  assert.ok((await rpc(url, 'tools/list', null)).body.result);
});

test('20: an id comes back in its type, zero and empty ones as well, and null is refused', async () => {
  for (const id of [0, '', '0', -1, 'x']) {
    assert.strictEqual((await post({ jsonrpc: '2.0', id, method: 'ping' })).body.id, id);
  }
  assert.equal((await post({ jsonrpc: '2.0', id: null, method: 'ping' })).status, 400);
});

test('21: ids in answers are strings, which 18 digits survive', async () => {
  const { results } = (await callTool(url, LIST)).body.result.structuredContent;
  for (const row of results) assert.equal(typeof row.departmentId, 'string');
  const { text } = await callTool(url, 'list_all_zoho_meeting_users', { limit: 100 });
  assert.doesNotMatch(text, /[:[,]\d{16,}[,\]}]/);
});

test('22: an answer stays below 100 KB and says how to get the rest', async () => {
  const { body } = await callTool(url, 'list_all_zoho_meeting_users', { limit: 100 });
  assert.ok(JSON.stringify(body.result.structuredContent).length <= 100_000);
  assert.ok(body.result.structuredContent.next_cursor);
});

test('23: two lists are the same, byte by byte', async () => {
  assert.equal((await rpc(url, 'tools/list')).text, (await rpc(url, 'tools/list')).text);
});

test('24: a version of the future is negotiated, in the body and in the header', async () => {
  const { status, body } = await post(
    { jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2099-01-01' } },
    { 'mcp-protocol-version': '2099-01-01' });
  assert.equal(status, 200);
  assert.equal(body.result.protocolVersion, '2025-11-25');
});

test('25: no Origin is fine, a page of this host as well, and a foreign one is 403', async () => {
  const ping = (headers) => post({ jsonrpc: '2.0', id: 1, method: 'ping' }, headers);
  assert.equal((await ping({})).status, 200);
  assert.equal((await ping({ origin: 'http://localhost:6274' })).status, 200);
  assert.equal((await ping({ origin: 'https://evil.example.com' })).status, 403);
});

test('26: nothing hints at a login that is none', async () => {
  const unknown = await request('POST', `${base()}/mcp/unknown`, { jsonrpc: '2.0', id: 1, method: 'ping' });
  assert.equal(unknown.status, 404);
  assert.equal(unknown.headers['www-authenticate'], undefined);
  const { url: guarded } = await mesh.mint(mesh.run.account_id,
    { name: 'guarded', config: { require_api_token_auth: true } });
  const refused = await request('POST', guarded, { jsonrpc: '2.0', id: 1, method: 'ping' });
  assert.equal(refused.status, 401);
  assert.doesNotMatch(refused.headers['www-authenticate'] ?? '', /resource_metadata/);
});

test('27: each event has its name, one line of data, and an end', async () => {
  const { text } = await request('POST', url, {
    jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: LIST, arguments: {}, _meta: { progressToken: 1 } } });
  assert.match(text, /^(event: message\ndata: \{[^\n]*\}\n\n)+$/);
});

test('28: the endpoint of HTTP+SSE has the origin under which the client came', async () => {
  const { pathname } = new URL(url);
  const stream = await rawGet(pathname.replace('/mcp/', '/sse/'), '\n\n');
  const endpoint = /event: endpoint\ndata: (\S+)\n/.exec(stream)[1];
  assert.equal(new URL(endpoint, url).origin, base());
});

test('29: a call that takes long tells of it', async () => {
  await mesh.fake('PUT', 'settings', { latency_ms: 1500 });
  const { text } = await request('POST', url, {
    jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: LIST, arguments: {}, _meta: { progressToken: 'p' } } });
  await mesh.fake('DELETE', 'settings');
  assert.match(text, /"method":"notifications\/progress","params":\{"progressToken":"p","progress":1/);
});

test('30: modern results have all that their strictest readers ask for, whatever the client can', async () => {
  for (const method of ['server/discover', 'tools/list', 'prompts/list', 'resources/list', 'resources/templates/list']) {
    const { result } = (await modern(method, {}, { future: { of: ['any'] } })).body;
    assert.equal(result.resultType, 'complete', method);
    assert.ok(Number.isInteger(result.ttlMs), method);
    assert.equal(result.cacheScope, 'private', method);
  }
  const { result } = (await modern('tools/call', { name: LIST, arguments: {} })).body;
  assert.equal(result.resultType, 'complete');
});

test('31: the token may stand in the path or be a bearer, and is told to nobody', async () => {
  const token = new URL(url).pathname.split('/')[2];
  const answer = await request('POST', `${base()}/mcp`, { jsonrpc: '2.0', id: 1, method: 'ping' },
    { authorization: `Bearer ${token}` });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers['referrer-policy'], 'no-referrer');
});

test('32: who comes from a cloud, without cookies and under any name, is served', async () => {
  for (const agent of ['Claude-User', 'openai-mcp/1.0.0', '', 'python-httpx/0.28']) {
    assert.equal((await post({ jsonrpc: '2.0', id: 1, method: 'ping' }, { 'user-agent': agent })).status, 200, agent);
  }
});
