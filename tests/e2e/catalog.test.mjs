// The OpenAPI documents that ship are valid, and any other can be added: large public ones that
// nobody wrote for this mesh.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';

import SwaggerParser from '@apidevtools/swagger-parser';

import { checkTools } from './harness/client_rules.mjs';
import { CATALOG, Proxy } from './harness/proxy.mjs';

const run = promisify(execFile);

const PACKAGES = path.resolve(import.meta.dirname, 'node_modules');

// 400 MB once unpacked: one file of it is kept in the user's cache instead.
const GITHUB = '@octokit/openapi@23.0.2';

async function githubDocument() {
  const base = process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache');
  const folder = path.join(base, 'zoho-mcp-mesh/documents', GITHUB.replaceAll('/', '+'));
  const file = path.join(folder, 'api.github.com.json');
  if (await stat(file).catch(() => undefined)) return file;
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(path.join(folder, 'new-'));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', work, GITHUB]);
  await run('tar', ['-xzf', path.join(work, JSON.parse(stdout)[0].filename), '-C', work,
    'package/generated/api.github.com.json']);
  await rename(path.join(work, 'package/generated/api.github.com.json'), file);
  await rm(work, { recursive: true });
  return file;
}

describe('the documents that ship', () => {
  test('are valid OpenAPI 3.1 by a public validator, each by itself', async () => {
    const files = (await readdir(CATALOG)).filter((name) => name.endsWith('.yaml'));
    assert.ok(files.length >= 10);
    for (const file of files) {
      const document = await SwaggerParser.validate(path.join(CATALOG, file));
      assert.equal(document.openapi, '3.1.0', file);
    }
  });
});

// What each of the three documents holds: operations, and those whose body is no JSON and no form.
const DOCUMENTS = [
  { slug: 'api_github_com', operations: 1223, leftOut: 0, server: 'api.github.com' },
  { slug: 'blockfrost', operations: 129, leftOut: 1, server: 'cardano-mainnet.blockfrost.io' },
  { slug: 'directus', operations: 136, leftOut: 2, server: 'no server' },
];

describe('large public documents', () => {
  let folder;
  let listener;
  let connections = 0;
  let proxy;
  let tools;

  before(async () => {
    listener = net.createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise((resolve) => { listener.listen(0, '127.0.0.1', resolve); });
    const port = listener.address().port;

    folder = await mkdtemp(path.join(tmpdir(), 'catalogs-'));
    await copyFile(await githubDocument(), path.join(folder, 'api.github.com.json'));
    await copyFile(path.join(PACKAGES, '@blockfrost/openapi/openapi.yaml'), path.join(folder, 'blockfrost.yaml'));
    await copyFile(path.join(PACKAGES, '@directus/specs/dist/openapi.json'), path.join(folder, 'directus.json'));
    await writeFile(path.join(folder, 'near.yaml'), `openapi: 3.1.0
info: {title: Near, version: "1", x-mcp-integration: near}
servers: [{url: 'http://127.0.0.1:${port}'}]
paths:
  /things: {get: {operationId: listThings, summary: List things, responses: {"200": {description: All.}}}}
`);
    // Whoever asks for a token asks here.
    proxy = await Proxy.start([CATALOG, folder], { authService: `127.0.0.1:${port}` });
    tools = (await proxy.call('ListTools', {})).tools;
  });
  after(async () => {
    await proxy?.stop();
    listener.close();
    await rm(folder, { recursive: true });
  });

  test('become tools that every client accepts, beside the forty of Zoho Meeting', (t) => {
    checkTools(tools);
    for (const { slug, operations, leftOut } of DOCUMENTS) {
      const own = tools.filter((tool) => tool.name.startsWith(`${slug}_`));
      assert.equal(own.length, operations - leftOut, slug);
      t.diagnostic(`${slug}: ${own.length} tools`);
    }
    assert.ok(tools.filter((tool) => tool.name.includes('zoho_meeting')).length >= 40);
    const bytes = tools.reduce((sum, tool) => sum + tool.input_schema_json.length, 0);
    t.diagnostic(`${tools.length} tools, ${bytes} bytes of input schemas, ready after ${Math.round(proxy.readyMs)} ms`);
    assert.ok(proxy.readyMs < 30_000);
  });

  test('what cannot be served is left out, and told by file and line', () => {
    const lines = proxy.log.split('\n').filter((line) => line.includes('operation left out'));
    assert.equal(lines.length, 3);
    for (const line of lines) assert.match(line, /(blockfrost\.yaml|directus\.json):\d+: a body of this kind/);
  });

  test('a second question by digest brings no tools', async () => {
    const { digest } = await proxy.call('ListTools', {});
    const again = await proxy.call('ListTools', { known_digest: digest });
    assert.equal(again.digest, digest);
    assert.equal(again.tools.length, 0);
  });

  test('calls of tools that are not Zoho\'s are refused, and nothing is sent', async () => {
    const calls = ['near_list_things', ...DOCUMENTS.map(({ slug }) => tools.find(
      (tool) => tool.name.startsWith(`${slug}_`) && !JSON.parse(tool.input_schema_json).required).name)];
    for (const [i, tool] of calls.entries()) {
      const error = await proxy.call('CallTool', { account: 'acc_1', tool, arguments_json: '{}' })
        .then(() => assert.fail(tool), (refused) => refused);
      assert.equal(error.code, 9, tool);
      assert.match(error.details, /Nothing was sent/);
      assert.ok(error.details.includes(i === 0 ? '127.0.0.1' : DOCUMENTS[i - 1].server), error.details);
    }
    assert.equal(connections, 0);
  });
});

test('a document that cannot be read keeps the service from starting, by file and line', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'catalogs-'));
  await writeFile(path.join(folder, 'bad.yaml'), 'openapi: 3.1.0\npaths: {\n');
  await assert.rejects(Proxy.start([folder]), /bad\.yaml:\d+: /);
  await writeFile(path.join(folder, 'bad.yaml'), 'swagger: "2.0"\npaths: {}\n');
  await assert.rejects(Proxy.start([folder]), /bad\.yaml:1: must be OpenAPI 3/);
  await rm(folder, { recursive: true });
});
