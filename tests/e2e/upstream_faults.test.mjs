// Whatever Zoho does instead of answering: the caller of any kind of tool hears what to do, in time, a
// write is sent once, and the mesh serves on.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';

import { callTool } from './harness/http.mjs';
import { Mesh } from './harness/mesh.mjs';

// Seconds that the proxy gives Zoho, and milliseconds by which everybody must have heard.
const TIMEOUT = 2;
const LIMIT_MS = 5000;

// One call of each kind, and the requests of Zoho's that it makes.
const CALLS = {
  list: {
    tool: 'list_all_zoho_meeting_users', args: () => ({ limit: 5 }),
    match: { role: 'meeting', method: 'GET', path: '*/user' },
  },
  get: {
    tool: 'get_single_zoho_meeting_meeting_by_id', args: ({ read }) => ({ id: read }),
    match: { role: 'meeting', method: 'GET', path: '*/sessions/*.json' },
  },
  create: {
    tool: 'create_a_zoho_meeting_meeting', writes: true,
    args: () => ({ topic: 'Fault drill', start_time: '2031-07-01 15:00', timezone: 'Europe/Berlin', duration: 30 }),
    match: { role: 'meeting', method: 'POST', path: '*/sessions.json' },
  },
  update: {
    tool: 'update_a_zoho_meeting_meeting_by_id', writes: true, args: ({ changed }) => ({ id: changed, topic: 'Fault drill' }),
    match: { role: 'meeting', method: 'PUT', path: '*/sessions/*.json' },
  },
  deletion: {
    tool: 'delete_a_zoho_meeting_meeting_by_id', writes: true, args: ({ deleted }) => ({ id: deleted }),
    match: { role: 'meeting', method: 'DELETE', path: '*/sessions/*.json' },
  },
  download: {
    tool: 'zoho_meeting_recordings_download', args: ({ link }) => ({ download_url: link }),
    match: { role: 'download', method: 'GET', path: '/public' },
  },
  composite: {
    tool: 'zoho_meeting_department_audit', args: () => ({ department: 'Sales' }),
    match: { role: 'meeting', method: 'GET', path: '*/department*' },
  },
};

// How Zoho fails, and what of it the caller reads. Of a file any content is as good as another.
const FAULTS = {
  'an answer that comes too late': { fault: { kind: 'latency', latency_ms: 20_000 }, told: /in time/ },
  'no answer at all': { fault: { kind: 'hang' }, told: /in time/ },
  'an answer that drips': { fault: { kind: 'drip', bytes: 1, interval_ms: 500 }, told: /in time/ },
  'an ended limit': { fault: { kind: '429', headers: { 'Retry-After': '7' } }, told: /Wait 7 seconds/, limited: true },
  'an ended limit in the guise of 400': {
    fault: {
      kind: '400',
      body: {
        error: {
          status_code: 400,
          title: 'URL_ROLLING_THROTTLES_LIMIT_EXCEEDED',
          details: { message: 'Cannot execute more than 100 requests per API in 2 minutes. Try again after 3 minutes.' },
        },
      },
    },
    told: /Wait 180 seconds/,
    limited: true,
  },
  'an error of its own': { fault: { kind: '500' }, told: /error of its own/ },
  'an error of a proxy before it': {
    fault: { kind: '503', body: '<html>Busy</html>', headers: { 'Content-Type': 'text/html' } }, told: /error of its own/,
  },
  'a reset connection': { fault: { kind: 'reset' }, told: /does not answer/ },
  'a truncated body': { fault: { kind: 'truncate', after_bytes: 10 }, told: /does not answer/ },
  'half of its JSON': { fault: { kind: 'cut_json', after_bytes: 10 }, told: /no JSON/, isFile: true },
  'a page of HTML': { fault: { kind: 'content_type' }, told: /no JSON/, isFile: true },
  // Without a word of what it did a deletion has nothing to tell anyway.
  'a good answer without a body': { fault: { kind: 'empty' }, told: /empty/, isFile: true, isDeletion: true },
  'an error in a good answer': {
    fault: {
      kind: '200',
      body: { error: { errorCode: 3001, key: 'UNAUTHORIZED_USER', message: 'You do not have permission to access this organization account.' } },
    },
    told: /permission/,
    isFile: true,
  },
  'a refusal': { fault: { kind: '400', body: { error: { message: 'JSON_PARSE_ERROR' } } }, told: /JSON_PARSE_ERROR/ },
};

