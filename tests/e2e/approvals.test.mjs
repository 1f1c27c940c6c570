// Writes that somebody has to approve: before the client, where that can ask, or by the management API.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { ASKING_ERAS, ERAS } from './harness/clients.mjs';
import { callTool, request } from './harness/http.mjs';
import { Mesh } from './harness/mesh.mjs';
import { until } from './harness/until.mjs';

const CREATE = 'create_a_zoho_meeting_meeting';
const DELETE = 'delete_a_zoho_meeting_meeting_by_id';
const DEPARTMENTS = 'list_all_zoho_meeting_departments';

// Seconds that an approval lives.
const LIFETIME = 20;

let mesh;
before(async () => {
  mesh = await Mesh.up({ set: [`auth:approval_lifetime { seconds: ${LIFETIME} }`] });
});
after(() => mesh.down());

const minted = (approval) => mesh.mint(mesh.run.account_id, { name: 'careful', config: { approval } });
const meeting = (topic) => ({ topic, start_time: '2031-07-01 15:00', timezone: 'Europe/Berlin', duration: 30 });

// How many meetings of that topic were created.
async function created(topic) {
  const seen = await mesh.zohoSaw({ role: 'meeting', method: 'POST' });
  return seen.filter((one) => JSON.stringify(one).includes(topic)).length;
}

// The reason of a tool's error; undefined where it is none.
const reasonOf = (result) => (result.isError ? result._meta?.reason : undefined);

async function pendingOf(server) {
  const { body } = await mesh.manage('GET', `/approval?state=pending&mcp_server=${server.id}`);
  return body.results;
}

for (const [era, connect] of Object.entries(ASKING_ERAS)) {
  describe(`before a client of ${era}`, () => {
    let client;
    let server;
    let asked;
    let answer;
    before(async () => {
      server = await minted('write');
      client = await connect(server.url, (params) => {
        asked.push(params);
        return answer;
      });
    });
    after(() => client.close());

    const create = async (topic, said) => {
      asked = [];
      answer = said;
      return client.callTool({ name: CREATE, arguments: meeting(topic) });
    };

    test('a yes lets one call pass, and the next is asked for again', async () => {
      const topic = `Yes ${era}`;
      const yes = { action: 'accept', content: { approve: true } };

      const result = await create(topic, yes);

      assert.ok(!result.isError, JSON.stringify(result));
      assert.equal(asked.length, 1);
      assert.match(asked[0].message, new RegExp(topic));
      assert.equal(await created(topic), 1);
      assert.ok(!(await create(topic, yes)).isError);
      assert.equal(asked.length, 1);
      assert.equal(await created(topic), 2);
    });

    test('a no, and a form that was sent without a yes, let nothing pass', async () => {
      const topic = `No ${era}`;
      for (const no of [{ action: 'decline' }, { action: 'accept', content: { approve: false } }]) {
        assert.equal(reasonOf(await create(topic, no)), 'APPROVAL_DENIED');
      }
      assert.equal(await created(topic), 0);
    });

    test('a question that is put aside waits for an operator', async () => {
      const topic = `Later ${era}`;
      assert.equal(reasonOf(await create(topic, { action: 'cancel' })), 'APPROVAL_REQUIRED');
      const [pending] = await pendingOf(server);

      assert.equal((await mesh.manage('POST', `/approval/${pending.id}/approve`)).status, 200);

      assert.ok(!(await create(topic, { action: 'cancel' })).isError);
      assert.equal(asked.length, 0);
      assert.equal(await created(topic), 1);
    });

    test('what only reads is not asked for', async () => {
      asked = [];
      assert.ok(!(await client.callTool({ name: DEPARTMENTS, arguments: {} })).isError);
      assert.equal(asked.length, 0);
    });
  });
}

test('a client that cannot ask is told who can; the approval is for these arguments, once', async () => {
  const server = await minted('write');
  const { client } = await ERAS['2025-11-25'](server.url);
  const create = (topic) => client.callTool({ name: CREATE, arguments: meeting(topic) });

  const refused = await create('By hand');
  assert.equal(reasonOf(refused), 'APPROVAL_REQUIRED');
  const [pending] = await pendingOf(server);
  assert.match(refused.content[0].text, new RegExp(`POST /approval/${pending.id}/approve`));
  assert.equal(pending.tool, CREATE);
  assert.equal(pending.arguments.topic, 'By hand');
  // Who asks again waits for the same.
  await create('By hand');
  assert.equal((await pendingOf(server)).length, 1);

  const approved = await mesh.manage('POST', `/approval/${pending.id}/approve`);
  assert.equal(approved.body.state, 'approved');
  assert.match(approved.body.decided_by, /^key_/);
  assert.equal(reasonOf(await create('By another hand')), 'APPROVAL_REQUIRED');
  assert.ok(!(await create('By hand')).isError);
  assert.equal(reasonOf(await create('By hand')), 'APPROVAL_REQUIRED');
  assert.equal(await created('By hand'), 1);
  assert.equal(await created('By another hand'), 0);
  assert.equal((await mesh.manage('GET', `/approval/${pending.id}`)).body.state, 'used');
  assert.equal((await mesh.manage('POST', `/approval/${pending.id}/deny`)).status, 409);
  await client.close();

  const { body: log } = await mesh.manage('GET', `/audit?mcp_server=${server.id}&action=approval.`);
  assert.deepEqual(log.results.map(({ action }) => action).reverse().slice(0, 2),
    ['approval.request', 'approval.approve']);
});

