// Every page as it looks, in light and dark, on a desk and in a hand: pictures are in out/.
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';

import { callTool } from '../e2e/harness/http.mjs';
import { Mesh } from '../e2e/harness/mesh.mjs';
import { until } from '../e2e/harness/until.mjs';
import { launch, SIZES, Visitor } from './harness.mjs';

const OUT = path.join(import.meta.dirname, 'out');
const ASSETS = path.join(import.meta.dirname, '../../gateway/dashboard/dist/assets');

// Of all scripts that a page brings, compressed by gzip.
const JS_BUDGET = 350 * 1024;
const FIRST_PAINT_MS = 1000;

let mesh;
let browser;
let pages;
before(async () => {
  mesh = await Mesh.up();
  browser = await launch();
  await mkdir(OUT, { recursive: true });
  const account = mesh.run.account_id;
  const server = await mesh.mint(account, {
    name: 'Directory for ChatGPT', config: { methods: ['read'], tags: ['users', 'departments'] },
    expires_at: '2100-01-01T00:00:00Z' });
  await mesh.mint(account, { name: 'Everything, secrets too', config: { reveal_secrets: true, require_api_token_auth: true } });
  for (let i = 0; i < 5; ++i) await callTool(server.url, 'list_all_zoho_meeting_departments', { limit: i + 1 });
  await callTool(server.url, 'list_all_zoho_meeting_department_users', {});
  const careful = await mesh.mint(account, { name: 'Asks before it writes', config: { approval: 'write' } });
  await callTool(careful.url, 'create_a_zoho_meeting_meeting', { topic: 'Board meeting', start_time: '2031-07-01T15:00:00Z' });
  await until('the calls are in the log', async () => (await mesh.manage('GET', '/usage')).body.results.length > 1);
  pages = {
    accounts: 'accounts',
    connect: 'accounts/connect',
    reconnect: `accounts/${account}/reconnect`,
    servers: `accounts/${account}`,
    zoho: `accounts/${account}/zoho`,
    new_server: `accounts/${account}/servers/new`,
    server: `accounts/${account}/servers/${server.id}`,
    playground: 'playground',
    playground_write: 'playground?tool=create_a_zoho_meeting_webinar_poll',
    approvals: 'approvals',
    log: 'log',
    usage: 'usage',
    keys: 'keys',
    audit: 'audit',
    regions: 'regions',
    none: 'nowhere',
    missing: 'accounts/acc_none',
  };
});
after(async () => {
  await browser.close();
  await mesh.down();
});

for (const scheme of ['light', 'dark']) {
  for (const [name, size] of Object.entries(SIZES)) {
    test(`every page is readable in ${scheme} on a ${name}`, async () => {
      const visitor = await Visitor.come(browser, mesh, { scheme, size });
      const { page } = visitor;
      const picture = async (what) => page.screenshot({ path: path.join(OUT, `${what}-${scheme}-${name}.png`) });
      const findings = [];
      await visitor.open();
      await page.getByLabel('API key').waitFor();
      await picture('login');
      findings.push(...await visitor.seriousFindings());
      await visitor.logIn(mesh.run.api_key);
      for (const [what, address] of Object.entries(pages)) {
        await visitor.open(address);
        await visitor.settle();
        await picture(what);
        // Colours are those of the scheme on any screen.
        if (scheme === 'light' || size === SIZES.desktop) {
          findings.push(...(await visitor.seriousFindings()).map((finding) => `${what}: ${finding}`));
        }
        const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(tooWide <= 0, `${what} is ${tooWide} pixels too wide`);
      }
      assert.deepEqual(findings, []);
      await visitor.leave();
    });
  }
}

test('what is open over a page is readable too', async () => {
  for (const scheme of ['light', 'dark']) {
    const visitor = await Visitor.come(browser, mesh, { scheme });
    const { page } = visitor;
    const findings = [];
    const look = async (what) => {
      await page.screenshot({ path: path.join(OUT, `${what}-${scheme}-desktop.png`) });
      findings.push(...(await visitor.seriousFindings()).map((finding) => `${what}: ${finding}`));
    };
    await visitor.logIn(mesh.run.api_key);
    await visitor.open(pages.new_server);
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByRole('button', { name: 'Copy URL' }).waitFor();
    await look('url');
    await visitor.open('log');
    await page.getByRole('row').nth(1).click();
    await page.getByRole('link', { name: 'Replay in the playground' }).waitFor();
    await look('call');
    await visitor.open('keys');
    await page.getByRole('button', { name: 'Create a key' }).click();
    await page.getByRole('dialog').getByLabel('Name').waitFor();
    await look('new_key');
    await visitor.open(pages.server);
    await page.getByRole('button', { name: 'Revoke' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).hover();
    await look('revoke');
    await visitor.open('playground');
    await page.getByRole('button', { name: 'Call', exact: true }).click();
    await page.getByRole('cell', { name: 'Sales', exact: true }).waitFor();
    await look('answer');
    await visitor.open('audit');
    await page.getByRole('button', { name: 'Verify the chain' }).click();
    await page.getByText('events are as they were written').waitFor();
    await look('verified');
    assert.deepEqual(findings, []);
    await visitor.leave();
  }
});

test('the first paint comes within a second', async () => {
  const visitor = await Visitor.come(browser, mesh);
  await visitor.open();
  await visitor.page.getByLabel('API key').waitFor();
  const paint = await visitor.page.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0].startTime);
  assert.ok(paint < FIRST_PAINT_MS, `${Math.round(paint)} ms`);
  await visitor.leave();
});