// What to do next stands in every one of them.
const ADVICE = /[Tt]ry again|[Cc]heck|[Ll]ook|administrator|permission|refuse/;

// After these nobody knows whether a write was carried out.
const UNKNOWN = /in time|error of its own|does not answer|no JSON|empty/;

let mesh;
let link;
before(async () => {
  mesh = await Mesh.up({ set: [
    `zoho_proxy:call_timeout { seconds: ${TIMEOUT} }`,
    // Hosts that fail are asked again here.
    'zoho_proxy:circuit_failures: 1000000'] });
  const { body } = await callTool(mesh.run.mcp_url, 'list_all_zoho_meeting_recordings', { limit: 20 });
  link = body.result.structuredContent.results.find((row) => row.transcriptionDownloadUrl).transcriptionDownloadUrl;
});
afterEach(() => mesh.fake('DELETE', 'faults'));
after(() => mesh.down());

function checkCall(kind, { told, limited }, { answer: { status, headers, body }, took }) {
  assert.equal(status, 200);
  assert.equal(body.result?.isError, true, JSON.stringify(body));
  const [{ text }] = body.result.content;
  assert.match(text, told);
  assert.match(text, ADVICE);
  assert.ok(took < LIMIT_MS, `took ${Math.round(took)} ms`);
  if (limited) assert.match(headers['retry-after'] ?? '', /^\d+$/);
  if (CALLS[kind].writes && UNKNOWN.test(told.source)) {
    assert.match(text, /carried out/);
    assert.doesNotMatch(text, /Try again shortly/);
  }
}

for (const [name, spec] of Object.entries(FAULTS)) {
  describe(name, () => {
    const met = {};
    before(async () => {
      // What earlier faults have changed all the same is undone. A deletion has a body to spoil, too.
      await mesh.fake('POST', 'reseed');
      await mesh.fake('PUT', 'settings', { delete_status: 200 });
      const { body } = await callTool(mesh.run.mcp_url, 'list_all_zoho_meeting_meetings', { listtype: 'all', limit: 3 });
      const [read, changed, deleted] = body.result.structuredContent.results.map((row) => row.meetingKey);
      await mesh.fake('PUT', 'faults', { faults: Object.values(CALLS).map(({ match }) => ({ match, ...spec.fault })) });
      await mesh.fake('DELETE', 'requests');
      // All at once: most of the time is waiting.
      await Promise.all(Object.entries(CALLS).map(async ([kind, { tool, args }]) => {
        const begun = performance.now();
        const answer = await callTool(mesh.run.mcp_url, tool, args({ read, changed, deleted, link }));
        met[kind] = { answer, took: performance.now() - begun };
      }));
      for (const [kind, { match }] of Object.entries(CALLS)) met[kind].sent = (await mesh.zohoSaw(match)).length;
    });

    for (const kind of Object.keys(CALLS)) {
      test(`${kind}: is told in time, and sent once`, () => {
        const { answer, sent } = met[kind];
        const isFine = (spec.isFile && kind === 'download') || (spec.isDeletion && kind === 'deletion');
        if (isFine) {
          assert.equal(answer.body.result?.isError, false, answer.text);
        } else {
          checkCall(kind, spec, met[kind]);
        }
        // A read that meets the end of a kept connection goes out again on the next one, as any HTTP client's.
        const isAgain = sent > 1 && !CALLS[kind].writes && spec.fault.kind === 'reset';
        assert.ok(sent === 1 || isAgain || (kind === 'composite' && sent <= 4), `sent ${sent} times`);
      });
    }
  });
}

test('a write whose answer is lost says that it may have been carried out', async () => {
  const { tool, args, match } = CALLS.create;
  await mesh.fake('PUT', 'faults', { faults: [{ match, kind: 'reset', execute: true }] });

  const { body } = await callTool(mesh.run.mcp_url, tool, args({}));

  assert.equal(body.result.isError, true);
  assert.match(body.result.content[0].text, /carried out/);
  assert.doesNotMatch(body.result.content[0].text, /Try again shortly/);
});

test('after all of this the mesh serves as ever', async () => {
  const { body } = await callTool(mesh.run.mcp_url, CALLS.list.tool, CALLS.list.args({}));

  assert.equal(body.result.structuredContent.results.length, 5);
  for (const program of ['auth-service', 'zoho-proxy-service', 'mcp-frontend-service']) {
    assert.doesNotThrow(() => process.kill(mesh.run.pids[program], 0), program);
  }
});
