// The Inspector's command line with its strictest look at schemas, in each era.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { execute } from '../e2e/harness/execute.mjs';
import { Mesh } from '../e2e/harness/mesh.mjs';

const PACKAGE = path.resolve(import.meta.dirname, 'node_modules/@modelcontextprotocol/inspector');
const { bin } = JSON.parse(readFileSync(path.join(PACKAGE, 'package.json'), 'utf8'));
const COMMAND = path.join(PACKAGE, bin['mcp-inspector'] ?? Object.values(bin)[0]);

let mesh;
before(async () => {
  mesh = await Mesh.up();
});
after(() => mesh.down());

const inspect = (url, ...args) => execute(process.execPath, [COMMAND, '--cli', url, '--format', 'json', ...args]);

for (const era of ['legacy', 'auto', 'modern']) {
  describe(`inspector --protocol-era ${era}`, () => {
    const http = ['--transport', 'http', '--protocol-era', era];

    test('lists the tools, and --strict finds nothing wrong with a schema', async () => {
      const { code, stdout, stderr } = await inspect(mesh.run.mcp_url, ...http, '--strict', '--method', 'tools/list');
      assert.equal(code, 0, stdout + stderr);
      assert.match(stdout, /list_all_zoho_meeting_departments/);
    });

    test('calls a tool', async () => {
      const { code, stdout, stderr } = await inspect(mesh.run.mcp_url, ...http, '--method', 'tools/call',
        '--tool-name', 'list_all_zoho_meeting_departments', '--tool-arg', 'limit=1');
      assert.equal(code, 0, stdout + stderr);
      assert.match(stdout, /departmentName/);
    });

    for (const method of ['prompts/list', 'resources/list', 'resources/templates/list']) {
      test(`sends ${method}`, async () => {
        const { code, stdout, stderr } = await inspect(mesh.run.mcp_url, ...http, '--method', method);
        assert.equal(code, 0, stdout + stderr);
      });
    }
  });
}

test('inspector lists the tools over HTTP+SSE', async () => {
  const { code, stdout, stderr } = await inspect(
    mesh.run.mcp_url.replace('/mcp/', '/sse/'), '--transport', 'sse', '--strict', '--method', 'tools/list');
  assert.equal(code, 0, stdout + stderr);
});
