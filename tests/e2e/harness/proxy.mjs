// zoho-proxy-service alone, spoken to over gRPC as any internal service does.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const BINARY = path.join(ROOT, 'bazel-release/bin/services/zoho_proxy/zoho-proxy-service');

export const CATALOG = path.join(ROOT, 'services/zoho_proxy/catalog/zoho_meeting');

const definition = loader.loadSync('mesh/tools/v1/tools.proto', {
  includeDirs: [path.join(ROOT, 'proto')], keepCase: true, enums: String, longs: Number, defaults: true,
});
const { ToolService } = grpc.loadPackageDefinition(definition).mesh.tools.v1;

export class Proxy {
  // Starts one with the folders `catalogs`. `authService` is a host:port, `set` more
  // of its configuration.
  static async start(catalogs, { authService = '127.0.0.1:1', set = '', limitMs = 60_000 } = {}) {
    const started = new Proxy();
    started.folder = await mkdtemp(path.join(tmpdir(), 'proxy-e2e-'));
    const key = path.join(started.folder, 'key');
    await writeFile(key, Buffer.alloc(32, 7).toString('base64'), { mode: 0o600 });
    const addresses = path.join(started.folder, 'addresses.json');
    const begun = performance.now();
    started.child = spawn(BINARY, [
      `--catalog=${catalogs.join(',')}`,
      `--set=service { address_file: "${addresses}" } auth_service: "${authService}" seal_key_file: "${key}" ${set}`,
    ], { stdio: ['ignore', 'ignore', 'pipe'] });
    started.log = '';
    started.child.stderr.on('data', (data) => { started.log += data; });
    while (!(await readFile(addresses).catch(() => undefined))) {
      if (started.child.exitCode !== null || performance.now() - begun > limitMs) {
        throw new Error(`zoho-proxy-service is not ready:\n${started.log.slice(-4000)}`);
      }
      await sleep(10);
    }
    started.readyMs = performance.now() - begun;
    started.addresses = JSON.parse(await readFile(addresses, 'utf8'));
    started.client = new ToolService(started.addresses.grpc, grpc.credentials.createInsecure(),
      { 'grpc.max_receive_message_length': 64 << 20 });
    return started;
  }

  // Resolves to the answer; rejects with {code, details}.
  async call(method, request) {
    return new Promise((resolve, reject) => {
      this.client[method](request, { deadline: Date.now() + 20_000 },
        (error, answer) => (error ? reject(error) : resolve(answer)));
    });
  }

  async stop() {
    this.client.close();
    const ended = new Promise((resolve) => { this.child.once('exit', resolve); });
    this.child.kill();
    await ended;
    await rm(this.folder, { recursive: true });
  }
}
