// Whatever Zoho does instead of answering: the caller hears what to do, in time, a write is sent once,
// and the mesh serves on.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';

import { callTool } from './harness/http.mjs';
import { Mesh } from './harness/mesh.mjs';

// Seconds that the proxy gives Zoho, and milliseconds by which everybody must have heard.
const TIMEOUT = 2;
const LIMIT_MS = 5000;

let mesh;
before(async () => {
  mesh = await Mesh.up({ set: [`zoho_proxy:call_timeout { seconds: ${TIMEOUT} }`] });
});
afterEach(() => mesh.fake('DELETE', 'faults'));
after(() => mesh.down());

const READ = {
  tool: 'list_all_zoho_meeting_departments',
  args: { limit: 5 },
  match: { role: 'meeting', method: 'GET', path: '*/department' },
};
const WRITE = {
  tool: 'create_a_zoho_meeting_meeting',
  args: { topic: 'Fault drill', start_time: '2031-07-01 15:00', timezone: 'Europe/Berlin', duration: 30 },
  match: { role: 'meeting', method: 'POST', path: '*/sessions.json' },
};

// How Zoho fails, and what of it the caller reads.
const FAULTS = {
  'an answer that comes too late': [{ kind: 'latency', latency_ms: 20_000 }, /in time/],
  'no answer at all': [{ kind: 'hang' }, /in time/],
  'an answer that drips': [{ kind: 'drip', bytes: 1, interval_ms: 500 }, /in time/],
  'an ended limit': [{ kind: '429', headers: { 'Retry-After': '7' } }, /Wait 7 seconds/],
  'an ended limit in the guise of 400': [{
    kind: '400',
    body: {
      error: {
        status_code: 400,
        title: 'URL_ROLLING_THROTTLES_LIMIT_EXCEEDED',
        details: { message: 'Cannot execute more than 100 requests per API in 2 minutes. Try again after 3 minutes.' },
      },
    },
  }, /Wait 180 seconds/],
  'an error of its own': [{ kind: '500' }, /error of its own/],
  'an error of a proxy before it': [{ kind: '503', body: '<html>Busy</html>', headers: { 'Content-Type': 'text/html' } }, /error of its own/],
  'a reset connection': [{ kind: 'reset' }, /does not answer/],
  'a truncated body': [{ kind: 'truncate', after_bytes: 20 }, /does not answer/],
  'half of its JSON': [{ kind: 'cut_json', after_bytes: 20 }, /no JSON/],
  'an empty answer': [{ kind: 'empty' }, /answer is empty/],
  'a page of HTML': [{ kind: 'content_type' }, /no JSON/],
  'an error in a good answer': [{
    kind: '200', body: { error: { errorCode: 3001, key: 'UNAUTHORIZED_USER', message: 'You do not have permission to access this organization account.' } },
  }, /permission/],
  'a refusal': [{ kind: '400', body: { error: { message: 'JSON_PARSE_ERROR' } } }, /JSON_PARSE_ERROR/],
};

// What to do next stands in every one of them.
const ADVICE = /[Tt]ry again|[Cc]heck|[Ll]ook|administrator|permission|refuse/;

for (const [kind, { tool, args, match }] of Object.entries({ read: READ, write: WRITE })) {
  describe(`a ${kind}`, () => {
    for (const [name, [fault, told]] of Object.entries(FAULTS)) {
      test(`that meets ${name} is told so in time, and sent once`, async () => {
        await mesh.fake('PUT', 'faults', { faults: [{ match, ...fault }] });
        await mesh.fake('DELETE', 'requests');
        const begun = performance.now();

        const { status, headers, body } = await callTool(mesh.run.mcp_url, tool, args);

        const took = performance.now() - begun;
        assert.equal(status, 200);
        assert.equal(body.result?.isError, true, JSON.stringify(body));
        const [{ text }] = body.result.content;
        assert.match(text, told);
        assert.match(text, ADVICE);
        assert.ok(took < LIMIT_MS, `took ${Math.round(took)} ms`);
        if (/limit/.test(name)) assert.match(headers['retry-after'] ?? '', /^\d+$/);
        const sent = (await mesh.zohoSaw({ role: 'meeting', method: match.method })).length;
        // A read that meets the end of a kept connection goes out again on a new one, as any HTTP client's.
        assert.ok(sent === 1 || (sent === 2 && kind === 'read' && fault.kind === 'reset'), `sent ${sent} times`);
      });
    }
  });
}

test('a write whose answer is lost says that it may have been carried out', async () => {
  await mesh.fake('PUT', 'faults', { faults: [{ match: WRITE.match, kind: 'reset', execute: true }] });

  const { body } = await callTool(mesh.run.mcp_url, WRITE.tool, WRITE.args);

  assert.equal(body.result.isError, true);
  assert.match(body.result.content[0].text, /carried out/);
  assert.doesNotMatch(body.result.content[0].text, /Try again shortly/);
});

test('after all of this the mesh serves as ever', async () => {
  const { body } = await callTool(mesh.run.mcp_url, READ.tool, READ.args);

  assert.equal(body.result.structuredContent.results.length, 5);
  for (const program of ['auth-service', 'zoho-proxy-service', 'mcp-frontend-service']) {
    assert.doesNotThrow(() => process.kill(mesh.run.pids[program], 0), program);
  }
});
