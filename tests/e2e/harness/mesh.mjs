// A mesh of its own for each test file, started as an operator does it.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { execute } from './execute.mjs';
import { request } from './http.mjs';

export const SCRIPT = path.resolve(import.meta.dirname, '../../../mesh');

// Runs ./mesh with `args`. Resolves to {code, stdout, stderr}, whatever the exit status.
export async function mesh(...args) {
  return execute(SCRIPT, args);
}

export async function newStateDir() {
  return mkdtemp(path.join(tmpdir(), 'mesh-e2e-'));
}

export class Mesh {
  // Starts one on any free ports. `fakeZoho` holds flags, `set` settings of ./mesh up, `flags` more
  // of its flags.
  static async up({ fakeZoho = [], set = [], flags = [], stateDir } = {}) {
    const started = new Mesh();
    started.stateDir = stateDir ?? (await newStateDir());
    const { code, stdout, stderr } = await mesh(
      'up', '--detach', '--state-dir', started.stateDir, '--port-base', '0',
      ...flags, ...fakeZoho.map((flag) => `--fake-zoho=${flag}`), ...set.map((text) => `--set=${text}`));
    if (code !== 0) throw new Error(`./mesh up failed (${code}):\n${stdout}${stderr}`);
    started.printed = stdout;
    started.run = await started.readJson('run.json');
    return started;
  }

  async readJson(name) {
    return JSON.parse(await readFile(path.join(this.stateDir, name), 'utf8'));
  }

  // Ends it and forgets its state.
  async down() {
    await mesh('stop', '--state-dir', this.stateDir);
    await rm(this.stateDir, { recursive: true });
  }

  // Ends one program at once, as a crash does.
  async kill(name) {
    process.kill(this.run.pids[name], 'SIGKILL');
  }

  // Calls the management API. Resolves to {status, headers, body}.
  async manage(method, route, body) {
    return request(method, this.run.management_url + route, body,
      { authorization: `Bearer ${this.run.api_key}` });
  }

  // Mints an MCP URL on `account`.
  async mint(account = this.run.account_id, server = { name: 'e2e' }) {
    const { status, body } = await this.manage('POST', `/integrated-account/${account}/mcp`, server);
    if (status !== 201) throw new Error(`no MCP URL: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  // Id of the demo account of a region, which ./mesh up has connected.
  async accountOf(region) {
    return (await this.readJson('accounts.json'))[region];
  }

  // `/__fake/…` of the fake Zoho, which resolves to the answer's body.
  async fake(method, control, body) {
    const answer = await request(method, `${this.run.fake_zoho.meeting_url}/__fake/${control}`, body);
    if (answer.status !== 200) {
      throw new Error(`fake Zoho: ${method} ${control}: ${answer.status} ${answer.text}`);
    }
    return answer.body;
  }

  // Requests that the fake Zoho has seen and that fit `filter`, oldest first.
  async zohoSaw(filter = {}) {
    return (await this.fake('GET', `requests?${new URLSearchParams(filter)}`)).requests;
  }
}
