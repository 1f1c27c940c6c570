"""Callers of a tool, for tests that look at what others do meanwhile."""

import http.client
import json
import threading
import time

_CALLERS = 4


class Load:
    """Callers that call a tool again and again until the block ends."""

    def __init__(self, endpoints, host, token):
        """`endpoints` tells the ports that may be called now."""
        self._endpoints, self._host, self._token = endpoints, host, token
        self._over = threading.Event()
        # Of `failed` each: when it began and ended, and how.
        self.answered, self.failed = 0, []
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._call_on, args=[number]) for number in range(_CALLERS)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _call_on(self, number):
        turn = number
        while not self._over.is_set():
            turn += 1
            endpoints = self._endpoints()
            begun = time.monotonic()
            error = self._call(endpoints[turn % len(endpoints)])
            with self._lock:
                if error:
                    self.failed.append((begun, time.monotonic(), error))
                else:
                    self.answered += 1
            self._over.wait(0.02)

    def _call(self, port):
        """What went wrong; None where nothing did."""
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
                           "params": {"name": "list_all_zoho_meeting_departments", "arguments": {"limit": 1}}})
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request("POST", f"/mcp/{self._token}", body, {
                "host": self._host, "content-type": "application/json",
                "accept": "application/json, text/event-stream"})
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 200:
                return f"{answer.status}: {text[:200]}"
            result = json.loads(text).get("result", {})
            return None if result and not result.get("isError") else text[:300].decode()
        except (OSError, http.client.HTTPException, ValueError) as error:
            return repr(error)
        finally:
            connection.close()
