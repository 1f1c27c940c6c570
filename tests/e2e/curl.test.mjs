// The command that ./mesh up prints, as an operator pastes it into a shell.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

import { Mesh } from './harness/mesh.mjs';

const run = promisify(execFile);

let mesh;
before(async () => {
  mesh = await Mesh.up();
});
after(() => mesh.down());

test('the printed curl lists the departments', async () => {
  const command = mesh.printed.split('\n').find((line) => line.trimStart().startsWith('curl '));

  const { stdout } = await run('bash', ['-c', command]);

  const { result } = JSON.parse(stdout);
  assert.ok(result.structuredContent.results.some((one) => one.departmentName === 'Sales'));
});

test('the printed MCP URL is the one of run.json', () => {
  assert.ok(mesh.printed.includes(mesh.run.mcp_url));
});
