// A program that is gone: the others say so, in time, and keep serving what they can.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';

import { callTool, request, rpc } from './harness/http.mjs';
import { Mesh } from './harness/mesh.mjs';
import { until } from './harness/until.mjs';

let mesh;
beforeEach(async () => {
  mesh = await Mesh.up();
});
afterEach(() => mesh.down());

// A call answers within this, whatever is down, well before its deadline of 55 s.
const PROMPT_MS = 15_000;

async function timed(promise) {
  const begun = performance.now();
  const answer = await promise;
  assert.ok(performance.now() - begun < PROMPT_MS, `took ${Math.round(performance.now() - begun)} ms`);
  return answer;
}

const departments = (url) => timed(callTool(url, 'list_all_zoho_meeting_departments'));

// auth-service looks for changes ten times a second; what it says after twice that includes them.
const SURELY_LOOKED_S = 0.2;

// Until the frontend knows every change that was made before now.
async function changesKnown() {
  const now = Date.now() / 1000;
  await until('the changes are known', async () => {
    const { text } = await request('GET', mesh.run.metrics.mcp_frontend);
    const known = /^mesh_edge_changes_confirmed_timestamp_seconds (\S+)/m.exec(text)?.[1];
    return Number(known) > now + SURELY_LOOKED_S;
  });
}

test('without auth-service a URL in use goes on, and an unknown one is told to come back', async () => {
  const { url } = await mesh.mint();
  await changesKnown();
  assert.ok((await departments(mesh.run.mcp_url)).body.result.structuredContent);
  await mesh.kill('auth-service');

  const known = await departments(mesh.run.mcp_url);
  const unknown = await timed(rpc(url, 'tools/list'));
  const minting = await timed(mesh.manage('POST', `/integrated-account/${mesh.run.account_id}/mcp`, { name: 'x' }));

  assert.ok(known.body.result.structuredContent, known.text);
  assert.equal(unknown.status, 503, unknown.text);
  assert.equal(minting.status, 503, minting.text);
  assert.ok(minting.body.error.message);
});

test('without fake Zoho a call says that Zoho does not answer', async () => {
  await departments(mesh.run.mcp_url);
  await mesh.kill('fake-zoho');

  const { status, body } = await departments(mesh.run.mcp_url);

  assert.equal(status, 200);
  assert.equal(body.result.isError, true);
  assert.match(body.result.content[0].text, /Zoho/);
});

test('without zoho-proxy-service a call is a tool error and the list is still there', async () => {
  await departments(mesh.run.mcp_url);
  await mesh.kill('zoho-proxy-service');

  const { status, body } = await departments(mesh.run.mcp_url);
  const list = await timed(rpc(mesh.run.mcp_url, 'tools/list'));

  assert.equal(status, 200);
  assert.equal(body.result.isError, true);
  assert.ok(list.body.result.tools.length >= 6);
});
