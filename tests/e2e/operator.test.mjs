// ./mesh up and stop, as an operator uses and misuses them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';

import { callTool, request, rpc } from './harness/http.mjs';
import { Mesh, mesh, newStateDir, SCRIPT } from './harness/mesh.mjs';

const PROGRAMS = ['auth-service', 'fake-zoho', 'mcp-frontend-service', 'zoho-proxy-service'];

let stateDir;
beforeEach(async () => {
  stateDir = await newStateDir();
});
afterEach(async () => {
  await mesh('stop', '--state-dir', stateDir);
  await rm(stateDir, { recursive: true });
});

// A process that has ended may stay in the table until its new parent, the machine's first process, looks.
function alive(pid) {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

// Starts ./mesh up in the foreground; resolves once it is up.
async function foreground() {
  const child = spawn(SCRIPT, ['up', '--state-dir', stateDir, '--port-base', '0'], { stdio: 'pipe' });
  child.output = '';
  const up = new Promise((resolve, reject) => {
    const add = (text) => {
      child.output += text;
      if (child.output.includes('Ctrl-C ends it.')) resolve();
    };
    child.stdout.setEncoding('utf8').on('data', add);
    child.stderr.setEncoding('utf8').on('data', add);
    child.once('exit', () => reject(new Error(child.output)));
  });
  await up;
  return child;
}

const readRun = async () => JSON.parse(await readFile(path.join(stateDir, 'run.json'), 'utf8'));

test('from built binaries to an MCP URL takes less than 5 seconds', async () => {
  const begun = performance.now();
  const { run } = await Mesh.up({ stateDir });

  assert.ok(performance.now() - begun < 5000, `took ${Math.round(performance.now() - begun)} ms`);
  assert.equal((await rpc(run.mcp_url, 'ping')).status, 200);
});

test('run.json says where everything is, to its owner alone', async () => {
  const { run } = await Mesh.up({ stateDir });

  assert.deepEqual(Object.keys(run), ['dashboard_url', 'management_url', 'mcp_url', 'api_key', 'account_id', 'grpc',
    'metrics', 'fake_zoho', 'pids']);
  assert.deepEqual(Object.keys(run.grpc), ['auth', 'zoho_proxy']);
  assert.deepEqual(Object.keys(run.fake_zoho), ['accounts_url', 'meeting_url']);
  assert.deepEqual(Object.keys(run.pids).sort(), PROGRAMS);
  assert.ok(Object.values(run.pids).every(alive));
  for (const url of Object.values(run.metrics)) {
    const { status, text } = await request('GET', url);
    assert.equal(status, 200);
    assert.match(text, /^mesh_/m);
  }
  assert.equal((await stat(path.join(stateDir, 'run.json'))).mode & 0o777, 0o600);
});

test('nothing in the state folder is readable by others', async () => {
  await Mesh.up({ stateDir });

  assert.equal((await stat(stateDir)).mode & 0o777, 0o700);
  for (const file of await readdir(stateDir)) {
    if (!/key|secret|run\.json|mcp\.json/.test(file)) continue;
    assert.equal((await stat(path.join(stateDir, file))).mode & 0o077, 0, file);
  }
});

test('stop ends everything, and again is no error', async () => {
  const { run } = await Mesh.up({ stateDir });

  const first = await mesh('stop', '--state-dir', stateDir);
  const second = await mesh('stop', '--state-dir', stateDir);

  assert.equal(first.code, 0, first.stderr);
  assert.equal(second.code, 0, second.stderr);
  assert.match(second.stdout, /Nothing runs/);
  assert.ok(!Object.values(run.pids).some(alive));
  await assert.rejects(stat(path.join(stateDir, 'run.json')));
});

test('up again finds its account and its URL as they were', async () => {
  const first = await Mesh.up({ stateDir });
  await mesh('stop', '--state-dir', stateDir);

  const second = await Mesh.up({ stateDir });

  assert.equal(second.run.account_id, first.run.account_id);
  assert.equal(new URL(second.run.mcp_url).pathname, new URL(first.run.mcp_url).pathname);
  const { body } = await callTool(second.run.mcp_url, 'list_all_zoho_meeting_departments');
  assert.ok(body.result.structuredContent, JSON.stringify(body));
});

test('up mints a new URL where the old one was deleted', async () => {
  const first = await Mesh.up({ stateDir });
  const { body } = await first.manage('GET', `/integrated-account/${first.run.account_id}/mcp`);
  for (const { id } of body.results) await first.manage('DELETE', `/integrated-account/${first.run.account_id}/mcp/${id}`);
  await mesh('stop', '--state-dir', stateDir);

  const second = await Mesh.up({ stateDir });

  assert.notEqual(new URL(second.run.mcp_url).pathname, new URL(first.run.mcp_url).pathname);
  assert.equal((await rpc(second.run.mcp_url, 'ping')).status, 200);
});

test('up beside a running mesh says that it runs, and where', async () => {
  const { run } = await Mesh.up({ stateDir });

  const again = await mesh('up', '--detach', '--state-dir', stateDir);

  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stdout, /already runs/);
  assert.ok(again.stdout.includes(run.mcp_url));
  assert.ok(Object.values(run.pids).every(alive));
});

