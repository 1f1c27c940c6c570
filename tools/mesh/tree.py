"""Where things are: this checkout and the user's cache."""

import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]


def cache():
    """The folder that outlives a checkout."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return pathlib.Path(base) / "zoho-mcp-mesh"
