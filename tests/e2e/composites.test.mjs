// The composite tools: one call each, held against what the single tools tell.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';

import { call, ERAS, listAll } from './harness/clients.mjs';
import { callTool } from './harness/http.mjs';
import { Mesh } from './harness/mesh.mjs';

const AUDIT = 'zoho_meeting_department_audit';
const BRIEF = 'zoho_meeting_presenter_brief';
const INVENTORY = 'zoho_meeting_license_inventory';

let mesh;
before(async () => {
  mesh = await Mesh.up();
});
afterEach(async () => {
  await mesh.fake('DELETE', 'settings');
  await mesh.fake('DELETE', 'faults');
});
after(() => mesh.down());

const sumOf = (counts) => Object.values(counts).reduce((sum, count) => sum + count, 0);

function countBy(rows, key) {
  const counts = {};
  for (const row of rows) counts[key(row)] = (counts[key(row)] ?? 0) + 1;
  return counts;
}

const editionOf = (license) => (license.enabled ? license.edition : 'none');

for (const [era, connect] of Object.entries(ERAS)) {
  describe(`a client of ${era}`, () => {
    let client;
    before(async () => {
      ({ client } = await connect(mesh.run.mcp_url));
    });
    after(() => client.close());

    test('finds the three tools among the others, each with its hints', async () => {
      const { tools } = await client.listTools();

      for (const name of [AUDIT, BRIEF, INVENTORY]) {
        const tool = tools.find((one) => one.name === name);
        assert.ok(tool, name);
        assert.equal(tool.annotations.readOnlyHint, true);
        assert.equal(tool.annotations.destructiveHint, false);
        assert.equal(tool.outputSchema.type, 'object');
        assert.ok(tool.inputSchema.properties.next_cursor);
      }
    });

    test('audits Sales in one call, with the users and roles that the single tools give', async () => {
      const { rows: departments } = await listAll(client, 'list_all_zoho_meeting_departments');
      const { departmentId: id } = departments.find((one) => one.departmentName === 'Sales');
      const department = await call(client, 'get_single_zoho_meeting_department_by_id', { id });
      const { rows: users } = await listAll(client, 'list_all_zoho_meeting_department_users',
        { department_id: id });
      const roleOf = (user) => (department.adminUserIds.includes(user.userId) ? 'admin' : 'member');

      const audit = await call(client, AUDIT, { department: 'sales', limit: 500 });

      assert.ok(users.length > 1);
      assert.equal(audit.department.departmentId, id);
      assert.deepEqual(audit.results, users.map((user) => ({ ...user, role: roleOf(user) })));
      assert.equal(audit.total, users.length);
      assert.equal(audit.admins, audit.results.filter((user) => user.role === 'admin').length);
      assert.ok(audit.results.every((user) => user.meetingLicense));
      assert.equal(audit.next_cursor, undefined);
      assert.equal(audit.failed, undefined);
    });

    test('audits Sales in pages that hold the same users', async () => {
      const whole = await call(client, AUDIT, { department: 'Sales', limit: 500 });

      const { rows, pages } = await listAll(client, AUDIT, { department: 'Sales', limit: 7, fields: 'userId,role' });

      assert.deepEqual(rows, whole.results.map(({ userId, role }) => ({ userId, role })));
      assert.equal(pages, Math.ceil(whole.results.length / 7));
    });

    test('briefs on the meetings of Sarah Jenkins, with the details of each and no secret', async () => {
      const until = new Date(Date.now() + 7 * 24 * 3600 * 1000);
      const { rows } = await listAll(client, 'list_all_zoho_meeting_meetings', { listtype: 'upcoming', limit: 100 });
      const hers = rows.filter((meeting) => /^sarah\.jenkins@/.test(meeting.presenterEmail) &&
        new Date(meeting.startTimeRfc3339) >= new Date() && new Date(meeting.startTimeRfc3339) < until);

      const brief = await call(client, BRIEF, { presenter: 'sarah jenkins', limit: 50 });

      assert.ok(hers.length > 1);
      assert.equal(brief.presenter.fullName, 'Sarah Jenkins');
      assert.deepEqual(brief.results.map((meeting) => meeting.meetingKey).sort(),
        hers.map((meeting) => meeting.meetingKey).sort());
      for (const meeting of brief.results) {
        const single = await call(client, 'get_single_zoho_meeting_meeting_by_id', { id: meeting.meetingKey });
        for (const [name, value] of Object.entries(single)) assert.deepEqual(meeting[name], value, name);
        assert.equal(meeting.pwd, '[redacted]');
      }
      assert.equal(brief.failed, undefined);
    });

    test('counts 1,200 users by role and licence as the list of users does', async () => {
      const { rows: users } = await listAll(client, 'list_all_zoho_meeting_users', { limit: 500 });

      const inventory = await call(client, INVENTORY);

      assert.equal(inventory.users_counted, 1200);
      assert.equal(inventory.total, 1200);
      assert.deepEqual(inventory.by_role, countBy(users, (user) => user.role));
      assert.deepEqual(inventory.by_meeting_license, countBy(users, (user) => editionOf(user.meetingLicense)));
      assert.deepEqual(inventory.by_webinar_license, countBy(users, (user) => editionOf(user.webinarLicense)));
      for (const counts of [inventory.by_role, inventory.by_meeting_license, inventory.by_webinar_license]) {
        assert.equal(sumOf(counts), 1200);
      }
      assert.equal(inventory.results.reduce((sum, row) => sum + row.users, 0), 1200);
      assert.equal(inventory.next_cursor, undefined);
    });
  });
}

