"""The official Python SDK as a client that another program drives: one JSON object a line on standard input,
`{"id", "op": "list" | "call" | "cancel", …}`, and one a line as answer. Arguments: how to negotiate, and the URL."""

import asyncio
import json
import sys

from mcp import Client
from mcp.client.sse import sse_client


def connect(mode, url):
    if mode == "sse":
        return Client(sse_client(url), mode="legacy")
    return Client(url, mode=mode)


async def perform(client, request):
    if request["op"] == "list":
        return [tool.name for tool in (await client.list_tools()).tools]
    result = await client.call_tool(request["name"], request["args"])
    return result.model_dump(by_alias=True, mode="json")


async def answer(client, request):
    try:
        print(json.dumps({"id": request["id"], "result": await perform(client, request)}), flush=True)
    except asyncio.CancelledError:
        print(json.dumps({"id": request["id"], "error": "cancelled"}), flush=True)
        raise
    except Exception as error:
        print(json.dumps({"id": request["id"], "error": repr(error)}), flush=True)


async def main():
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    tasks = {}
    async with connect(*sys.argv[1:3]) as client:
        print(json.dumps({"id": 0, "result": client.protocol_version}), flush=True)
        while line := await lines.readline():
            request = json.loads(line)
            if request["op"] == "cancel":
                tasks[request["id"]].cancel()
            else:
                tasks[request["id"]] = asyncio.create_task(answer(client, request))


asyncio.run(main())
