"""Runs the end-to-end tests: Node's test runner over tests/e2e."""

import os
import pathlib
import platform
import subprocess
import sys
import tempfile

import bazel
import counts
import packages
import programs
import tree
from console import MeshError, run as run_quietly, step

_FOLDER = tree.ROOT / "tests/e2e"

# Seconds for one test file.
_LIMIT = 300


def run():
    packages.ensure(packages.E2E, packages.NODE)
    bazel.build("release", list(programs.LABELS.values()))
    node = _install()
    files = sorted(str(file.relative_to(_FOLDER)) for file in _FOLDER.glob("*.test.mjs"))
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.xml"
        # One file at a time: some measure time, and each has a mesh of its own.
        status = subprocess.run(
            [node, "--test", "--test-concurrency=1", f"--test-timeout={_LIMIT * 1000}",
             "--test-reporter=spec", "--test-reporter-destination=stdout",
             "--test-reporter=junit", f"--test-reporter-destination={report}", *files],
            cwd=_FOLDER, stdin=subprocess.DEVNULL, check=False).returncode
        result = counts.of_junit(report)
    if status != 0 and not result.failed:
        result += counts.Counts(failed=1, failures=(f"node --test ended with status {status}",))
    return result


def _install():
    """Installs what package-lock.json names where that changed, and returns the Node to run."""
    lock = _FOLDER / "package-lock.json"
    stamp = _FOLDER / "node_modules/.installed-lock.json"
    if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
        step("Installing the npm packages of tests/e2e")
        if run_quietly(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], "installing npm packages",
                       cwd=_FOLDER) != 0:
            raise MeshError("npm ci failed; its output stands above.")
        stamp.write_bytes(lock.read_bytes())
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    return _FOLDER / f"node_modules/node-linux-{machine}/bin/node"