test('what an operator denied stays denied', async () => {
  const server = await minted('write');
  const create = async () => (await callTool(server.url, CREATE, meeting('Denied'))).body.result;
  assert.equal(reasonOf(await create()), 'APPROVAL_REQUIRED');
  const [pending] = await pendingOf(server);
  assert.equal((await mesh.manage('POST', `/approval/${pending.id}/deny`)).body.state, 'denied');

  assert.equal(reasonOf(await create()), 'APPROVAL_DENIED');
  assert.equal(await created('Denied'), 0);
});

test('an answer that is sent again is refused, and one for other arguments', async () => {
  const server = await minted('write');
  const call = async (args, more = {}) => (await request('POST', server.url, {
    jsonrpc: '2.0', id: 1, method: 'tools/call',
    params: {
      name: CREATE, arguments: args, ...more,
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientCapabilities': { elicitation: {} },
      },
    },
  }, { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': CREATE })).body;
  const asked = (await call(meeting('Replayed'))).result;
  assert.equal(asked.resultType, 'input_required');
  const yes = {
    inputResponses: { approval: { action: 'accept', content: { approve: true } } },
    requestState: asked.requestState,
  };

  assert.equal((await call(meeting('Replaced'), yes)).error.code, -32602);
  assert.ok(!(await call(meeting('Replayed'), yes)).result.isError);
  assert.equal(reasonOf((await call(meeting('Replayed'), yes)).result), 'APPROVAL_CLOSED');
  assert.equal(await created('Replayed'), 1);
  assert.equal(await created('Replaced'), 0);
});

test('an approval that is too old lets nothing pass', async () => {
  const server = await minted('write');
  const create = async () => (await callTool(server.url, CREATE, meeting('Too late'))).body.result;
  await create();
  const [pending] = await pendingOf(server);
  await mesh.manage('POST', `/approval/${pending.id}/approve`);

  await until('the approval expires', async () =>
    (await mesh.manage('GET', `/approval/${pending.id}`)).body.state === 'expired', (LIFETIME + 10) * 1000);

  assert.equal(reasonOf(await create()), 'APPROVAL_REQUIRED');
  assert.equal((await mesh.manage('POST', `/approval/${pending.id}/approve`)).status, 409);
  assert.equal(await created('Too late'), 0);
});

test('"destructive" asks for what deletes alone, and a change of it holds at once', async () => {
  const server = await minted('destructive');
  const create = async (topic) => (await callTool(server.url, CREATE, meeting(topic))).body.result;
  assert.ok(!(await create('Freely')).isError);
  const remove = (await callTool(server.url, DELETE, { id: '1234567890' })).body.result;
  assert.equal(reasonOf(remove), 'APPROVAL_REQUIRED');

  const path = `/integrated-account/${mesh.run.account_id}/mcp/${server.id}`;
  const patched = await mesh.manage('PATCH', path, { config: { approval: 'write' } });
  assert.equal(patched.body.config.approval, 'write');
  await until('writes are asked for', async () => reasonOf(await create('No more')) === 'APPROVAL_REQUIRED');
  const wrong = await mesh.manage('PATCH', path, { config: { approval: 'sometimes' } });
  assert.equal(wrong.status, 400);
  assert.match(wrong.body.error.message, /config\.approval/);
});

test('what each client saw is shown, and whether it is what it would see now', async () => {
  const server = await mesh.mint();
  const path = `/integrated-account/${mesh.run.account_id}/mcp/${server.id}`;
  for (const connect of Object.values(ERAS)) {
    const { client } = await connect(server.url);
    await client.listTools();
    await client.close();
  }
  const seen = () => mesh.manage('GET', `${path}/client`).then(({ body }) => body.results);

  await until('both clients are known', async () => {
    const clients = await seen();
    return clients.length === 2 && clients.every(({ is_current: current }) => current === true);
  });
  assert.deepEqual((await seen()).map((one) => [one.name, one.version, one.introduced, one.protocol_version]).sort(),
    [['zoho-mcp-mesh-e2e', '1.0.0', true, '2025-11-25'], ['zoho-mcp-mesh-e2e', '1.0.0', true, '2026-07-28']]);

  await mesh.manage('PATCH', path, { config: { tags: ['users'] } });

  assert.ok((await seen()).every(({ is_current: current }) => current === false));
});
