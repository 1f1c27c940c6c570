// One account whose Zoho hangs or is down leaves the others their share.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';

import { Agent } from 'undici';

import { callTool } from './harness/http.mjs';
import { Mesh } from './harness/mesh.mjs';

// Of one account, under way and waiting together.
const SHARE = 8;
const TOOL = 'list_all_zoho_meeting_departments';

let mesh;
let us;
let eu;
before(async () => {
  mesh = await Mesh.up({ set: [
    'zoho_proxy:account_calls_in_flight: 4', 'zoho_proxy:calls_in_flight: 100', 'zoho_proxy:calls_waiting: 8',
    'zoho_proxy:call_timeout { seconds: 4 }'] });
  us = (await mesh.mint(await mesh.accountOf('us'))).url;
  eu = (await mesh.mint(await mesh.accountOf('eu'))).url;
});
beforeEach(() => mesh.fake('DELETE', 'faults'));
after(() => mesh.down());

const reasonOf = ({ body }) => body.result._meta?.reason ?? body.result.content[0].text.split(':')[0];

test('an account whose Zoho hangs is told that it is busy, and another account is served meanwhile', async () => {
  await Promise.all([us, eu].map((url) => callTool(url, TOOL)));
  await mesh.fake('PUT', 'faults', { faults: [{ match: { region: 'us', role: 'meeting' }, kind: 'hang' }] });
  const agent = new Agent({ connections: 4 * SHARE });

  const hanging = Array.from({ length: 2 * SHARE }, () => callTool(us, TOOL, {}, { dispatcher: agent }));
  const first = await Promise.race(hanging);
  assert.equal(reasonOf(first), 'ACCOUNT_BUSY', first.text);

  const begun = performance.now();
  for (let i = 0; i < 20; ++i) {
    const { body } = await callTool(eu, TOOL);
    assert.ok(body.result.structuredContent, JSON.stringify(body));
  }
  assert.ok(performance.now() - begun < 5000, `took ${Math.round(performance.now() - begun)} ms`);

  // What hangs ends at its deadline: the account is served again.
  await Promise.all(hanging);
  await agent.close();
  await mesh.fake('DELETE', 'faults');
  const { body } = await callTool(us, TOOL);
  assert.ok(body.result.structuredContent, JSON.stringify(body));
});

test('a host that fails again and again is left alone for a while, and the error says how long', async () => {
  await mesh.fake('PUT', 'faults', { faults: [{ match: { region: 'us', role: 'meeting' }, kind: '503' }] });
  const reasons = [];
  let last;
  for (let i = 0; i < 12; ++i) {
    last = await callTool(us, TOOL);
    reasons.push(reasonOf(last));
  }
  await mesh.fake('DELETE', 'requests');

  const open = await callTool(us, TOOL);

  assert.equal(reasonOf(open), 'ZOHO_CIRCUIT_OPEN', reasons.join(' '));
  assert.match(open.body.result.content[0].text, /until \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/);
  assert.match(open.headers['retry-after'] ?? '', /^\d+$/);
  assert.deepEqual(await mesh.zohoSaw({ role: 'meeting' }), [], 'nothing is sent');
  assert.ok((await callTool(eu, TOOL)).body.result.structuredContent, 'another host is served');
});
