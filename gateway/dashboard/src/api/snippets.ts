// How each client takes an MCP URL: README.md says the same.

export interface Snippet {
  client: string;
  // Where it goes.
  where: string;
  text: string;
}

const NAME = 'zoho-meeting';

const json = (value: unknown) => JSON.stringify(value, null, 2);

function isLoopback(url: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);
}

// `secondFactor`: whether the URL also asks for an API key, which stands as <api key>.
export function snippetsFor(url: string, secondFactor: boolean): Snippet[] {
  const key = 'x-api-key: <api key>';
  const headers = secondFactor ? { headers: { 'x-api-key': '<api key>' } } : {};
  const remote = ['-y', 'mcp-remote', url, ...(isLoopback(url) ? ['--allow-http'] : []),
    ...(secondFactor ? ['--header', key] : [])];
  const cloud = isLoopback(url)
    ? ' It calls from its own cloud: set public_url to a public HTTPS host first, as this URL is of this machine alone.'
    : '';
  const bare = secondFactor
    ? ' It sends no header of yours: make a URL without a second factor for it.'
    : '';
  return [
    { client: 'ChatGPT', text: url,
      where: `Settings → Apps & Connectors → Advanced → developer mode; then Create, with this URL and ` +
        `authentication “No authentication”. After a change of the tools press Refresh there.${cloud}${bare}` },
    { client: 'Claude', text: url, where: `Settings → Connectors → Add custom connector, with this URL.${cloud}${bare}` },
    { client: 'Claude Code', where: 'In a terminal.',
      text: `claude mcp add --transport http ${NAME} ${url}${secondFactor ? ` --header "${key}"` : ''}` },
    { client: 'Cursor', where: 'In ~/.cursor/mcp.json.', text: json({ mcpServers: { [NAME]: { url, ...headers } } }) },
    { client: 'VS Code', where: 'In .vscode/mcp.json.', text: json({ servers: { [NAME]: { type: 'http', url, ...headers } } }) },
    { client: 'MCP Inspector', where: 'In a terminal; lists the tools.',
      text: `npx -y @modelcontextprotocol/inspector --cli ${url} --transport http --method tools/list` +
        (secondFactor ? ` --header "${key}"` : '') },
    { client: 'mcp-remote', where: 'For clients that start a program and speak over its standard input.',
      text: json({ mcpServers: { [NAME]: { command: 'npx', args: remote } } }) },
  ];
}
