// What pages read and change, each with its place in the cache.
import {
  keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient, type UseMutationResult,
} from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';

import { type ApiError, call, callWithHeaders, withQuery } from './client';
import type {
  Account, ApiKey, ApiKeyInput, Approval, AuditEvent, AuditFilter, AuditVerification, ConnectLink, ConnectTarget, Consent,
  Credential, DeviceConnect, DevicePoll, Disconnected, McpClient, McpServer, McpServerConfig, McpServerInput, McpServerWithUrl,
  NewApiKey, Page, Region, RegionFinding, Session, Tool, UsageList,
} from './types';

const LIST_LIMIT = 1000;
const AUDIT_PAGE = 500;
const AUDIT_MOST = 1000;

// Between two looks at what others may change any moment.
const WATCH_MS = 5000;

type Change<Input, Answer> = UseMutationResult<Answer, ApiError, Input>;

// A change after which what is cached below `stale` is read anew.
function useChange<Input, Answer>(
  stale: readonly unknown[], change: (input: Input) => Promise<Answer>): Change<Input, Answer> {
  const client = useQueryClient();
  return useMutation({ mutationFn: change, onSuccess: () => client.invalidateQueries({ queryKey: stale }) });
}

// Every item of a list, page by page.
async function listAll<Item>(path: string): Promise<Item[]> {
  const items: Item[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await call<Page<Item>>('GET', withQuery(path, { limit: LIST_LIMIT, next_cursor: cursor }));
    items.push(...page.results);
    if (page.next_cursor === null) return items;
    cursor = page.next_cursor;
  }
}

// --- Session

const SESSION = ['session'];

// null after the end of one.
export const useSession = () => useQuery<Session | null, ApiError>({
  queryKey: SESSION, queryFn: () => call<Session>('GET', '/session'), retry: false, staleTime: Infinity,
});

export const useLogIn = () => {
  const client = useQueryClient();
  return useMutation<Session, ApiError, string>({
    mutationFn: (key) => call<Session>('POST', '/session', { api_key: key }),
    onSuccess: (session) => client.setQueryData(SESSION, session),
  });
};

// Forgets the session, and with it all that it was allowed to read.
export const useForgetSession = () => {
  const client = useQueryClient();
  return useCallback(() => {
    client.setQueryData(SESSION, null);
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION[0] });
  }, [client]);
};

export const useLogOut = () => {
  const forget = useForgetSession();
  return useMutation<void, ApiError, void>({ mutationFn: () => call<void>('DELETE', '/session'), onSuccess: forget });
};

// --- Accounts

const ACCOUNTS = ['accounts'];

export const useAccounts = (refetchInterval: number | false = false) => useQuery<Account[], ApiError>({
  queryKey: ACCOUNTS, queryFn: () => listAll<Account>('/integrated-account'), refetchInterval,
});

export const useAccount = (id: string) => useQuery<Account, ApiError>({
  queryKey: [...ACCOUNTS, id], queryFn: () => call<Account>('GET', `/integrated-account/${encodeURIComponent(id)}`),
  enabled: id !== '',
});

export const useConnect = () => useChange(ACCOUNTS, (credential: Credential) =>
  call<Account>('POST', '/integrated-account', credential));

export const useReconnect = (id: string) => useChange(ACCOUNTS, (credential: Credential) =>
  call<Account>('POST', `/integrated-account/${id}/reconnect`, credential));

export const useRename = (id: string) => useChange(ACCOUNTS, (name: string) =>
  call<Account>('PATCH', `/integrated-account/${id}`, { name }));

export const useDisconnect = (id: string) => useChange(ACCOUNTS, () =>
  call<Disconnected | undefined>('DELETE', `/integrated-account/${id}`));

export const useConsent = () => useMutation<Consent, ApiError, ConnectTarget>({
  mutationFn: (target) => call<Consent>('POST', '/oauth/zoho/start', target),
});

