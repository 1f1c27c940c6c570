"""Builds the dashboard, which the private listener serves."""

import fcntl
import hashlib
import os
import time

import npm
import tree
from console import MeshError, run, say, seconds, step

FOLDER = tree.ROOT / "gateway/dashboard"
OUT = FOLDER / "dist"

# What is not a source.
_MADE = {"node_modules", OUT.name}


def build():
    """Checks and bundles it where a source changed since the last time. Fails with MeshError."""
    with open(FOLDER / "package.json", "rb") as one_at_a_time:
        fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
        stamp = FOLDER / "node_modules/.built-sources"
        now = fingerprint(FOLDER)
        if (OUT / "index.html").exists() and stamp.exists() and stamp.read_text() == now:
            return
        npm.install(FOLDER)
        step("Building the dashboard")
        started = time.monotonic()
        node = npm.node(FOLDER)
        for tool in (["node_modules/typescript/bin/tsc", "--noEmit"], ["node_modules/vite/bin/vite.js", "build"]):
            if run([node, *tool], "building the dashboard", cwd=FOLDER) != 0:
                raise MeshError("The dashboard cannot be built; the output stands above.")
        stamp.write_text(now)
        say(f"    built after {seconds(started)}")


def fingerprint(top):
    """Changes with each source below `top`."""
    digest = hashlib.sha256()
    for folder, folders, files in os.walk(top):
        folders[:] = sorted(set(folders) - _MADE)
        for name in sorted(files):
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                digest.update(f"{os.path.relpath(path, top)}\0".encode() + hashlib.sha256(file.read()).digest())
    return digest.hexdigest()
