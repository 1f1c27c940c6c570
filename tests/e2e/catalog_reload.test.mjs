// A changed catalogue is served within seconds by a proxy that runs, and a bad one is not. That a
// frontend asks by digest every few seconds is tested beside its code.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { request } from './harness/http.mjs';
import { Proxy } from './harness/proxy.mjs';
import { until } from './harness/until.mjs';

// Seconds that a change may take from the file to the list of tools.
const LIMIT_S = 10;

const documentWith = (operation) => `openapi: 3.1.0
info: {title: Extra, version: "1", x-mcp-integration: extra}
servers: [{url: 'https://meeting.zoho.com'}]
paths:
  /api/v2/${operation}: {get: {operationId: ${operation}, summary: Do it, responses: {"200": {description: Done.}}}}
`;

let volume;
let proxy;

// As the kubelet does: the file is a link into a folder that another link names, which is swapped.
async function swap(name, text) {
  await mkdir(path.join(volume, name));
  await writeFile(path.join(volume, name, 'extra.yaml'), text);
  await symlink(name, path.join(volume, '..data_tmp'));
  await rename(path.join(volume, '..data_tmp'), path.join(volume, '..data'));
}

const listed = async () => (await proxy.call('ListTools', {})).tools.map((tool) => tool.name);

const waitFor = (what, holds) => until(what, holds, LIMIT_S * 1000);

const waitForTools = (...names) => waitFor(`the tools ${names}`, async () => {
  const now = await listed();
  return now.length === names.length && names.every((name) => now.includes(name));
});

async function reloads(outcome) {
  const { text } = await request('GET', `http://${proxy.addresses.metrics}/metrics`);
  return Number(text.match(new RegExp(`mesh_zoho_catalog_reloads_total\\{outcome="${outcome}"\\} (\\d+)`))?.[1] ?? 0);
}

before(async () => {
  volume = await mkdtemp(path.join(tmpdir(), 'volume-'));
  await swap('..1', documentWith('first'));
  await symlink('..data/extra.yaml', path.join(volume, 'extra.yaml'));
  proxy = await Proxy.start([volume]);
});
after(async () => {
  await proxy?.stop();
  await rm(volume, { recursive: true });
});

test('a swapped ConfigMap is served, under another digest', async () => {
  await waitForTools('extra_first');
  const { digest } = await proxy.call('ListTools', {});
  await swap('..2', documentWith('second'));
  await waitForTools('extra_second');
  const answer = await proxy.call('ListTools', { known_digest: digest });
  assert.notEqual(answer.digest, digest);
  assert.equal(answer.tools.length, 1);
  assert.equal(await reloads('OK'), 1);
});

test('a bad file leaves the tools as they are, with a metric and a line of log', async () => {
  await swap('..3', 'openapi: 3.1.0\npaths: [\n');
  await waitFor('the metric', async () => (await reloads('CATALOG_INVALID')) === 1);

  assert.deepEqual(await listed(), ['extra_second']);
  assert.match(proxy.log, /catalogue cannot be served; the one before stays.*extra\.yaml:\d+: /);

  await swap('..4', documentWith('third'));
  await waitForTools('extra_third');
});

test('SIGHUP loads at once', async () => {
  const before = await reloads('OK');
  proxy.child.kill('SIGHUP');
  await waitFor('the metric', async () => (await reloads('OK')) === before + 1);
  assert.deepEqual(await listed(), ['extra_third']);
});
