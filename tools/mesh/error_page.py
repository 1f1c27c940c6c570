"""docs/errors.md, made from common/base/errors.h."""

import re

import tree

HEADER = tree.ROOT / "common/base/errors.h"
PAGE = tree.ROOT / "docs/errors.md"

_INTRODUCTION = """\
# Errors

Every error of the mesh has a name, the *reason*. It is part of the API: programs may decide by it. The message beside it says what
is wrong, where, and how to mend it, for people and models, and may change. `./mesh fmt` writes this page from
[`common/base/errors.h`](../common/base/errors.h), and the suite `lint` fails where it is not up to date.

| where | how an error is written |
|---|---|
| gRPC | the status below, with `mesh.error.v1.ErrorDetail` (reason, metadata, retry_after) in its details |
| management API | `{"error": {"code", "message", "reason", "details"}}` under the HTTP status that belongs to the status below |
| MCP | a tool result with `isError` for what a tool's caller can mend or has to wait for; a JSON-RPC error or an HTTP status for the rest |
"""


def page(header):
    """The text of the page for the text of the header."""
    text = _INTRODUCTION
    # A comment block, or a trailing comment and what continues it.
    for comment in re.findall(r"(?:^|(?<=;)) *//.*(?:\n *//.*)*", header, re.MULTILINE):
        words = re.sub(r"\n *// ?", " ", comment.strip().removeprefix("//")).strip()
        if section := re.fullmatch(r"--- (.*?)[ -]*", words):
            text += f"\n## {section[1]}\n\n| reason | status | |\n|---|---|---|\n"
        elif error := re.match(r"([A-Z_]+) `([A-Z_]+)`[.:,]? *(.*)", words):
            text += f"| `{error[2]}` | {error[1]} | {_sentence(error[3])} |\n"
    return text


def write():
    PAGE.write_text(page(HEADER.read_text()))


def up_to_date():
    return PAGE.exists() and PAGE.read_text() == page(HEADER.read_text())


def _sentence(words):
    if not words:
        return ""
    words = words.replace("|", "\\|")
    return words[0].upper() + words[1:] + ("" if words.endswith(".") else ".")