test('two meshes run side by side', async () => {
  const one = await Mesh.up({ stateDir });
  const other = await Mesh.up();

  assert.equal((await rpc(one.run.mcp_url, 'ping')).status, 200);
  await other.down();
  assert.equal((await rpc(one.run.mcp_url, 'ping')).status, 200);
});

test('Ctrl-C ends everything', async () => {
  const child = await foreground();
  const { pids } = await readRun();

  child.kill('SIGINT');
  const [code] = await once(child, 'exit');

  assert.equal(code, 0, child.output);
  assert.ok(!Object.values(pids).some(alive));
});

test('stop ends one in the foreground, which is no failure of its', async () => {
  const child = await foreground();
  const exit = once(child, 'exit');

  assert.equal((await mesh('stop', '--state-dir', stateDir)).code, 0);

  assert.equal((await exit)[0], 0, child.output);
});

test('a program that dies takes the rest along, and its log is shown', async () => {
  const child = await foreground();
  const { pids } = await readRun();
  const exit = once(child, 'exit');

  process.kill(pids['zoho-proxy-service'], 'SIGKILL');
  const [code] = await exit;

  assert.equal(code, 1);
  assert.match(child.output, /zoho-proxy-service ended by itself/);
  assert.match(child.output, /"ready"|ready/);
  assert.ok(!Object.values(pids).some(alive));
});

test('up repairs a mesh of which a program has died', async () => {
  const first = await Mesh.up({ stateDir });
  await first.kill('auth-service');

  const second = await Mesh.up({ stateDir });

  assert.equal((await rpc(second.run.mcp_url, 'ping')).status, 200);
  assert.ok(!alive(first.run.pids['mcp-frontend-service']));
});

test('a taken port is refused, and its holder named', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();

  const { code, stderr } = await mesh('up', '--detach', '--state-dir', stateDir, '--port-base', String(port));
  server.close();

  assert.equal(code, 1);
  assert.match(stderr, new RegExp(`port ${port} is taken by .*${process.pid}`));
});

test('a program that cannot start is named, with its own words', async () => {
  const { code, stderr } = await mesh('up', '--detach', '--state-dir', stateDir, '--port-base', '0',
    '--set', 'zoho_proxy:no_such_field: 1');

  assert.equal(code, 1);
  assert.match(stderr, /zoho-proxy-service ended with status 2/);
  assert.match(stderr, /no_such_field/);
  assert.match((await mesh('stop', '--state-dir', stateDir)).stdout, /Nothing runs/);
});

test('state of the fake Zoho is never used with the real one', async () => {
  await Mesh.up({ stateDir });
  await mesh('stop', '--state-dir', stateDir);
  const child = spawn(SCRIPT, ['up', '--detach', '--state-dir', stateDir, '--port-base', '0'], {
    env: { ...process.env, ZOHO_CLIENT_ID: '1000.X', ZOHO_CLIENT_SECRET: 'secret' },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said += text;
  });

  const [code] = await once(child, 'exit');

  assert.equal(code, 1);
  assert.match(said, /--state-dir/);
});

test('with the credentials of a real client there is no fake Zoho, and up says how to connect', async () => {
  const child = spawn(SCRIPT, ['up', '--detach', '--state-dir', stateDir, '--port-base', '0'], {
    env: { ...process.env, ZOHO_CLIENT_ID: '1000.X', ZOHO_CLIENT_SECRET: 'secret' },
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said += text;
  });

  const [code] = await once(child, 'exit');

  assert.equal(code, 0, said);
  const { pids, fake_zoho: fake, mcp_url: url } = await readRun();
  assert.deepEqual([fake, url], [null, null]);
  assert.ok(!('fake-zoho' in pids));
  assert.match(said, /grant_code/);
});
