// MCP clients and bridges that people use, each behind the same four functions:
// list() → names of tools, call(name, args, {signal}) → a tool result, close().
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import path from 'node:path';

import { createMCPClient } from '@ai-sdk/mcp';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

import { ERAS } from '../e2e/harness/clients.mjs';
import { until } from '../e2e/harness/until.mjs';
import { python } from './python.mjs';

const INFO = { name: 'zoho-mcp-mesh-interop', version: '1.0.0' };

const script = (name) => path.resolve(import.meta.dirname, 'node_modules', name);
const MCP_REMOTE = script('mcp-remote/dist/proxy.js');
const SUPERGATEWAY = script('supergateway/dist/index.js');

async function sdk1(transport) {
  const client = new Client(INFO);
  await client.connect(transport);
  return {
    list: async () => (await client.listTools()).tools.map((tool) => tool.name),
    call: (name, args = {}, options = {}) => client.callTool({ name, arguments: args }, undefined, options),
    close: () => client.close(),
  };
}

async function sdk2(url) {
  const { client } = await ERAS['2026-07-28'](url);
  return {
    list: async () => (await client.listTools()).tools.map((tool) => tool.name),
    call: (name, args = {}, options = {}) => client.callTool({ name, arguments: args }, options),
    close: () => client.close(),
  };
}

const stdio = (...args) => sdk1(new StdioClientTransport({ command: process.execPath, args, stderr: 'ignore' }));

async function vercel(type, url) {
  const client = await createMCPClient({ transport: { type, url } });
  return {
    list: async () => Object.keys(await client.tools()),
    call: (name, args = {}, { signal } = {}) =>
      client.callTool({ name, arguments: args, options: { signal } }),
    close: () => client.close(),
  };
}

async function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

// The bridge the other way round: what it makes of the mesh for programs that speak stdio is served
// again over HTTP.
async function served(url, transport, connect) {
  const port = await freePort();
  const bridge = spawn(process.execPath, [
    SUPERGATEWAY, '--stdio', `${process.execPath} ${SUPERGATEWAY} --streamableHttp ${url} --logLevel none`,
    '--outputTransport', transport, '--port', String(port), '--logLevel', 'none', '--healthEndpoint', '/healthz',
    ...(transport === 'streamableHttp' ? ['--stateful'] : []),
  ], { stdio: 'ignore' });
  const exit = new Promise((resolve) => { bridge.once('exit', resolve); });
  const end = async () => {
    bridge.kill('SIGTERM');
    await exit;
  };
  const base = `http://127.0.0.1:${port}`;
  try {
    await Promise.race([
      until('the bridge serves', async () => (await fetch(`${base}/healthz`)).ok, 30_000),
      exit.then((code) => Promise.reject(new Error(`the bridge ended with status ${code}`))),
    ]);
    const client = await connect(base);
    return { ...client, close: () => client.close().finally(end) };
  } catch (error) {
    await end();
    throw error;
  }
}

const sseUrl = (url) => url.replace('/mcp/', '/sse/');

// `cancels` says whether the client tells the server that a call is cancelled.
export const CLIENTS = {
  'TypeScript SDK 1.x, Streamable HTTP': {
    cancels: true,
    connect: (url) => sdk1(new StreamableHTTPClientTransport(new URL(url))),
  },
  'TypeScript SDK 1.x, HTTP+SSE': {
    cancels: true,
    connect: (url) => sdk1(new SSEClientTransport(new URL(sseUrl(url)))),
  },
  'TypeScript SDK 2.x, 2026-07-28': {
    cancels: true,
    connect: sdk2,
  },
  'Python SDK, legacy': { cancels: true, connect: (url) => python('legacy', url) },
  'Python SDK, auto': { cancels: true, connect: (url) => python('auto', url) },
  'Python SDK, 2026-07-28': { cancels: true, connect: (url) => python('2026-07-28', url) },
  'Python SDK, HTTP+SSE': { cancels: true, connect: (url) => python('sse', sseUrl(url)) },
  'mcp-remote http-first': {
    cancels: true,
    connect: (url) => stdio(MCP_REMOTE, url, '--allow-http', '--transport', 'http-first'),
  },
  'mcp-remote http-only': {
    cancels: true,
    connect: (url) => stdio(MCP_REMOTE, url, '--allow-http', '--transport', 'http-only'),
  },
  'mcp-remote sse-first': {
    cancels: true,
    connect: (url) => stdio(MCP_REMOTE, url, '--allow-http', '--transport', 'sse-first'),
  },
  'mcp-remote sse-only': {
    cancels: true,
    connect: (url) => stdio(MCP_REMOTE, sseUrl(url), '--allow-http', '--transport', 'sse-only'),
  },
  'supergateway, Streamable HTTP to stdio': {
    connect: (url) => stdio(SUPERGATEWAY, '--streamableHttp', url, '--logLevel', 'none'),
  },
  'supergateway, HTTP+SSE to stdio': {
    connect: (url) => stdio(SUPERGATEWAY, '--sse', sseUrl(url), '--logLevel', 'none'),
  },
  'supergateway, stdio to Streamable HTTP': {
    connect: (url) => served(url, 'streamableHttp',
      (base) => sdk1(new StreamableHTTPClientTransport(new URL(`${base}/mcp`)))),
  },
  'supergateway, stdio to HTTP+SSE': {
    connect: (url) => served(url, 'sse', (base) => sdk1(new SSEClientTransport(new URL(`${base}/sse`)))),
  },
  'Vercel AI SDK, Streamable HTTP': { connect: (url) => vercel('http', url) },
  'Vercel AI SDK, HTTP+SSE': { connect: (url) => vercel('sse', sseUrl(url)) },
};
