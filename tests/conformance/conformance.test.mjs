// The official suite: all that each revision requires, on the tenant that has the fixtures, and on a
// normal one what needs none.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { rpc } from '../e2e/harness/http.mjs';
import { Mesh } from '../e2e/harness/mesh.mjs';
import { complaints, conformance, count, required } from './harness.mjs';

let mesh;
before(async () => {
  mesh = await Mesh.up({ flags: ['--conformance-fixtures'] });
});
after(() => mesh.down());

for (const [revision, scenarios] of [['2025-11-25', 30], ['2026-07-28', 37]]) {
  describe(`what ${revision} requires`, () => {
    let result;
    let names;
    before(async () => {
      names = await required(revision);
      result = await conformance(mesh.run.conformance_url, '--requirements', revision);
    });

    test(`is ${scenarios} scenarios, and the command says that they pass`, () => {
      assert.equal(names.length, scenarios);
      assert.equal(result.code, 0, result.output);
    });

    test('is met without a failed check, and with nothing left out', () => {
      for (const name of names) {
        assert.ok(result.scenarios[name].some((check) => check.status === 'SUCCESS'), `${name} found nothing`);
        assert.deepEqual(complaints(result.scenarios[name]), [], name);
      }
      // All that was run, required or not; the rest of 2026-07-28 is extensions. The 84th check only informs: it
      // looks into event streams, where a plain answer of this server is JSON.
      if (revision === '2025-11-25') assert.match(result.output, /Total: 83 passed, 0 failed/);
      console.log(`    ${revision}: ${JSON.stringify(count(Object.fromEntries(
        names.map((name) => [name, result.scenarios[name]]))))}`);
    });
  });
}

describe('scenarios that no revision requires', () => {
  for (const name of ['http-header-validation', 'http-custom-header-server-validation', 'json-schema-2020-12']) {
    test(`${name} passes all the same`, async () => {
      const { code, output, scenarios } = await conformance(
        mesh.run.conformance_url, '--scenario', name, '--spec-version', '2026-07-28');
      assert.deepEqual(complaints(scenarios[name]), [], name);
      assert.equal(code, 0, output);
    });
  }
});

// The list of scenarios that ask for no tool, prompt or resource of a certain name.
const FIXTURE_FREE = {
  '2025-11-25': [
    'server-initialize', 'ping', 'tools-list', 'server-sse-multiple-streams', 'dns-rebinding-protection',
    'resources-list', 'prompts-list', 'logging-set-level', 'resources-subscribe', 'resources-unsubscribe',
  ],
  '2026-07-28': [
    'tools-list', 'server-sse-multiple-streams', 'dns-rebinding-protection', 'sep-2164-resource-not-found',
    'http-header-validation', 'caching', 'resources-list', 'prompts-list',
  ],
};

for (const [revision, names] of Object.entries(FIXTURE_FREE)) {
  describe(`a normal tenant in ${revision}`, () => {
    for (const name of names) {
      test(`passes ${name}`, async () => {
        const { code, output, scenarios } = await conformance(
          mesh.run.mcp_url, '--scenario', name, '--spec-version', revision);
        assert.deepEqual(complaints(scenarios[name], ['FAILURE']), [], name);
        assert.equal(code, 0, output);
      });
    }
  });
}

test('a normal tenant fails nothing of server-stateless but for want of fixtures', async () => {
  const { scenarios } = await conformance(
    mesh.run.mcp_url, '--scenario', 'server-stateless', '--spec-version', '2026-07-28');
  for (const complaint of complaints(scenarios['server-stateless'], ['FAILURE'])) {
    assert.match(complaint, /not testable|test_/i);
  }
});

test('the fixtures are nowhere but at their own URL', async () => {
  assert.notEqual(mesh.run.conformance_url, mesh.run.mcp_url);
  const { scenarios } = await conformance(
    mesh.run.mcp_url, '--scenario', 'tools-call-image', '--spec-version', '2025-11-25');
  assert.ok(complaints(scenarios['tools-call-image'], ['FAILURE']).length > 0);
  for (const kind of ['tools', 'prompts', 'resources']) {
    const { body } = await rpc(mesh.run.mcp_url, `${kind}/list`, {});
    assert.ok(body.result[kind].length > 0, kind);
    assert.doesNotMatch(JSON.stringify(body), /test_|test:\/\//, kind);
  }
});