test('the scripts of each page keep to their budget', async () => {
  const visitor = await Visitor.come(browser, mesh);
  await visitor.logIn(mesh.run.api_key);
  for (const [what, address] of Object.entries(pages)) {
    await visitor.open(address);
    await visitor.settle();
    const names = await visitor.page.evaluate(() => performance.getEntriesByType('resource').map(
      ({ name }) => new URL(name).pathname.split('/').at(-1)).filter((name) => name.endsWith('.js')));
    const sizes = await Promise.all([...new Set(names)].map(
      async (name) => gzipSync(await readFile(path.join(ASSETS, name)), { level: 9 }).length));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    assert.ok(total > 0 && total <= JS_BUDGET, `${what}: ${total} bytes`);
  }
  await visitor.leave();
});

test('the files are kept by browsers and compressed, and the policy lets nothing else in', async () => {
  const index = await fetch(mesh.run.dashboard_url);
  const policy = index.headers.get('content-security-policy');
  assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self' 'nonce-[\w-]{43}';/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.equal(index.headers.get('x-content-type-options'), 'nosniff');
  const [, script] = /src="(\/dashboard\/assets\/[^"]+\.js)"/.exec(await index.text());
  const file = await fetch(new URL(script, mesh.run.dashboard_url), { headers: { 'accept-encoding': 'br' } });
  assert.equal(file.headers.get('content-encoding'), 'br');
  assert.match(file.headers.get('cache-control'), /immutable/);
});

// As the management API has it, of an account with very much of everything.
const page = (results, next = null) => ({ json: { results, next_cursor: next } });

test('a thousand MCP servers and a hundred thousand calls stay smooth', async () => {
  const visitor = await Visitor.come(browser, mesh);
  const { page: tab } = visitor;
  await visitor.logIn(mesh.run.api_key);
  const time = '2026-01-01T00:00:00Z';
  await tab.route('**/mcp?*', (route) => route.fulfill(page(Array.from({ length: 1000 }, (_, i) => ({
    id: `mcp_${i}`, name: `Server ${i}`, config: { methods: ['read'], tags: [], require_api_token_auth: false, reveal_secrets: false },
    expires_at: null, created_at: time, updated_at: time })))));
  const PART = 10_000;
  await tab.route('**/audit?*', (route) => {
    const from = Number(new URL(route.request().url()).searchParams.get('next_cursor') ?? 0);
    return route.fulfill(page(Array.from({ length: PART }, (_, i) => ({
      sequence: 100_000 - from - i, id: `evt_${from + i}`, time, actor: 'mcp_1', action: 'tool.call', account: 'acc_1',
      mcp_server: 'mcp_1', tool: `tool_${from + i}`, outcome: 'ok', request_id: 'req_1', duration_ms: 1, details: {}, hash: '',
    })), from + PART < 100_000 ? String(from + PART) : null));
  });

  await visitor.open(pages.servers);
  await tab.getByText('1000 MCP servers').waitFor();
  await tab.getByRole('searchbox').fill('server 777');
  await tab.getByText('1 of 1000').waitFor();

  await visitor.open('log');
  const list = tab.getByRole('table', { name: 'Calls' });
  await list.getByText('tool_0', { exact: true }).waitFor();
  for (let loaded = PART; loaded <= 100_000; loaded += PART) {
    await tab.getByText(loaded < 100_000 ? `${loaded} newest calls` : `${loaded} calls`).waitFor();
    await list.evaluate((element) => { element.scrollTop = element.scrollHeight; });
  }
  await list.getByText('tool_99999', { exact: true }).waitFor();
  assert.ok(await list.getByRole('row').count() < 80);

  // A turn of the wheel with every frame.
  const frames = await list.evaluate(async (element) => {
    const taken = [];
    let before = performance.now();
    for (let step = 0; step < 120; ++step) {
      element.scrollTop -= 700;
      await new Promise(requestAnimationFrame);
      const now = performance.now();
      taken.push(now - before);
      before = now;
    }
    return taken.sort((a, b) => a - b);
  });
  const median = frames[60];
  assert.ok(median < 50, `half of the frames take more than ${median} ms`);
  await visitor.leave();
});