export const useConnectLink = () => useMutation<ConnectLink, ApiError, ConnectTarget & { expires_in_seconds: number }>({
  mutationFn: (target) => call<ConnectLink>('POST', '/connect-link', target),
});

export const useRevokeConnectLink = () => useMutation<void, ApiError, string>({
  mutationFn: (id) => call<void>('DELETE', `/connect-link/${id}`),
});

export const useDevice = () => useMutation<DeviceConnect, ApiError, ConnectTarget>({
  mutationFn: (target) => call<DeviceConnect>('POST', '/oauth/zoho/device', target),
});

export const useDevicePoll = () => useChange(ACCOUNTS, (handle: string) =>
  call<DevicePoll>('POST', '/oauth/zoho/device/poll', { handle }));

// --- MCP servers

const SERVERS = ['mcp_servers'];

const serversOf = (account: string) => ({
  queryKey: [...SERVERS, account],
  queryFn: () => listAll<McpServer>(`/integrated-account/${encodeURIComponent(account)}/mcp`),
});

export const useServers = (account: string) => useQuery<McpServer[], ApiError>(serversOf(account));

export const useServer = (account: string, id: string) => useQuery<McpServer, ApiError>({
  queryKey: [...SERVERS, account, id],
  queryFn: () => call<McpServer>('GET', `/integrated-account/${encodeURIComponent(account)}/mcp/${encodeURIComponent(id)}`),
});

export const useCreateServer = (account: string) => useChange(SERVERS, (input: McpServerInput) =>
  call<McpServerWithUrl>('POST', `/integrated-account/${account}/mcp`, input));

export const useUpdateServer = (account: string, id: string) => useChange(SERVERS, (input: McpServerInput) =>
  call<McpServer>('PATCH', `/integrated-account/${account}/mcp/${id}`, input));

export const useRotate = (account: string, id: string) => useChange(SERVERS, (grace: number) =>
  call<McpServerWithUrl>('POST', `/integrated-account/${account}/mcp/${id}/rotate`, { grace_seconds: grace }));

export const useRevoke = (account: string) => useChange(SERVERS, (id: string) =>
  call<void>('DELETE', `/integrated-account/${account}/mcp/${id}`));

export const useClients = (account: string, id: string) => useQuery<McpClient[], ApiError>({
  queryKey: [...SERVERS, account, id, 'clients'],
  queryFn: async () => (await call<Page<McpClient>>('GET', `/integrated-account/${account}/mcp/${id}/client`)).results,
  refetchInterval: WATCH_MS,
});

// --- Approvals

const APPROVALS = ['approvals'];

// The newest, whether they wait or are over.
export const useApprovals = (state: string, enabled = true) => useQuery<Approval[], ApiError>({
  queryKey: [...APPROVALS, state],
  queryFn: async () => (await call<Page<Approval>>('GET', withQuery('/approval', { state, limit: 100 }))).results,
  enabled,
  refetchInterval: WATCH_MS,
});

export const useDecide = () => useChange(APPROVALS, ({ id, decision }: { id: string; decision: 'approve' | 'deny' }) =>
  call<Approval>('POST', `/approval/${id}/${decision}`));

// --- Tools

type ToolFilter = Pick<McpServerConfig, 'methods' | 'tags'>;

// What a URL with these rights would show; while a new answer is under way, the one before.
export const useTools = (account: string, filter: ToolFilter = { methods: [], tags: [] }) => {
  const methods = filter.methods.join(',');
  const tags = filter.tags.join(',');
  return useQuery<Tool[], ApiError>({
    queryKey: ['tools', account, methods, tags],
    queryFn: async () => (await call<Page<Tool>>('GET',
      withQuery(`/integrated-account/${encodeURIComponent(account)}/tools`, { methods, tags }))).results,
    enabled: account !== '',
    placeholderData: keepPreviousData,
  });
};

export interface ToolCall {
  account: string;
  tool: string;
  arguments: Record<string, unknown>;
}

export interface ToolAnswer {
  result: unknown;
  milliseconds: number;
  // What Zoho said of its limit; null where it said nothing.
  remaining: string | null;
  requestId: string | null;
}

