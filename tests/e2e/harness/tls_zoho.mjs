// HTTPS and HTTP/2 in front of a mesh's fake Zoho, as the real one's front has them.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import http2 from 'node:http2';
import path from 'node:path';
import { promisify } from 'node:util';

import { request } from './http.mjs';

const run = promisify(execFile);

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];

// An authority of its own, whose certificate is `<folder>/<name>.pem`.
export async function makeAuthority(folder, name) {
  const file = path.join(folder, `${name}.pem`);
  await run('openssl', ['req', '-x509', ...KEY, '-subj', `/CN=${name}`, '-keyout', `${file}.key`, '-out', file]);
  return file;
}

// {key, cert} for `names`, as openssl writes alternative names, signed by `authority`.
export async function makeCertificate(authority, names) {
  const file = `${authority}.leaf`;
  await run('openssl', ['req', '-x509', '-CA', authority, '-CAkey', `${authority}.key`, ...KEY, '-subj', '/CN=leaf',
    '-addext', `subjectAltName=${names}`, '-addext', 'basicConstraints=critical,CA:FALSE',
    '-keyout', `${file}.key`, '-out', file]);
  return { key: await readFile(`${file}.key`), cert: await readFile(file) };
}

// Speaks HTTP/2 alone. `https://localhost:<port>` is the Meeting host, `https://127.0.0.1:<port>` the
// accounts host.
export class TlsZoho {
  static async start(certificate, stateDir) {
    const started = new TlsZoho();
    started.stateDir = stateDir;
    // Of the Meeting host: {session} of each stream.
    started.streams = [];
    started.server = http2.createSecureServer(certificate);
    started.server.on('stream', (stream, headers) => {
      started.serve(stream, headers).catch((error) => stream.destroy(error));
      stream.on('error', () => {});
    });
    // Clients that do not trust it.
    started.server.on('sessionError', () => {});
    await new Promise((resolve) => { started.server.listen(0, '127.0.0.1', resolve); });
    const { port } = started.server.address();
    started.meetingUrl = `https://localhost:${port}`;
    started.accountsUrl = `https://127.0.0.1:${port}`;
    return started;
  }

  async serve(stream, headers) {
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    const isAccounts = headers[':authority'].startsWith('127.0.0.1');
    if (!isAccounts) this.streams.push({ session: stream.session });
    const fake = await this.fake();
    const own = Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(':')));
    delete own['content-length'];
    const answer = await request(headers[':method'], (isAccounts ? fake.accounts_url : fake.meeting_url) + headers[':path'],
      chunks.length > 0 ? Buffer.concat(chunks) : undefined, own);
    if (stream.destroyed) return;
    const told = Object.fromEntries(Object.entries(answer.headers)
      .filter(([name]) => !['connection', 'transfer-encoding', 'content-length', 'keep-alive', 'date'].includes(name)));
    stream.respond({ ':status': answer.status, ...told });
    stream.end(answer.text);
  }

  // The addresses of the fake Zoho, once it is there, which from then on calls this its Meeting host.
  async fake() {
    if (!this.addresses) {
      this.addresses = JSON.parse(await readFile(path.join(this.stateDir, 'fake-zoho.address.json'), 'utf8'));
      await request('PUT', `${this.addresses.meeting_url}/__fake/settings`,
        { redirection_server: new URL(this.meetingUrl).host });
    }
    return this.addresses;
  }

  // Shows another certificate from now on, and ends the connections that saw the one before.
  present(certificate) {
    this.server.setSecureContext(certificate);
    for (const { session } of this.streams) session.destroy();
    this.streams = [];
  }

  async stop() {
    for (const { session } of this.streams) session?.destroy();
    this.server.close();
  }
}
