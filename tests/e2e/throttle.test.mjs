// Zoho's limits reach the caller at once, as headers and in the body, and nothing retries into them.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';

import { callTool } from './harness/http.mjs';
import { Mesh } from './harness/mesh.mjs';

let mesh;
before(async () => {
  mesh = await Mesh.up();
});
beforeEach(() => mesh.fake('DELETE', 'settings'));
after(() => mesh.down());

// Each of Zoho's guises, with one call allowed and then ten minutes of none.
// These do not tell how much was allowed, and nobody makes it up for them.
const WITHOUT_LIMIT = ['plain-429', 'desk', 'desk-concurrency', 'crm'];
const PROFILES = [...WITHOUT_LIMIT, 'filter', 'filter-200', 'x-ratelimit', 'ratelimit'];

for (const throttle of PROFILES) {
  test(`a limit dressed as ${throttle} is told in headers and body, and not retried`, async () => {
    await mesh.fake('PUT', 'settings',
      { throttle, throttle_limit: 1, throttle_window_s: 600, throttle_lock_s: 600 });
    await callTool(mesh.run.mcp_url, 'list_all_zoho_meeting_departments');
    await mesh.fake('DELETE', 'requests');

    const { status, headers, body } = await callTool(mesh.run.mcp_url, 'list_all_zoho_meeting_departments');

    assert.equal(status, 200);
    assert.equal(body.result.isError, true);
    for (const name of ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset']) {
      if (WITHOUT_LIMIT.includes(throttle) && name === 'ratelimit-limit') continue;
      assert.match(headers[name] ?? '', /^\d+$/, `${name}: ${headers[name]}`);
    }
    assert.match(headers['retry-after'] ?? '', /^\d+$/);
    const wait = Number(headers['ratelimit-reset']);
    assert.ok(wait > 0, `${wait}`);
    assert.match(body.result.content[0].text, new RegExp(`\\b${headers['retry-after']}\\b`),
      'the wait stands in the text');
    assert.equal((await mesh.zohoSaw({ role: 'meeting' })).length, 1, 'asked once');
  });
}

for (const throttle of ['desk', 'desk-concurrency', 'crm', 'x-ratelimit', 'ratelimit']) {
  test(`what ${throttle} says is left comes with a good answer, too`, async () => {
    await mesh.fake('PUT', 'settings', { throttle, throttle_limit: 2, throttle_window_s: 600 });

    const { headers, body } = await callTool(mesh.run.mcp_url, 'list_all_zoho_meeting_departments');

    assert.equal(body.result.isError, false);
    assert.equal(headers['ratelimit-remaining'], '1');
    const tellsAll = !WITHOUT_LIMIT.includes(throttle);
    assert.equal(headers['ratelimit-limit'], tellsAll ? '2' : undefined);
    assert.equal(headers['ratelimit-reset'] !== undefined, tellsAll);
    assert.equal(headers['retry-after'], undefined);
  });
}

test('a good answer that says nothing of limits has no such headers', async () => {
  const { headers } = await callTool(mesh.run.mcp_url, 'list_all_zoho_meeting_departments');

  assert.deepEqual(Object.keys(headers).filter((name) => /ratelimit|retry-after/.test(name)), []);
});
