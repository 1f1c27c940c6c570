// What the official clients of both eras see: the whole way from connecting to an audit.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { call, ERAS, listAll } from './harness/clients.mjs';
import { Mesh } from './harness/mesh.mjs';

const TOOLS = [
  'get_single_zoho_meeting_meeting_by_id',
  'get_single_zoho_meeting_user_by_id',
  'list_all_zoho_meeting_department_users',
  'list_all_zoho_meeting_departments',
  'list_all_zoho_meeting_meetings',
  'list_all_zoho_meeting_users',
];

let mesh;
before(async () => {
  mesh = await Mesh.up();
});
after(() => mesh.down());

for (const [era, connect] of Object.entries(ERAS)) {
  describe(`a client of ${era}`, () => {
    let client;
    let revision;
    before(async () => {
      ({ client, revision } = await connect(mesh.run.mcp_url));
    });
    after(() => client.close());

    test('connects in its own revision', () => {
      assert.equal(revision, era);
      assert.ok(client.getServerVersion().name);
      assert.ok(client.getServerCapabilities().tools);
    });

    test('lists the tools, each fit for every client', async () => {
      const { tools } = await client.listTools();

      for (const name of TOOLS) assert.ok(tools.some((tool) => tool.name === name), `${name} is missing`);
      for (const tool of tools) {
        assert.match(tool.name, /^[a-z0-9_]{1,60}$/);
        assert.equal(tool.inputSchema.type, 'object');
        assert.doesNotMatch(JSON.stringify(tool.inputSchema), /"\$ref"/);
        for (const hint of ['readOnlyHint', 'destructiveHint', 'idempotentHint', 'openWorldHint']) {
          assert.equal(typeof tool.annotations[hint], 'boolean', `${tool.name}: ${hint}`);
        }
        assert.ok(tool.title || tool.annotations.title, `${tool.name}: title`);
        assert.ok(tool.description, `${tool.name}: description`);
      }
      const { inputSchema } = tools.find((tool) => tool.name === 'list_all_zoho_meeting_department_users');
      assert.deepEqual(inputSchema.required, ['department_id']);
    });

    test('audits a department: its id from the list, then its users', async () => {
      const { rows: departments } = await listAll(client, 'list_all_zoho_meeting_departments');
      assert.equal(departments.length, 60);
      const sales = departments.find((department) => department.departmentName === 'Sales');

      const { rows: users } = await listAll(client, 'list_all_zoho_meeting_department_users',
        { department_id: sales.departmentId });

      assert.ok(users.length > 0);
      assert.ok(users.every((user) => JSON.stringify(user).includes('@')), 'each user has an e-mail address');
    });

    test('reaches every one of 1,200 users by next_cursor', async () => {
      const { rows, pages } = await listAll(client, 'list_all_zoho_meeting_users', { limit: 100 });

      assert.equal(new Set(rows.map((user) => user.userId)).size, 1200);
      assert.equal(rows.length, 1200);
      assert.equal(pages, 12);
    });

    test('reads one user and one meeting by the ids that the lists gave', async () => {
      const [user] = (await call(client, 'list_all_zoho_meeting_users', { limit: 1 })).results;
      const [listed] = (await call(client, 'list_all_zoho_meeting_meetings', { limit: 1 })).results;

      const sameUser = await call(client, 'get_single_zoho_meeting_user_by_id', { id: user.userId });
      const meeting = await call(client, 'get_single_zoho_meeting_meeting_by_id',
        { id: String(listed.meetingKey) });

      assert.equal(sameUser.userId, user.userId);
      assert.equal(String(meeting.meetingKey), String(listed.meetingKey));
      assert.ok(meeting.topic);
    });

    test('gets the same answer as text, and no secret of a meeting in either', async () => {
      const result = await client.callTool(
        { name: 'list_all_zoho_meeting_meetings', arguments: { limit: 5 } });

      assert.deepEqual(JSON.parse(result.content[0].text), result.structuredContent);
      for (const meeting of result.structuredContent.results) {
        for (const secret of ['startLink', 'pwd', 'encryptPwd']) {
          assert.ok(!(secret in meeting) || !/^https?:|[0-9a-z]{4,}$/.test(meeting[secret]),
            `${secret}: ${meeting[secret]}`);
        }
      }
    });
  });
}