test('a department of no name is a tool error that lists what there is', async () => {
  const { status, body } = await callTool(mesh.run.mcp_url, AUDIT, { department: 'Cats' });

  assert.equal(status, 200);
  assert.equal(body.result.isError, true);
  assert.match(body.result.content[0].text, /department.*Sales/s);
});

test('a limit that ends midway leaves what was counted, the limit in headers, and a way to go on', async () => {
  await mesh.fake('PUT', 'settings', { throttle: 'plain-429', throttle_limit: 5, throttle_window_s: 600 });
  await mesh.fake('DELETE', 'requests');

  const { headers, body } = await callTool(mesh.run.mcp_url, INVENTORY);

  const partial = body.result.structuredContent;
  assert.equal(body.result.isError, false);
  assert.ok(partial.users_counted > 0 && partial.users_counted < 1200, `${partial.users_counted}`);
  assert.equal(partial.failed[0].reason, 'ZOHO_RATE_LIMITED');
  assert.ok(partial.failed[0].retry_after_seconds > 0);
  assert.equal(headers['ratelimit-remaining'], '0');
  assert.match(headers['ratelimit-reset'], /^\d+$/);
  // What was under way beside the refused one, and nothing after it.
  assert.ok((await mesh.zohoSaw({ role: 'meeting' })).length <= 5 + 6);

  await mesh.fake('DELETE', 'settings');
  const rest = await callTool(mesh.run.mcp_url, INVENTORY, { next_cursor: partial.next_cursor });
  assert.equal(rest.body.result.structuredContent.users_counted, 1200);
  assert.equal(rest.body.result.structuredContent.next_cursor, undefined);
});

test('a meeting whose details fail is named, and the others are there', async () => {
  const whole = (await callTool(mesh.run.mcp_url, BRIEF, { presenter: 'Sarah Jenkins', limit: 50 })).body.result.structuredContent;
  const { meetingKey } = whole.results[0];
  await mesh.fake('PUT', 'faults', { faults: [{ match: { path: `*/sessions/${meetingKey}.json` }, kind: '500' }] });

  const { body } = await callTool(mesh.run.mcp_url, BRIEF, { presenter: 'Sarah Jenkins', limit: 50 });

  const partial = body.result.structuredContent;
  assert.equal(partial.results.length, whole.results.length);
  assert.equal(partial.failed.length, 1);
  assert.match(partial.failed[0].part, new RegExp(meetingKey));
});

test('an MCP server shows them by their tags, and only where it may read', async () => {
  const namesOf = async (config) => {
    const { url } = await mesh.mint(undefined, { name: 'e2e', config });
    const { client } = await ERAS['2025-11-25'](url);
    const { tools } = await client.listTools();
    await client.close();
    return tools.map((tool) => tool.name);
  };

  const meetings = await namesOf({ methods: ['read'], tags: ['meetings'] });
  const writing = await namesOf({ methods: ['write'] });

  assert.ok(meetings.includes(BRIEF));
  assert.ok(!meetings.includes(AUDIT) && !meetings.includes(INVENTORY));
  assert.ok(![AUDIT, BRIEF, INVENTORY].some((name) => writing.includes(name)));
});
