// The official Python SDK, driven through client.py.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';

const PYTHON = path.resolve(import.meta.dirname, 'venv/bin/python');

export async function python(mode, url) {
  const program = spawn(PYTHON, [path.resolve(import.meta.dirname, 'client.py'), mode, url],
    { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting = new Map();
  const reply = (id) => new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  createInterface({ input: program.stdout }).on('line', (line) => {
    const { id, result, error } = JSON.parse(line);
    const { resolve, reject } = waiting.get(id);
    if (error === undefined) resolve(result);
    else reject(new Error(error));
  });
  program.once('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`client.py ended with ${code}`));
  });
  let next = 1;
  const say = (request) => program.stdin.write(`${JSON.stringify(request)}\n`);
  const ask = (request, signal) => {
    const id = next++;
    const replied = reply(id);
    say({ id, ...request });
    signal?.addEventListener('abort', () => say({ id, op: 'cancel' }));
    return replied;
  };
  const revision = await reply(0);
  return {
    revision,
    list: () => ask({ op: 'list' }),
    call: (name, args = {}, { signal } = {}) => ask({ op: 'call', name, args }, signal),
    close: async () => {
      const ended = new Promise((resolve) => program.once('exit', resolve));
      program.stdin.end();
      await ended;
    },
  };
}
