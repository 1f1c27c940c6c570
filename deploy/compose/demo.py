"""Connects the account that fake-zoho plays, mints an MCP URL, and prints it with a command that calls a tool."""

import json
import os
import pathlib
import sys
import time
import urllib.error
import urllib.request

MANAGEMENT = os.environ.get("MESH_MANAGEMENT", "http://127.0.0.1:8081")
KEY = pathlib.Path(os.environ.get("MESH_KEYS", "/run/keys"), "api-key")

# Of the us administrator, as fake-zoho's README has it.
REFRESH_TOKEN = "1000.fe5e0000000000000000000071004401.00000000000000000000000000000001"

# Seconds for the mesh to be ready.
READY = 120


def call(method, path, body=None):
    request = urllib.request.Request(MANAGEMENT + path, method=method,
                                     headers={"authorization": f"Bearer {KEY.read_text().strip()}"})
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("content-type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"{}")
    except OSError as error:
        return 0, str(error)


until = time.monotonic() + READY
while call("GET", "/readyz")[0] != 200:
    if time.monotonic() > until:
        sys.exit(f"The mesh is not ready after {READY} s.")
    time.sleep(1)
status, account = call("POST", "/integrated-account", {"region": "us", "refresh_token": REFRESH_TOKEN})
identity = account["error"]["details"]["id"] if status == 409 else account.get("id")
if not identity:
    sys.exit(f"The account was not connected: {account}")
status, server = call("POST", f"/integrated-account/{identity}/mcp", {"name": "Made by compose"})
if status != 201:
    sys.exit(f"No MCP URL was minted: {server}")
body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
                   "params": {"name": "list_all_zoho_meeting_departments", "arguments": {}}})
print(f"MCP URL  {server['url']}")
print(f"API key  {KEY.read_text().strip()}")
print(f"curl -sS {server['url']} -H 'content-type: application/json' -d '{body}'")
