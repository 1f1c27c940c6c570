// TLS in the front end itself, without a balancer that ends it.
import assert from 'node:assert/strict';
import { chmod, mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { execute } from './harness/execute.mjs';
import { Frontend } from './harness/frontend.mjs';
import { Mesh } from './harness/mesh.mjs';
import { until } from './harness/until.mjs';

let mesh;
let frontend;
let files;
before(async () => {
  mesh = await Mesh.up();
  files = await certificate('served', '127.0.0.1');
  frontend = await Frontend.start(mesh, { set: `mcp_tls { ${files.config} } management_tls { ${files.config} }` });
});
after(async () => {
  await frontend?.stop();
  await mesh?.down();
});

// A certificate that is its own authority.
async function certificate(name, host) {
  const folder = path.join(mesh.stateDir, name);
  await mkdir(folder);
  const [crt, key] = [path.join(folder, 'tls.crt'), path.join(folder, 'tls.key')];
  const { code, stderr } = await execute('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256',
    '-nodes', '-days', '2', '-subj', `/CN=${name}`, '-addext', `subjectAltName=IP:${host}`, '-keyout', key, '-out', crt]);
  assert.equal(code, 0, stderr);
  await chmod(key, 0o600);
  return { crt, key, config: `certificate_file: "${crt}" key_file: "${key}" reload_interval { seconds: 1 }` };
}

// What curl makes of a list of tools: its exit status, the HTTP version, the body.
async function listTools(...flags) {
  const url = `https://${frontend.addresses.mcp}${new URL(mesh.run.mcp_url).pathname}`;
  const { code, stdout } = await execute('curl', ['-sS', ...flags, url, '-H', 'content-type: application/json',
    '-d', '{"jsonrpc":"2.0","id":1,"method":"tools/list"}', '-w', '\n%{http_version}']);
  return { code, version: stdout.split('\n').at(-1), tools: code === 0 ? JSON.parse(stdout.split('\n')[0]).result.tools : [] };
}

test('curl lists the tools over TLS 1.2 and 1.3, by HTTP/1.1 though it could do more', async () => {
  for (const version of ['1.2', '1.3']) {
    const answer = await listTools('--cacert', files.crt, '--http2', '--tls-max', version);
    assert.equal(answer.code, 0);
    assert.equal(answer.version, '1.1');
    assert.ok(answer.tools.length >= 6);
  }
});

test('the private listener speaks TLS as well', async () => {
  const { code, stdout } = await execute('curl', ['-sS', '--cacert', files.crt,
    `https://${frontend.addresses.management}/readyz`]);
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(stdout), { status: 'ready' });
});

test('a client that does not know the authority, or speaks TLS 1.1, gets nothing', async () => {
  assert.notEqual((await listTools()).code, 0);
  assert.notEqual((await listTools('--cacert', files.crt, '--tls-max', '1.1')).code, 0);
});

test('a certificate that is replaced is served without a restart', async () => {
  const next = await certificate('next', '127.0.0.1');
  await rename(next.key, files.key);
  await rename(next.crt, files.crt);

  await until('the new certificate is served', async () => (await listTools('--cacert', files.crt)).code === 0);
});

test('a front end whose key is another certificate\'s does not start, and says which file', async () => {
  const [one, other] = [await certificate('one', '127.0.0.1'), await certificate('other', '127.0.0.1')];

  await assert.rejects(
    Frontend.start(mesh, { set: `mcp_tls { certificate_file: "${one.crt}" key_file: "${other.key}" }` }),
    (error) => /status 2/.test(error.message) && error.message.includes(one.crt) && /private key/.test(error.message));
});
