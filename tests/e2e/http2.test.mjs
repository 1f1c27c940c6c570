// Zoho over TLS: one HTTP/2 connection for many calls, and nobody but who the certificate says.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Agent } from 'undici';

import { callTool } from './harness/http.mjs';
import { Mesh, newStateDir } from './harness/mesh.mjs';
import { CATALOG, Proxy } from './harness/proxy.mjs';
import { makeAuthority, makeCertificate, TlsZoho } from './harness/tls_zoho.mjs';

const TOOL = 'list_all_zoho_meeting_departments';
const NAMES = 'DNS:localhost,IP:127.0.0.1';

let authority;
let certificate;
let zoho;
let mesh;
before(async () => {
  const stateDir = await newStateDir();
  authority = await makeAuthority(stateDir, 'gateway');
  certificate = await makeCertificate(authority, NAMES);
  zoho = await TlsZoho.start(certificate, stateDir);
  mesh = await Mesh.up({ stateDir, set: [
    `auth:ca_file: "${authority}" regions { code: "us" accounts_url: "${zoho.accountsUrl}" meeting_url: "${zoho.meetingUrl}" }`,
    `zoho_proxy:ca_file: "${authority}"`] });
});
after(async () => {
  await mesh?.down();
  await zoho?.stop();
});

const call = (args = {}, options = {}) => callTool(mesh.run.mcp_url, TOOL, args, options);

test('many calls at once share one connection', async () => {
  await call();
  zoho.streams = [];

  const answers = await Promise.all(Array.from({ length: 50 }, () =>
    call({ limit: 3 }, { dispatcher: new Agent() })));

  for (const { body } of answers) assert.equal(body.result.structuredContent?.results.length, 3, JSON.stringify(body));
  assert.equal(zoho.streams.length, 50);
  const sessions = new Set(zoho.streams.map(({ session }) => session));
  assert.equal(sessions.size, 1);
  assert.equal([...sessions][0].alpnProtocol, 'h2');
});

test('an answer of many records comes whole', async () => {
  const { body } = await callTool(mesh.run.mcp_url, 'list_all_zoho_meeting_users', { limit: 100 });

  assert.equal(body.result.structuredContent?.results.length, 100, JSON.stringify(body));
});

for (const [whose, make] of Object.entries({
  'of an authority that nobody trusts': async () => makeCertificate(await makeAuthority(mesh.stateDir, 'stranger'), NAMES),
  'for another host': () => makeCertificate(authority, 'DNS:meeting.zoho.com'),
})) {
  test(`a certificate ${whose} is refused, and nothing is sent`, async () => {
    zoho.present(await make());

    const { body } = await call();

    assert.equal(body.result.isError, true);
    assert.match(body.result.content[0].text, /^ZOHO_UNREACHABLE: .*(certificate|SSL)/);
    assert.deepEqual(zoho.streams, []);

    zoho.present(certificate);
    assert.equal((await call()).body.result.isError, false);
  });
}

test('without the file of authorities none but the system\'s are trusted', async () => {
  const proxy = await Proxy.start([CATALOG], { authService: mesh.run.grpc.auth });
  zoho.streams = [];

  await assert.rejects(proxy.call('CallTool', { account: mesh.run.account_id, tool: TOOL, arguments_json: '{}' }),
    /certificate|SSL/);

  assert.deepEqual(zoho.streams, []);
  await proxy.stop();
});
