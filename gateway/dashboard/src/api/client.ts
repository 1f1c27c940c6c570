// Calls of the management API under the session's cookie.
import type { ApiErrorBody } from './types';

// An answer that is no success, or none at all (`status` 0).
export class ApiError extends Error {
  constructor(readonly status: number, readonly body: ApiErrorBody) {
    super(body.message);
  }

  // The field that the answer blames, without the object it stands in: `config.tags[0]` is `tags`.
  get field(): string | undefined {
    const field = this.body.details['field'];
    return field?.replace(/^config\./, '').replace(/\[.*$/, '').replace(/^expire_time$/, 'expires_at');
  }
}

const ENDED = 'mesh-session-ended';

// `listener` is called when an answer says that there is no session any more.
export function onSessionEnded(listener: () => void): () => void {
  window.addEventListener(ENDED, listener);
  return () => window.removeEventListener(ENDED, listener);
}

type Parameters = Record<string, string | number | undefined>;

// `path` with the parameters that are neither undefined nor empty.
export function withQuery(path: string, parameters: object): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters as Parameters)) {
    if (value !== undefined && value !== '') query.set(name, String(value));
  }
  return query.size === 0 ? path : `${path}?${query}`;
}

export async function call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  const { answer } = await callWithHeaders<Answer>(method, path, body);
  return answer;
}

export async function callWithHeaders<Answer>(
  method: string, path: string, body?: unknown): Promise<{ answer: Answer; headers: Headers }> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      // Pages of other origins cannot send it: without it a cookie proves nothing.
      headers: { 'x-mesh-session': '1', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiError(0, { code: 'UNAVAILABLE', reason: 'UNREACHABLE', details: {},
      message: 'The mesh does not answer. Check that it runs and that you are on its network.' });
  }
  const text = await response.text();
  if (!response.ok) throw refusal(response, text, path);
  return { answer: (text === '' ? undefined : JSON.parse(text)) as Answer, headers: response.headers };
}

function refusal(response: Response, text: string, path: string): ApiError {
  // A failed login ends no session, and the look for one finds none.
  if (response.status === 401 && path !== '/session') window.dispatchEvent(new Event(ENDED));
  try {
    const { error } = JSON.parse(text) as { error: ApiErrorBody };
    return new ApiError(response.status, { ...error, details: error.details ?? {} });
  } catch {
    return new ApiError(response.status, { code: 'UNKNOWN', reason: `HTTP_${response.status}`, details: {},
      message: `The mesh answered ${response.status} ${response.statusText}`.trim() });
  }
}
