// More front ends on a mesh that runs, each a process of its own.
import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';

import { request } from './http.mjs';
import { until } from './until.mjs';

const BINARY = path.resolve(import.meta.dirname,
  '../../../bazel-release/bin/services/mcp_frontend/mcp-frontend-service');

let started = 0;

export class Frontend {
  // `set` is configuration in text format, beside what leads to the services of `mesh`; `service` that
  // of its ServiceConfig. Rejects with what it has said where it ends instead.
  static async start(mesh, { set = '', service = '' } = {}) {
    const frontend = new Frontend();
    started += 1;
    frontend.mesh = mesh;
    frontend.addressFile = path.join(mesh.stateDir, `front-end-${started}.json`);
    frontend.config = { set, service };
    await frontend.run();
    return frontend;
  }

  async run() {
    await rm(this.addressFile, { force: true });
    this.log = '';
    this.child = spawn(BINARY, [`--set=
      service { address_file: "${this.addressFile}" ${this.config.service} }
      auth_service: "${this.mesh.run.grpc.auth}" zoho_proxy_service: "${this.mesh.run.grpc.zoho_proxy}"
      seal_key_file: "${path.join(this.mesh.stateDir, 'mcp-frontend.key')}"
      ${this.config.set}`], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.child.stderr.on('data', (data) => { this.log = (this.log + data).slice(-100_000); });
    this.ended = new Promise((resolve) => { this.child.once('exit', (code) => resolve(code)); });
    this.addresses = await until('the front end listens', async () => {
      if (this.child.exitCode !== null) return { ended: this.child.exitCode };
      return JSON.parse(await readFile(this.addressFile, 'utf8'));
    });
    if (this.addresses.ended !== undefined) {
      throw new Error(`mcp-frontend-service ended with status ${this.addresses.ended}: ${this.log}`);
    }
  }

  // Ends it in order, and resolves to its exit status.
  async stop() {
    this.child.kill('SIGTERM');
    return this.ended;
  }

  // The value of a metric by its name and labels, 0 where it was not counted.
  async metric(name) {
    const { text } = await request('GET', `http://${this.addresses.metrics}/metrics`);
    const line = text.split('\n').find((each) => each.startsWith(`${name} `));
    return line === undefined ? 0 : Number(line.split(' ').at(-1));
  }
}
