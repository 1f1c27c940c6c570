"""A client of the mesh's management API and of one MCP URL, for what `up` has to do with them."""

import json
import time
import urllib.error
import urllib.request

from console import MeshError

TIMEOUT = 30


class Refused(MeshError):
    """An answer that is no success. `reason` is the API's own, for example ACCOUNT_EXISTS."""

    def __init__(self, what, error):
        super().__init__(f"{what} was refused: {error.get('message') or error}")
        self.reason = error.get("reason", "")
        self.details = error.get("details") or {}


class Management:
    def __init__(self, url, api_key):
        self._url = url
        self._api_key = api_key

    def account(self, identity):
        """The account, or None where there is none of that id."""
        try:
            return self._call("GET", f"/integrated-account/{identity}")
        except Refused as refused:
            if refused.reason == "ACCOUNT_NOT_FOUND":
                return None
            raise

    def connect(self, account):
        """The account that is connected by `account`, a credential; also where it was before."""
        try:
            return self._call("POST", "/integrated-account", account)
        except Refused as refused:
            if refused.reason == "ACCOUNT_EXISTS":
                return self.account(refused.details["id"])
            raise

    def create_mcp_server(self, account, server):
        return self._call("POST", f"/integrated-account/{account}/mcp", server)

    def _call(self, method, path, body=None):
        status, answer = _send(method, self._url + path, body, {"authorization": f"Bearer {self._api_key}"})
        if status < 300:
            return answer
        raise Refused(f"{method} {path}", answer.get("error") or {"message": f"HTTP {status}"})


def wait_until_ready(url, patience):
    """Whether the listener at `url` says within `patience` seconds that all behind it answers."""
    until = time.monotonic() + patience
    while _send("GET", f"{url}/readyz", None, {})[0] != 200:
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def answers(mcp_url):
    """Whether an MCP URL is served: a revoked or unknown one is not."""
    return _send("POST", mcp_url, {"jsonrpc": "2.0", "id": 1, "method": "ping"}, {})[0] == 200


def _send(method, url, body, headers):
    request = urllib.request.Request(url, method=method, headers={**headers, "accept": "application/json"})
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("content-type", "application/json")
    # Loopback is never reached through a proxy, whatever the environment says of one.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=TIMEOUT) as response:
            return response.status, _object(response.read())
    except urllib.error.HTTPError as error:
        return error.code, _object(error.read())
    except OSError as error:
        raise MeshError(f"{method} to {url.partition('/mcp/')[0]} got no answer: {error}") from error


def _object(text):
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    return value if isinstance(value, dict) else {}
