// Every client does the same things: it connects, lists, audits a department, meets a limit, and
// gives a call up.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';

import { request } from '../e2e/harness/http.mjs';
import { Mesh } from '../e2e/harness/mesh.mjs';
import { until } from '../e2e/harness/until.mjs';
import { CLIENTS } from './clients.mjs';

const LIST = 'list_all_zoho_meeting_departments';

let mesh;
before(async () => {
  mesh = await Mesh.up();
});
after(() => mesh.down());

// Calls that ended because whoever made them gave up.
async function cancelledCalls() {
  const { text } = await request('GET', mesh.run.metrics.mcp_frontend);
  return [...text.matchAll(/^mesh_tool_calls_total\{.*outcome="CANCELLED".*\} (\d+)/gm)]
    .reduce((sum, [, count]) => sum + Number(count), 0);
}

async function rows(client, tool, args = {}) {
  const found = [];
  for (let cursor; ; ) {
    const { isError, structuredContent, content } =
      await client.call(tool, cursor === undefined ? args : { ...args, next_cursor: cursor });
    assert.ok(!isError, JSON.stringify(content));
    const page = structuredContent ?? JSON.parse(content[0].text);
    found.push(...page.results);
    cursor = page.next_cursor;
    if (cursor === undefined) return found;
  }
}

for (const [name, { connect, cancels }] of Object.entries(CLIENTS)) {
  describe(name, () => {
    let client;
    before(async () => {
      client = await connect(mesh.run.mcp_url);
    });
    afterEach(() => mesh.fake('DELETE', 'settings'));
    after(() => client.close());

    test('lists the tools', async () => {
      assert.ok((await client.list()).includes(LIST));
    });

    test('audits a department', async () => {
      const departments = await rows(client, LIST);
      const sales = departments.find((department) => department.departmentName === 'Sales');

      const users = await rows(client, 'list_all_zoho_meeting_department_users',
        { department_id: sales.departmentId });

      assert.ok(users.length > 0);
      assert.ok(users.every((user) => JSON.stringify(user).includes('@')));
    });

    test('is told of a limit at once, with the seconds to wait', async () => {
      await mesh.fake('PUT', 'settings',
        { throttle: 'x-ratelimit', throttle_limit: 1, throttle_window_s: 600, throttle_lock_s: 600 });
      await client.call(LIST);

      const { isError, content } = await client.call(LIST);

      assert.equal(isError, true);
      assert.match(content[0].text, /ZOHO_RATE_LIMITED.*retry-after: \d+/s);
    });

    test('gives a call up, and makes another', async () => {
      const before = await cancelledCalls();
      await mesh.fake('PUT', 'settings', { latency_ms: 5000 });
      await mesh.fake('DELETE', 'requests');
      const giving = new AbortController();
      const call = client.call(LIST, {}, { signal: giving.signal });
      const outcome = assert.rejects(call);
      await until('the call reaches Zoho', async () => (await mesh.zohoSaw({ role: 'meeting' })).length > 0);

      giving.abort(new Error('given up'));
      await outcome;

      if (cancels) await until('the call is cancelled', async () => (await cancelledCalls()) > before);
      await mesh.fake('DELETE', 'settings');
      assert.ok(!(await client.call(LIST, { limit: 1 })).isError);
    });
  });
}
