"""Calls a tool as an MCP client does, through a URL that it mints and revokes.

Where no account is connected yet, it only tries what can be tried without one."""

import argparse
import datetime
import json
import pathlib
import sys
import time
import urllib.error
import urllib.request

# Seconds for one answer; for the mesh to become ready; for a revocation to be known everywhere.
ANSWER = 60
READY = 90
REVOKED = 5


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mcp", required=True, help="base URL of the public listener")
    parser.add_argument("--management", required=True, help="base URL of the management API")
    parser.add_argument("--host", required=True, help="the Host that clients send")
    parser.add_argument("--api-key-file", required=True, type=pathlib.Path)
    parser.add_argument("--require-account", action="store_true", help="fail where no account is connected")
    options = parser.parse_args()
    key = {"authorization": f"Bearer {options.api_key_file.read_text().strip()}"}

    def mcp(token, method, **parameters):
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
        return send("POST", f"{options.mcp}/mcp/{token}", body,
                    {"host": options.host, "accept": "application/json, text/event-stream"})

    def manage(method, path, body=None):
        return send(method, options.management + path, body, key)

    for base in (options.mcp, options.management):
        await_status(READY, 200, lambda base=base: send("GET", f"{base}/readyz"))
    expect("a URL that does not exist", mcp("x" * 43, "tools/list"), 404)

    accounts = expect("the accounts", manage("GET", "/integrated-account"), 200)["results"]
    if not accounts:
        print("No account is connected: no tool was called.")
        return 1 if options.require_account else 0
    path = f"/integrated-account/{accounts[0]['id']}/mcp"
    expires = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=5)
    server = expect("a new MCP URL", manage("POST", path, {
        "name": "helm test", "config": {"methods": ["read"]},
        "expires_at": expires.strftime("%Y-%m-%dT%H:%M:%SZ")}), 201)
    try:
        started = expect("initialize", mcp(
            server["token"], "initialize", protocolVersion="2025-11-25", capabilities={},
            clientInfo={"name": "helm test", "version": "1"}), 200)
        print(f"initialize: {started['result']['serverInfo']['name']} speaks {started['result']['protocolVersion']}")
        tools = expect("tools/list", mcp(server["token"], "tools/list"), 200)["result"]["tools"]
        name = "list_all_zoho_meeting_departments"
        if name not in {tool["name"] for tool in tools}:
            name = next(tool["name"] for tool in tools if not tool["inputSchema"].get("required"))
        answer = expect("tools/call", mcp(server["token"], "tools/call", name=name, arguments={}), 200)
        text = answer["result"]["content"][0]["text"]
        if answer["result"].get("isError"):
            raise SystemExit(f"{name} failed: {text}")
        print(f"{name}: {len(text)} characters")
    finally:
        manage("DELETE", f"{path}/{server['id']}")
    await_status(REVOKED, 404, lambda: mcp(server["token"], "tools/list"))
    print("The URL was revoked. All is well.")
    return 0


def send(method, url, body=None, headers=None):
    """The status and the JSON of an answer; status 0 where there is none."""
    request = urllib.request.Request(url, method=method, headers=headers or {})
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("content-type", "application/json")
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=ANSWER) as answer:
            return answer.status, read(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, read(error.read())
    except OSError as error:
        return 0, {"error": str(error)}


def read(text):
    # A stream of one event where the server chose so.
    lines = [line[5:] for line in text.splitlines() if line.startswith(b"data:")]
    try:
        return json.loads(lines[-1] if lines else text)
    except ValueError:
        return {}


def expect(what, answer, status):
    if answer[0] != status:
        raise SystemExit(f"{what}: expected status {status}, got {answer[0]}: {json.dumps(answer[1])[:500]}")
    return answer[1]


def await_status(limit, status, ask):
    until = time.monotonic() + limit
    while (answer := ask())[0] != status:
        if time.monotonic() > until:
            raise SystemExit(f"no status {status} within {limit} s, but {answer[0]}: {json.dumps(answer[1])[:500]}")
        time.sleep(0.5)


if __name__ == "__main__":
    sys.exit(main())
