// Runs the official suite's command and reads what it has found.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { execute } from '../e2e/harness/execute.mjs';

const COMMAND = path.resolve(import.meta.dirname, 'node_modules/@modelcontextprotocol/conformance/dist/index.js');

// Resolves to {code, output, scenarios}; scenarios are {name: [check, …]} with each check's id,
// status and errorMessage.
export async function conformance(url, ...args) {
  const folder = await mkdtemp(path.join(tmpdir(), 'mesh-conformance-'));
  try {
    const { code, output } = await run('server', '--url', url, '--output-dir', folder, ...args);
    const scenarios = {};
    for (const name of await readdir(folder)) {
      // server-<scenario>-<time>
      const scenario = name.replace(/^server-/, '').replace(/-\d{4}-\d\d-\d\dT[\d-]+Z$/, '');
      scenarios[scenario] = JSON.parse(await readFile(path.join(folder, name, 'checks.json'), 'utf8'));
    }
    return { code, output, scenarios };
  } finally {
    await rm(folder, { recursive: true });
  }
}

// The scenarios that a revision requires of a server.
export async function required(revision) {
  const { output } = await run('list', '--server', '--requirements', revision);
  const ofServers = output.slice(output.indexOf('Server scenarios'), output.indexOf('Client scenarios'));
  return [...ofServers.matchAll(/^\s+- ([\w-]+)$/gm)].map(([, name]) => name);
}

// Statuses of checks, counted.
export function count(scenarios) {
  const counts = { SUCCESS: 0, FAILURE: 0, WARNING: 0, SKIPPED: 0, INFO: 0 };
  for (const check of Object.values(scenarios).flat()) counts[check.status] += 1;
  return counts;
}

// What is not right in one scenario, as text for a person.
export function complaints(checks, statuses = ['FAILURE', 'WARNING', 'SKIPPED']) {
  return checks.filter((check) => statuses.includes(check.status))
    .map((check) => `${check.status} ${check.id}: ${check.errorMessage}`);
}

async function run(...args) {
  const { code, stdout, stderr } = await execute(process.execPath, [COMMAND, ...args]);
  return { code, output: stdout + stderr };
}
