// Connecting accounts as people do: through Zoho's consent page, by a link, from a device, and again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { callTool, request } from './harness/http.mjs';
import { Mesh } from './harness/mesh.mjs';

const DEPARTMENTS = 'list_all_zoho_meeting_departments';

let mesh;
before(async () => {
  mesh = await Mesh.up();
});
after(() => mesh.down());

const get = (url, headers = {}) => request('GET', url, undefined, headers);
const cookieOf = (answer) => String(answer.headers['set-cookie']).split(';')[0];

// Through the consent page as `user`; resolves to where Zoho sends the browser then.
async function consent(authorizationUrl, user, decision = 'accept') {
  const page = await get(`${authorizationUrl}&fake_user=${user}&fake_decision=${decision}`);
  assert.equal(page.status, 302, page.text);
  return page.headers.location;
}

async function disconnect(region) {
  const id = await mesh.accountOf(region);
  return mesh.manage('DELETE', `/integrated-account/${id}`);
}

test('a customer without an API key connects by a link, once', async () => {
  const gone = await disconnect('eu');
  assert.equal(gone.status, 204, gone.text);
  assert.equal((await mesh.zohoSaw({ region: 'eu', path: '/oauth/v2/token/revoke' })).at(-1).status, 200);
  const link = await mesh.manage('POST', '/connect-link', { name: 'Customer <1>' });
  assert.equal(link.status, 201, link.text);

  const page = await get(link.body.url);
  assert.equal(page.status, 200);
  assert.match(page.text, /Customer &lt;1&gt;/);
  assert.match(page.headers['content-security-policy'], /default-src 'none'/);
  const token = link.body.url.split('/').at(-1);
  const sent = await get(`${mesh.run.management_url}/oauth/zoho/start?link=${token}`);
  assert.equal(sent.status, 302, sent.text);
  const callback = await consent(sent.headers.location, 'eu-admin');
  const stranger = await get(callback);
  const done = await get(callback, { cookie: cookieOf(sent) });

  assert.equal(stranger.status, 409);
  assert.match(stranger.text, /CONNECT_INVALID/);
  assert.equal(done.status, 200, done.text);
  assert.match(done.text, /is connected/);
  assert.equal((await get(callback, { cookie: cookieOf(sent) })).status, 409);
  assert.match((await get(link.body.url)).text, /CONNECT_USED/);
  const { body } = await mesh.manage('GET', '/integrated-account');
  const account = body.results.find(({ name }) => name === 'Customer <1>');
  assert.equal(account.region, 'eu');
  assert.deepEqual(account.missing_scopes, []);
  const { url } = await mesh.mint(account.id);
  assert.ok((await callTool(url, DEPARTMENTS)).body.result.structuredContent.results.length > 0);
});

test('reconnecting keeps the account and its URLs', async () => {
  const id = await mesh.accountOf('us');
  const { url } = await mesh.mint(id);
  const started = await mesh.manage('POST', '/oauth/zoho/start', { account: id });
  assert.equal(started.status, 200, started.text);

  const callback = await consent(started.body.authorization_url, 'us-admin');
  const done = await get(callback, { cookie: cookieOf(started) });

  assert.equal(done.status, 200, done.text);
  assert.match(done.text, /connected again/);
  assert.equal((await callTool(url, DEPARTMENTS)).body.result.isError, false);
  const { body } = await mesh.manage('GET', `/integrated-account/${id}`);
  assert.equal(body.state, 'active');
  assert.equal(body.token_usage.refresh_ceiling, 5);
});

test('a denied consent and a second organisation are told on the page', async () => {
  const started = await mesh.manage('POST', '/oauth/zoho/start');
  const denied = await get(await consent(started.body.authorization_url, 'us-admin', 'deny'),
    { cookie: cookieOf(started) });
  assert.equal(denied.status, 403);
  assert.match(denied.text, /CONSENT_DENIED/);

  const again = await mesh.manage('POST', '/oauth/zoho/start');
  const twice = await get(await consent(again.body.authorization_url, 'us-admin'), { cookie: cookieOf(again) });
  assert.equal(twice.status, 409);
  assert.match(twice.text, /ACCOUNT_EXISTS/);
});

test('a callback that names a host outside the table connects nothing', async () => {
  const started = await mesh.manage('POST', '/oauth/zoho/start');
  const callback = new URL(await consent(started.body.authorization_url, 'us-admin'));
  callback.searchParams.set('accounts-server', 'https://accounts.zoho.com.evil.example');

  const answer = await get(callback.href, { cookie: cookieOf(started) });

  assert.equal(answer.status, 409);
  assert.match(answer.text, /ZOHO_HOST_UNKNOWN/);
});

test('a device reconnects an account of another data centre', async () => {
  const { body: accounts } = await mesh.manage('GET', '/integrated-account');
  const eu = accounts.results.find(({ region }) => region === 'eu');
  const device = await mesh.manage('POST', '/oauth/zoho/device', { account: eu.id });
  assert.equal(device.status, 200, device.text);
  const decided = await get(`${device.body.verification_url}?user_code=${device.body.user_code}` +
    '&fake_user=eu-admin&fake_decision=accept');
  assert.equal(decided.status, 200, decided.text);

  const moved = await mesh.manage('POST', '/oauth/zoho/device/poll', { handle: device.body.handle });
  assert.equal(moved.body.state, 'pending', moved.text);
  await mesh.fake('PUT', 'clock', { advance_s: 60 });
  const done = await mesh.manage('POST', '/oauth/zoho/device/poll', { handle: moved.body.handle });

  assert.equal(done.body.state, 'connected', done.text);
  assert.equal(done.body.account.id, eu.id);
  assert.equal(done.body.reconnected, true);
});

test("Zoho's own list of hosts confirms the region table", async () => {
  const { status, body } = await mesh.manage('GET', '/region/check');

  assert.equal(status, 200);
  assert.equal(body.results.length, 11);
  const states = Object.fromEntries(body.results.map(({ region, state }) => [region, state]));
  assert.equal(states.us, 'confirmed');
  assert.equal(states.eu, 'confirmed');
});