export const useCallTool = () => useMutation<ToolAnswer, ApiError, ToolCall>({
  mutationFn: async ({ account, tool, arguments: values }) => {
    const began = performance.now();
    const { answer, headers } = await callWithHeaders<unknown>(
      'POST', `/integrated-account/${account}/tools/${tool}/call`, values);
    return {
      result: answer,
      milliseconds: performance.now() - began,
      remaining: headers.get('ratelimit-remaining'),
      requestId: headers.get('x-request-id'),
    };
  },
});

// --- API keys

const KEYS = ['api_keys'];

export const useApiKeys = (enabled = true) => useQuery<ApiKey[], ApiError>({
  queryKey: KEYS, queryFn: () => listAll<ApiKey>('/api-key'), enabled,
});

export const useCreateApiKey = () => useChange(KEYS, (input: ApiKeyInput) =>
  call<NewApiKey>('POST', '/api-key', input));

export const useDeleteApiKey = () => useChange(KEYS, (id: string) => call<void>('DELETE', `/api-key/${id}`));

// --- Audit and usage

export const useAudit = (filter: AuditFilter, refetchInterval: number | false = false) => {
  const query = useInfiniteQuery<Page<AuditEvent>, ApiError, { pages: Page<AuditEvent>[] }, unknown[], string | null>({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam }) => call<Page<AuditEvent>>(
      'GET', withQuery('/audit', { ...filter, limit: AUDIT_PAGE, next_cursor: pageParam ?? undefined })),
    initialPageParam: null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    refetchInterval,
  });
  const events = useMemo(() => query.data?.pages.flatMap((page) => page.results) ?? [], [query.data]);
  return { ...query, events };
};

// When Zoho's limit refused calls, of the newest AUDIT_MOST at most.
export const useLimited = (filter: { since: string; account?: string }, enabled: boolean) => useQuery<string[], ApiError>({
  queryKey: ['limited', filter],
  queryFn: async () => (await call<Page<AuditEvent>>('GET', withQuery('/audit', {
    ...filter, action: 'tool.call', outcome: 'ZOHO_RATE_LIMITED', limit: AUDIT_MOST,
  }))).results.map(({ time }) => time),
  enabled,
});

// The whole chain, part by part; `told` hears of each part.
export async function verifyAudit(told: (events: number) => void): Promise<AuditVerification> {
  let events = 0;
  let first: number | undefined;
  for (let start = 0; ;) {
    const part = await call<AuditVerification>('GET', withQuery('/audit/verify', { start: start || undefined }));
    events += part.events;
    first ??= part.first;
    told(events);
    if (!part.intact || part.next === null) return { ...part, events, first };
    start = part.next;
  }
}

export interface UsageFilter {
  since: string;
  until: string;
  account?: string;
  tool?: string;
}

export const useUsage = (filter: UsageFilter) => useQuery<UsageList, ApiError>({
  queryKey: ['usage', filter], queryFn: () => call<UsageList>('GET', withQuery('/usage', filter)),
  placeholderData: keepPreviousData,
});

// --- Regions

export const useRegions = () => useQuery<Region[], ApiError>({
  queryKey: ['regions'], queryFn: async () => (await call<Page<Region>>('GET', '/region')).results, staleTime: Infinity,
});

export const useCheckRegions = () => useMutation<RegionFinding[], ApiError, void>({
  mutationFn: async () => (await call<Page<RegionFinding>>('GET', '/region/check')).results,
});

// --- Names

// Every server of `accounts` by its id, for logs that know ids alone.
export function useServerNames(accounts: Account[]): Map<string, string> {
  const ids = accounts.map(({ id }) => id);
  const { data } = useQuery({
    queryKey: [...SERVERS, 'names', ids],
    queryFn: async () => (await Promise.all(ids.map((id) => serversOf(id).queryFn()))).flat(),
    enabled: ids.length > 0,
  });
  return useMemo(() => new Map(data?.map(({ id, name }) => [id, name])), [data]);
}
