// What an operator does, from login to a revoked URL, by keyboard and mouse.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

import { Mesh } from '../e2e/harness/mesh.mjs';
import { until } from '../e2e/harness/until.mjs';
import { launch, Visitor } from './harness.mjs';

const TOOL = 'list_all_zoho_meeting_departments';

let mesh;
let browser;
let visitor;
let page;
before(async () => {
  mesh = await Mesh.up();
  browser = await launch();
  visitor = await Visitor.come(browser, mesh);
  ({ page } = visitor);
});
after(async () => {
  await browser.close();
  await mesh.down();
});

const button = (name) => page.getByRole('button', { name, exact: true });
const menu = (name, of = page) => of.getByRole('navigation').getByRole('link', { name, exact: true });
const choose = async (name, option) => {
  await page.getByRole('combobox', { name }).click();
  await page.getByRole('option', { name: option }).click();
};

async function connected(url) {
  const client = new Client({ name: 'browser-test', version: '1.0.0' });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  return client;
}

test('a wrong key is refused at the field, and the right one logs in', async () => {
  await visitor.open('log');
  await page.getByLabel('API key').fill('mk_wrong');
  await page.keyboard.press('Enter');
  await page.getByText('This key is not known').waitFor();

  await page.getByLabel('API key').fill(mesh.run.api_key);
  await page.keyboard.press('Enter');

  await page.getByRole('heading', { name: 'Call log' }).waitFor();
  const [cookie] = await visitor.context.cookies();
  assert.equal(cookie.name, 'mesh_session');
  assert.equal(cookie.httpOnly, true);
  assert.equal(cookie.sameSite, 'Strict');
  assert.ok(!cookie.value.includes(mesh.run.api_key));
});

test("an account is connected through Zoho's consent page", async () => {
  const gone = await mesh.manage('DELETE', `/integrated-account/${await mesh.accountOf('eu')}`);
  assert.equal(gone.status, 204, gone.text);
  await menu('Accounts').click();
  await page.getByRole('link', { name: 'Connect an account' }).click();
  await page.getByLabel('Name').fill('Lindenhof <b>1</b>');
  await choose('Data centre', 'Fake Zoho (eu)');
  await button('Begin').click();

  const [zoho] = await Promise.all([
    page.waitForEvent('popup'), page.getByRole('link', { name: 'Continue at Zoho' }).click()]);
  await zoho.getByRole('link', { name: /Accept as avery.stone@lindenhof/ }).click();
  await zoho.getByRole('heading', { name: 'Zoho Meeting is connected' }).waitFor();
  await zoho.close();

  await page.getByText('Lindenhof <b>1</b> is connected').waitFor();
});

test('a credential that Zoho does not know is said, a link can be revoked, a device gets its code', async () => {
  await visitor.open('accounts/connect');
  await page.getByRole('tab', { name: 'Refresh token' }).click();
  await page.locator('input[type=password]').fill('1000.nonsense');
  await button('Connect').click();
  await page.getByRole('alert').waitFor();

  await page.getByRole('tab', { name: 'Link for a customer' }).click();
  await button('Make a link').click();
  const link = await page.getByRole('region', { name: 'link' }).textContent();
  assert.equal((await fetch(link)).status, 200);
  await button('Revoke the link').click();
  await page.getByText('The link is revoked.').waitFor();
  assert.notEqual((await fetch(link)).status, 200);

  await page.getByRole('tab', { name: 'Device' }).click();
  await button('Get a code').click();
  await page.getByText(/Waiting for Zoho, until/).waitFor();
});

let url;

test('from an account to its URL are four clicks', async () => {
  await menu('Accounts').click();

  await page.getByRole('link', { name: /Harborline Logistics/ }).click();
  await page.getByRole('link', { name: 'Create an MCP server' }).click();
  await button('Create').click();
  await button('Copy URL').click();

  await button('Copied').waitFor();
  url = await visitor.clipboard();
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/mcp\/[\w-]{43}$/);
  for (const client of ['ChatGPT', 'Claude Code', 'Cursor', 'VS Code', 'MCP Inspector', 'mcp-remote']) {
    await page.getByRole('tab', { name: client, exact: true }).click();
    await button(`Copy snippet for ${client}`).click();
    assert.ok((await visitor.clipboard()).includes(url), client);
  }
});

test('the picker shows what a URL would show, and the server shows just that', async () => {
  await button('Create another').click();
  const count = page.getByText(/tools?, about .* tokens/);
  await count.waitFor();
  const all = Number(/^\d+/.exec(await count.textContent())[0]);
  await button('Read-only auditor').click();
  await page.waitForFunction((before) => !document.body.innerText.includes(`${before} tools, about`), all);
  await page.getByText('license', { exact: true }).click();
  await page.getByLabel('Name').fill('Directory');
  const fewer = Number(/^\d+/.exec(await count.textContent())[0]);
  assert.ok(fewer < all && fewer > 0, `${fewer} of ${all}`);
  await button('Create').click();
  await button('Copy URL').click();
  await button('Copied').waitFor();
  url = await visitor.clipboard();

  const client = await connected(url);
  const { tools } = await client.listTools();

  const shown = await mesh.manage('GET', `/integrated-account/${mesh.run.account_id}/tools?methods=read&tags=users,departments`);
  assert.deepEqual(tools.map(({ name }) => name).sort(), shown.body.results.map(({ name }) => name).sort());
  assert.ok(!(await client.callTool({ name: TOOL, arguments: { limit: 3 } })).isError);
  await client.close();
});

