// No thread waits for Zoho: calls in flight cost no more time than one of them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Agent } from 'undici';

import { callTool } from './harness/http.mjs';
import { Mesh } from './harness/mesh.mjs';

const CALLS = 1000;
const LIMIT_MS = 3000;

let mesh;
before(async () => {
  mesh = await Mesh.up();
});
after(() => mesh.down());

test(`${CALLS} calls in flight against a Zoho that takes 2 s all end within ${LIMIT_MS / 1000} s`, async (t) => {
  const dispatcher = new Agent({ connections: CALLS, pipelining: 1 });
  const all = () => Promise.all(Array.from({ length: CALLS },
    () => callTool(mesh.run.mcp_url, 'list_all_zoho_meeting_departments', { limit: 1 }, { dispatcher })));
  await mesh.fake('PUT', 'settings', { latency_ms: 2000 });
  // Opens the connections, which is not what is measured.
  await all();

  const begun = performance.now();
  const answers = await all();
  const took = performance.now() - begun;

  await dispatcher.close();
  t.diagnostic(`took ${Math.round(took)} ms`);
  assert.ok(answers.every(({ body }) => body.result.structuredContent.results.length === 1));
  assert.ok(took < LIMIT_MS, `took ${Math.round(took)} ms`);
});
