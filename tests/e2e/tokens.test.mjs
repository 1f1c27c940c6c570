// Access tokens: one request for any number of callers, and a new one when Zoho refuses the old.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { callTool } from './harness/http.mjs';
import { Mesh } from './harness/mesh.mjs';

let mesh;
before(async () => {
  mesh = await Mesh.up();
});
after(() => mesh.down());

const tokenRequests = () => mesh.zohoSaw({ role: 'accounts', path: '/oauth/v2/token', region: 'us' });

async function departments() {
  const { status, body } = await callTool(mesh.run.mcp_url, 'list_all_zoho_meeting_departments');
  assert.equal(status, 200);
  assert.notEqual(body.result?.isError, true, JSON.stringify(body));
  return body.result.structuredContent.results;
}

test('a token that Zoho expires mid-run is refreshed by exactly one token request', async () => {
  const before = await departments();
  await mesh.fake('POST', 'expire_tokens', {});
  await mesh.fake('DELETE', 'requests');

  const afterwards = await departments();

  assert.deepEqual(afterwards, before);
  assert.equal((await tokenRequests()).length, 1);
});

test('fifty callers whose token has expired cause one token request together', async () => {
  await mesh.fake('POST', 'expire_tokens', {});
  await mesh.fake('DELETE', 'requests');

  await Promise.all(Array.from({ length: 50 }, departments));

  assert.equal((await tokenRequests()).length, 1);
});

test('a token that is refused with 401, as live accounts do, is refreshed just so', async () => {
  await mesh.fake('PUT', 'settings', { invalid_token_status: 401 });
  await mesh.fake('POST', 'expire_tokens', {});
  await mesh.fake('DELETE', 'requests');

  await departments();

  assert.equal((await tokenRequests()).length, 1);
});

test('calls with a living token cause none', async () => {
  await departments();
  await mesh.fake('DELETE', 'requests');

  await departments();

  assert.equal((await tokenRequests()).length, 0);
});