test('the call is in the log and can be replayed in the playground', async () => {
  await menu('Call log').click();
  await page.getByLabel('Follow').check();
  const row = page.getByRole('row', { name: new RegExp(`${TOOL}.*Directory`) });
  await row.waitFor();
  await row.focus();
  await page.keyboard.press('Enter');
  await page.getByText('"limit": 3').waitFor();

  await page.getByRole('link', { name: 'Replay in the playground' }).click();
  await page.getByRole('heading', { name: 'Playground' }).waitFor();
  assert.equal(await page.getByLabel('limit').inputValue(), '3');
  await button('Call').click();

  await page.getByRole('cell', { name: 'Sales', exact: true }).waitFor();
  await button('Next page').click();
  await page.getByRole('cell', { name: 'Sales', exact: true }).waitFor({ state: 'detached' });
  await page.getByRole('tab', { name: 'JSON' }).click();
  await page.getByText('"results"').waitFor();
});

test('a write waits for a yes and passes with it, and the client that asked is shown', async () => {
  await visitor.open(`accounts/${mesh.run.account_id}/servers/new`);
  await page.getByLabel('Name').fill('Careful');
  await page.getByText('Write', { exact: true }).click();
  await choose('Ask before', 'whatever does not only read');
  await button('Create').click();
  await button('Copy URL').click();
  await button('Copied').waitFor();
  const client = await connected(await visitor.clipboard());
  await client.listTools();
  const create = () => client.callTool({
    name: 'create_a_zoho_meeting_meeting',
    arguments: { topic: 'By <i>hand</i>', start_time: '2031-07-01 15:00', timezone: 'Europe/Berlin', duration: 30 } });
  assert.equal((await create()).isError, true);

  await page.getByRole('navigation').getByRole('link', { name: /^Approvals/ }).click();
  await page.getByText('"By <i>hand</i>"').waitFor();
  await button('Approve').click();
  await page.getByText('No call waits').waitFor();

  assert.ok(!(await create()).isError);
  await client.close();
  await menu('Accounts').click();
  await page.getByRole('link', { name: /Harborline Logistics/ }).click();
  await page.getByRole('row', { name: /Careful/ }).click();
  await page.getByRole('table', { name: 'Clients' }).getByText('browser-test 1.0.0').waitFor();
});

test('a wrong argument is said at its field', async () => {
  await visitor.open('playground?tool=list_all_zoho_meeting_department_users');
  await button('Call').click();
  await page.getByText(/`department_id` is required/).waitFor();
});

test('wrong input is said at its field, and nothing is half-done', async () => {
  await visitor.open(`accounts/${mesh.run.account_id}/servers/new`);
  const before = await mesh.manage('GET', `/integrated-account/${mesh.run.account_id}/mcp`);
  await page.getByLabel('Name').fill('  ');
  await button('Create').click();
  await page.getByText(/`name` must have 1 to 120 characters/).waitFor();
  await page.getByLabel('Name').fill('<script>alert(1)</script> ünïcode 名前');
  await choose('Expires', 'At a moment of your choice');
  await page.getByLabel('Moment').fill('2020-01-01T00:00');
  await button('Create').click();
  await page.getByText(/must be a time in the future/).waitFor();

  const now = await mesh.manage('GET', `/integrated-account/${mesh.run.account_id}/mcp`);
  assert.deepEqual(now.body, before.body);
});

test('a revoked URL is refused', async () => {
  await menu('Accounts').click();
  await page.getByRole('link', { name: /Harborline Logistics/ }).click();
  await page.getByRole('searchbox').fill('directory');
  await page.getByRole('row', { name: /Directory/ }).click();
  await button('Revoke').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('Directory is revoked.').waitFor();

  await until('the URL is refused', () => connected(url).then(() => false, () => true));
});

test('a viewer sees what a viewer may, and a deleted key ends the session', async () => {
  const { body: key } = await mesh.manage('POST', '/api-key', { name: 'Looker', role: 'viewer' });
  const viewer = await Visitor.come(browser, mesh);
  await viewer.logIn(key.key);
  assert.equal(await viewer.page.getByRole('link', { name: 'Connect an account' }).count(), 0);
  assert.equal(await menu('API keys', viewer.page).count(), 0);
  await viewer.open('log');
  await viewer.page.getByText('This needs another key').waitFor();

  await mesh.manage('DELETE', `/api-key/${key.id}`);

  await until('the session has ended', async () => {
    await menu('Usage', viewer.page).click();
    await menu('Accounts', viewer.page).click();
    await viewer.page.getByText('The session has ended').waitFor({ timeout: 1000 });
  });
  await viewer.leave();
});

test('whoever logs out is out', async () => {
  await button('Log out').click();
  await button('Log in').waitFor();
  await visitor.open('keys');
  await button('Log in').waitFor();
  await visitor.leave();
});
