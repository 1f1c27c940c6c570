// What the management API sends and takes: docs/management_api.md in types.

export type Role = 'viewer' | 'operator' | 'admin';

export interface Page<Item> {
  results: Item[];
  next_cursor: string | null;
}

export interface Session {
  id: string;
  name: string;
  role: Role;
  expires_at: string | null;
}

export interface ApiErrorBody {
  code: string;
  message: string;
  reason: string;
  details: Record<string, string>;
}

export interface TokenUsage {
  refreshes: number;
  refresh_ceiling: number;
  zoho_refresh_limit: number;
  window_seconds: number;
  next_refresh_at: string | null;
  live_access_tokens: number;
  live_access_token_limit: number;
  refresh_tokens: number;
  refresh_token_limit: number;
  warnings: string[];
}

export interface MissingScope {
  scope: string;
  tools: string[];
}

export interface Account {
  id: string;
  name: string;
  state: string;
  region: string;
  organization_id: string;
  user_id: string;
  user_email: string;
  organization_admin: boolean;
  scopes: string[];
  // null where the account's scopes are not known.
  missing_scopes: MissingScope[] | null;
  created_at: string;
  updated_at: string;
  grant_region?: string;
  token_usage?: TokenUsage;
}

// A refresh token or a grant code.
export interface Credential {
  region: string;
  name?: string;
  refresh_token?: string;
  grant_code?: string;
}

export interface Disconnected {
  deleted: boolean;
  revoked: boolean;
  message: string;
}

// What a consent, a link or a device is to connect; `account` where it is to connect again.
export interface ConnectTarget {
  name?: string;
  account?: string;
  region?: string;
}

export interface Consent {
  authorization_url: string;
  expires_at: string;
}

export interface ConnectLink {
  id: string;
  url: string;
  name: string;
  account: string | null;
  region: string | null;
  expires_at: string;
}

export interface DeviceConnect {
  handle: string;
  user_code: string;
  verification_url: string;
  verification_url_complete: string;
  expires_at: string;
  interval_seconds: number;
}

export type DevicePoll =
  | { state: 'pending'; handle: string; retry_after_seconds: number }
  | { state: 'connected'; reconnected: boolean; account: Account };

// Which calls wait for somebody's yes.
export type ApprovalRule = 'none' | 'write' | 'destructive';

export interface McpServerConfig {
  methods: string[];
  tags: string[];
  require_api_token_auth: boolean;
  reveal_secrets: boolean;
  approval: ApprovalRule;
}

export interface McpServer {
  id: string;
  name: string;
  config: McpServerConfig;
  expires_at: string | null;
  created_at: string;
  updated_at: string;
}

// What a POST or PATCH of an MCP server says.
export interface McpServerInput {
  name: string;
  config: McpServerConfig;
  expires_at: string | null;
}

// As answered once, to the call that made the URL.
export interface McpServerWithUrl extends McpServer {
  token: string;
  url: string;
  previous_expires_at?: string;
}

export interface Schema {
  type?: string;
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: unknown[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  format?: string;
}

export interface Tool {
  name: string;
  title: string;
  description: string;
  method: string;
  tags: string[];
  scopes: string[];
  read_only: boolean;
  destructive: boolean;
  idempotent: boolean;
  open_world: boolean;
  input_schema: Schema;
  output_schema: Schema | null;
}

export interface ApiKey {
  id: string;
  name: string;
  role: Role;
  bootstrap: boolean;
  expires_at: string | null;
  last_used_at: string | null;
  created_at: string;
}

export interface ApiKeyInput {
  name: string;
  role: Role;
  expires_at: string | null;
}

// As answered once, to the call that made it.
export interface NewApiKey extends ApiKey {
  key: string;
}

export interface AuditEvent {
  sequence: number;
  id: string;
  time: string;
  actor: string;
  action: string;
  account: string;
  mcp_server: string;
  tool: string;
  outcome: string;
  request_id: string;
  duration_ms: number;
  details: Record<string, string>;
  hash: string;
}

export type ApprovalState = 'pending' | 'approved' | 'denied' | 'used' | 'expired';

// A call that waits for a yes, or did.
export interface Approval {
  id: string;
  state: ApprovalState;
  account: string;
  mcp_server: string;
  tool: string;
  // Redacted; null where they were too long to keep.
  arguments: Record<string, unknown> | null;
  created_at: string;
  expires_at: string;
  decided_at: string | null;
  decided_by: string | null;
  used_at: string | null;
}

// A client that came to an MCP server, and the list of tools it has.
export interface McpClient {
  name: string | null;
  version: string | null;
  introduced: boolean;
  era: string;
  protocol_version: string | null;
  user_agent: string | null;
  tools_digest: string | null;
  tools_listed_at: string | null;
  // null where it has listed none.
  is_current: boolean | null;
  first_seen_at: string;
  last_seen_at: string;
}

export interface AuditFilter {
  since?: string;
  until?: string;
  actor?: string;
  action?: string;
  account?: string;
  mcp_server?: string;
  tool?: string;
  outcome?: string;
  request_id?: string;
}

export interface AuditVerification {
  intact: boolean;
  events: number;
  first: number;
  last: number;
  next: number | null;
  broken?: number;
  problem?: string;
}

export interface Usage {
  date: string;
  account: string;
  mcp_server: string;
  tool: string;
  calls: number;
  errors: number;
  mean_duration_ms: number;
}

// What Zoho last said; null where it did not.
export interface AccountLimits {
  account: string;
  limit: number | null;
  remaining: number | null;
  reset_seconds: number | null;
  seen_at: string;
  limited_until: string | null;
}

export interface UsageList {
  results: Usage[];
  truncated: boolean;
  // null where zoho-proxy-service does not answer.
  limits: AccountLimits[] | null;
}

export interface Region {
  code: string;
  name: string;
  accounts_url: string;
  meeting_url: string;
  connectable: boolean;
}

export interface RegionFinding {
  region: string;
  state: string;
  accounts_url: string;
  zoho_accounts_url: string | null;
  reachable: boolean;
  error: string | null;
}
