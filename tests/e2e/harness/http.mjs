// HTTP as it is on the wire, for what a client library hides.
import { Agent, request as send } from 'undici';

// Longer than any deadline of the mesh: a call that outlasts it hangs.
const LIMIT_MS = 60_000;

const dispatcher = new Agent({ headersTimeout: LIMIT_MS, bodyTimeout: LIMIT_MS });

// Resolves to {status, headers, text, body}; body is undefined where the answer is no JSON. A string
// or a Buffer is sent as it is, anything else as JSON.
export async function request(method, url, body, headers = {}, options = {}) {
  const raw = body === undefined || typeof body === 'string' || Buffer.isBuffer(body);
  const answer = await send(url, {
    dispatcher, ...options, method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    body: raw ? body : JSON.stringify(body),
  });
  const text = await answer.body.text();
  let parsed;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = undefined;
  }
  return { status: answer.statusCode, headers: answer.headers, text, body: parsed };
}

// One JSON-RPC request of the legacy era.
export async function rpc(url, method, params, options) {
  return request('POST', url, { jsonrpc: '2.0', id: 1, method, params },
    { accept: 'application/json, text/event-stream' }, options);
}

// One tools/call of the legacy era.
export async function callTool(url, name, args = {}, options = undefined) {
  return rpc(url, 'tools/call', { name, arguments: args }, options);
}
