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
// These two do not tell how much was allowed, and nobody makes it up for them.
const WITHOUT_LIMIT = ['plain-429', 'desk'];
const PROFILES = ['plain-429', 'filter', 'filter-200', 'desk', 'x-ratelimit', 'ratelimit'];

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
