// Where Zoho's accounts and hosts do otherwise than documented and it matters, the caller hears what it
// is and who can mend it.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';

import { callTool } from './harness/http.mjs';
import { Mesh } from './harness/mesh.mjs';

const DEPARTMENTS = 'list_all_zoho_meeting_departments';
const USERS = 'list_all_zoho_meeting_users';

let mesh;
before(async () => {
  mesh = await Mesh.up();
});
afterEach(async () => {
  await mesh.fake('DELETE', 'settings');
  await mesh.fake('DELETE', 'faults');
});
after(() => mesh.down());

const textOf = ({ body }) => body.result.content[0].text;
const tokenRequests = () => mesh.zohoSaw({ role: 'accounts', grant_type: 'refresh_token' });

function assertRefused(answer, reason, told) {
  assert.equal(answer.status, 200);
  assert.equal(answer.body.result?.isError, true, answer.text);
  assert.ok(textOf(answer).startsWith(`${reason}: `), textOf(answer));
  assert.match(textOf(answer), told);
}

// Connects the demo account anew with a grant that nobody has used yet. Resolves to the API's answer.
async function reconnect(grant = {}) {
  const { refresh_token: refreshToken } = await mesh.fake('POST', 'refresh_tokens', grant);
  return mesh.manage('POST', `/integrated-account/${mesh.run.account_id}/reconnect`,
    { region: 'us', refresh_token: refreshToken });
}

// An organisation with an account, and what an MCP URL on it answers.
async function newAccount() {
  const { refresh_token: refreshToken } = await mesh.fake('POST', 'organizations', { region: 'us' });
  const { status, body } = await mesh.manage('POST', '/integrated-account', { region: 'us', refresh_token: refreshToken });
  assert.equal(status, 201, JSON.stringify(body));
  const { url } = await mesh.mint(body.id);
  return { account: body, call: (tool, args) => callTool(url, tool, args) };
}

for (const [name, settings] of Object.entries({
  'a lifetime in milliseconds': { legacy_expires_in: true },
  'no scope in the answer': { omit_scope: true },
  'refusals with 401': { invalid_token_status: 401 },
})) {
  test(`token answers with ${name} are read like any other`, async () => {
    await mesh.fake('PUT', 'settings', settings);
    const { call } = await newAccount();
    await mesh.fake('POST', 'expire_tokens', {});
    await mesh.fake('DELETE', 'requests');

    for (let i = 0; i < 3; ++i) {
      const { body } = await call(DEPARTMENTS);
      assert.equal(body.result.structuredContent?.results.length, 3, JSON.stringify(body));
    }

    assert.equal((await tokenRequests()).length, 1);
  });
}

describe("Zoho's limit on tokens", () => {
  for (const status of [400, 200]) {
    for (const localised of [false, true]) {
      test(`with ${status}${localised ? ', in Chinese,' : ''} is told with the wait, and asked for once`, async () => {
        await mesh.fake('PUT', 'settings',
          { access_tokens_per_window: 1, oauth_throttle_status: status, localised_throttle: localised });
        const { call } = await newAccount();
        await mesh.fake('POST', 'expire_tokens', {});
        await mesh.fake('DELETE', 'requests');

        const answers = [await call(DEPARTMENTS), await call(DEPARTMENTS)];

        for (const answer of answers) {
          assertRefused(answer, 'OAUTH_THROTTLED', /[Tt]ry again in \d+ seconds/);
          const wait = Number(/in (\d+) seconds/.exec(textOf(answer))[1]);
          assert.ok(wait > 0 && wait <= 900, `${wait}`);
        }
        assert.equal((await tokenRequests()).length, 1);
      });
    }
  }
});

test('a scope that was not granted is named, and what needs others still works', async () => {
  const connected = await reconnect({ scope: 'ZohoMeeting.manageOrg.READ,ZohoMeeting.department.READ' });
  assert.equal(connected.status, 200, connected.text);
  assert.ok(connected.body.missing_scopes.some(({ scope }) => scope === 'ZohoMeeting.user.READ'));

  for (const settings of [{}, { errors_with_200: true }]) {
    await mesh.fake('PUT', 'settings', settings);
    assertRefused(await callTool(mesh.run.mcp_url, USERS), 'SCOPE_MISSING', /scope ZohoMeeting\.user\.READ\b.*reconnect/);
    assert.equal((await callTool(mesh.run.mcp_url, DEPARTMENTS)).body.result.isError, false);
  }

  assert.equal((await reconnect()).status, 200);
  assert.equal((await callTool(mesh.run.mcp_url, USERS)).body.result.isError, false);
});

describe('a host that user.json names', () => {
  test('outside the table connects nothing, and is sent nothing', async () => {
    await mesh.fake('PUT', 'settings', { redirection_server: 'meeting.zoho.com.evil.example' });

    const refused = await reconnect();

    assert.equal(refused.status, 409, refused.text);
    assert.match(refused.text, /ZOHO_HOST_UNKNOWN.*meeting\.zoho\.com\.evil\.example/s);
    assert.equal((await callTool(mesh.run.mcp_url, DEPARTMENTS)).body.result.isError, false);
  });

  test('in another data centre, which refuses the token: the data centre is named', async () => {
    const { regions } = await mesh.fake('GET', 'seed');
    await mesh.fake('PUT', 'settings', { redirection_server: new URL(regions.eu.meeting_url).host });
    const { account, call } = await newAccount();
    assert.equal(account.region, 'eu');
    await mesh.fake('DELETE', 'requests');

    const answer = await call(DEPARTMENTS);

    assertRefused(answer, 'ZOHO_TOKEN_REFUSED', /data centre eu\b.*reconnect/);
    // Once, and once more with a new token.
    const seen = await mesh.zohoSaw({ role: 'meeting' });
    assert.deepEqual(seen.map(({ region, status }) => [region, status]), [['eu', 400], ['eu', 400]]);
  });
});

describe('a link of a file', () => {
  let link;
  before(async () => {
    const { body } = await callTool(mesh.run.mcp_url, 'list_all_zoho_meeting_recordings', { limit: 20 });
    link = body.result.structuredContent.results.find((row) => row.transcriptionDownloadUrl).transcriptionDownloadUrl;
  });

  const download = () => callTool(mesh.run.mcp_url, 'zoho_meeting_recordings_download', { download_url: link });

  for (const elsewhere of ['https://files.zoho.com.evil.example/f', 'http://download.zoho.com/f', 'ftp://127.0.0.1/f']) {
    test(`that leads to ${elsewhere} is not followed`, async () => {
      await mesh.fake('PUT', 'settings', { download_redirect: elsewhere });

      const answer = await download();

      assert.equal(answer.body.result?.isError, true, answer.text);
      assert.match(textOf(answer), /host|link/);
    });
  }

  test('that leads to itself ends', async () => {
    await mesh.fake('PUT', 'settings', { download_redirect: link });
    await mesh.fake('DELETE', 'requests');

    const answer = await download();

    assert.equal(answer.body.result?.isError, true, answer.text);
    assert.ok((await mesh.zohoSaw({ role: 'download' })).length <= 5);
  });

  test('that is another one of the account is followed', async () => {
    assert.match((await download()).body.result.structuredContent.text, /^WEBVTT/);
  });
});
