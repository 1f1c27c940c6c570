// Three front ends behind a plain balancer, each replaced while clients call.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { Agent } from 'undici';

import { Balancer } from './harness/balancer.mjs';
import { ERAS } from './harness/clients.mjs';
import { Frontend } from './harness/frontend.mjs';
import { callTool } from './harness/http.mjs';
import { Mesh } from './harness/mesh.mjs';
import { until } from './harness/until.mjs';

const REPLICAS = 3;
const CALLS = 10_000;
const LIMIT_MS = 60_000;
const CALL_LIMIT_MS = 10_000;

// Longer than the balancer takes to look, and than clients keep a connection that lies idle: Node's, 4 s.
const DRAIN_DELAY = 'drain_delay { seconds: 5 } drain_limit { seconds: 20 }';

const NAME = 'list_all_zoho_meeting_departments';
const ARGUMENTS = { limit: 1 };

let mesh;
let frontends;
let balancer;
before(async () => {
  mesh = await Mesh.up();
  frontends = await Promise.all(Array.from({ length: REPLICAS }, async () => Frontend.start(mesh, {
    service: DRAIN_DELAY, set: 'management_listen: "off" public_url: "http://mcp.example.com" replica_address: "127.0.0.1:0"',
  })));
  // A replica comes back under its address.
  for (const frontend of frontends) frontend.config.set += ` mcp_listen: "${frontend.addresses.mcp}"`;
  balancer = await Balancer.listen(frontends.map((frontend) => frontend.addresses.mcp));
  await until('all replicas are ready', () => frontends.every(({ addresses }) => balancer.isReady(addresses.mcp)));
});
after(async () => {
  await balancer?.close();
  await Promise.all((frontends ?? []).map((frontend) => frontend.stop()));
  await mesh?.down();
});

const urlOf = (surface) => `http://${balancer.address}${new URL(mesh.run.mcp_url).pathname.replace('/mcp/', `/${surface}/`)}`;

function check(result) {
  assert.equal(result.isError ?? false, false, JSON.stringify(result));
  assert.equal(result.structuredContent.results.length, 1);
}

async function overSdk(connect) {
  const { client } = await connect(urlOf('mcp'));
  return {
    call: async () => check(await client.callTool({ name: NAME, arguments: ARGUMENTS }, undefined,
      { timeout: CALL_LIMIT_MS })),
    close: () => client.close(),
  };
}

// One connection, which is kept.
async function overHttp() {
  const dispatcher = new Agent({ connections: 1, pipelining: 1 });
  return {
    call: async () => {
      const answer = await callTool(urlOf('mcp'), NAME, ARGUMENTS, { dispatcher });
      assert.equal(answer.status, 200, answer.text);
      check(answer.body.result);
    },
    close: () => dispatcher.close(),
  };
}

// Reconnects by its own means alone.
async function overSse() {
  const client = new Client({ name: 'zoho-mcp-mesh-e2e', version: '1.0.0' });
  await client.connect(new SSEClientTransport(new URL(urlOf('sse'))));
  return {
    call: async () => check(await client.callTool({ name: NAME, arguments: ARGUMENTS }, undefined,
      { timeout: CALL_LIMIT_MS })),
    close: () => client.close(),
  };
}

async function restart(frontend) {
  assert.equal(await frontend.stop(), 0, frontend.log);
  await frontend.run();
  await until('the replica is ready again', () => balancer.isReady(frontend.addresses.mcp));
}

test(`${CALLS} calls through ${REPLICAS} replicas that are restarted one by one: none fails on Streamable HTTP, ` +
  'and clients of HTTP+SSE reconnect by themselves', { timeout: 2 * LIMIT_MS }, async (t) => {
  const clients = await Promise.all([
    ...Array.from({ length: 8 }, async () => ({ ...await overHttp(), kind: 'http' })),
    ...Object.values(ERAS).map(async (connect) => ({ ...await overSdk(connect), kind: 'http' })),
    ...Array.from({ length: 4 }, async () => ({ ...await overSse(), kind: 'sse' })),
  ]);
  const done = { http: 0, sse: 0 };
  const failed = { http: [], sse: [] };
  let over = false;
  const begun = performance.now();
  const load = Promise.all(clients.map(async (client) => {
    while (!over) {
      try {
        await client.call();
        done[client.kind] += 1;
        client.last = performance.now();
      } catch (error) {
        failed[client.kind].push(error);
        await sleep(50);
      }
    }
  }));

  let forwarded = 0;
  try {
    await until('a fifth of the calls is done', () => done.http + done.sse >= CALLS / 5, LIMIT_MS);
    for (const frontend of frontends) {
      forwarded += await frontend.metric('mesh_rpc_server_calls_total{code="OK",method="Deliver"}');
      await restart(frontend);
    }
    const restarted = performance.now();
    await until('all calls are done, and every client has called since the restarts', () =>
      done.http + done.sse >= CALLS && clients.every(({ last }) => last > restarted), LIMIT_MS);
  } finally {
    over = true;
    await load;
  }
  const took = performance.now() - begun;
  await Promise.all(clients.map((client) => client.close()));

  t.diagnostic(`${done.http} calls over Streamable HTTP, ${done.sse} over HTTP+SSE, of which ${failed.sse.length} more ` +
    `were interrupted; ${forwarded} POSTs forwarded; took ${Math.round(took)} ms`);
  assert.deepEqual(failed.http.map((error) => `${error.message} ${error.cause ?? ''}`), []);
  assert.ok(forwarded > 0, 'no POST came to a replica that did not hold its stream');
  assert.ok(took < LIMIT_MS, `took ${Math.round(took)} ms`);
});

test('a replica that drains says so, answers what is under way and hands streams over', async () => {
  const [frontend] = frontends;
  const base = `http://${frontend.addresses.mcp}`;
  const token = new URL(mesh.run.mcp_url).pathname.split('/')[2];
  const stream = await fetch(`${base}/sse/${token}`);
  await mesh.fake('PUT', 'settings', { latency_ms: 8000 });
  const slow = callTool(`${base}/mcp/${token}`, NAME, ARGUMENTS);
  // Its head comes after a second, when both calls are under way.
  const progressing = await fetch(`${base}/mcp/${token}`, {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call',
      params: { name: NAME, arguments: ARGUMENTS, _meta: { progressToken: 1 } } }) });

  const stopped = frontend.stop();
  await until('it says that it drains', async () => (await fetch(`${base}/readyz`)).status === 503);
  const meanwhile = await callTool(`${base}/mcp/${token}`, 'no_such_tool');
  const events = await stream.text();
  const answers = [(await slow).body.result, await progressing.text()];
  await mesh.fake('DELETE', 'settings');

  assert.equal(meanwhile.headers.connection, 'close');
  assert.match(events, /^event: endpoint\n/);
  check(answers[0]);
  assert.match(answers[1], /"structuredContent"/);
  assert.equal(await stopped, 0);
  await frontend.run();
});
