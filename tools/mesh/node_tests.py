"""Runs tests that are written in JavaScript: Node's test runner over one folder of tests/."""

import pathlib
import subprocess
import sys
import tempfile

import bazel
import counts
import dashboard
import npm
import packages
import programs
import tree
from console import MeshError, run as run_quietly, step

# All take the programs in hand by what lies here, and it is this folder's packages that bring Node.
_HARNESS = tree.ROOT / "tests/e2e"

# Seconds for one test file.
_LIMIT = 300


def run(name, needs=()):
    """The tests of tests/`name`, which need the Debian packages `needs`."""
    folder = tree.ROOT / "tests" / name
    packages.ensure([*packages.E2E, *needs])
    bazel.build("release", list(programs.LABELS.values()))
    dashboard.build()
    for place in dict.fromkeys((_HARNESS, folder)):
        npm.install(place)
    if (folder / "requirements.txt").exists():
        _install_python(folder)
    files = sorted(str(file.relative_to(folder)) for file in folder.glob("*.test.mjs"))
    with tempfile.TemporaryDirectory() as temporary:
        report = pathlib.Path(temporary) / "report.xml"
        # One file at a time: some measure time, and each has a mesh of its own.
        status = subprocess.run(
            [npm.node(_HARNESS), "--test", "--test-concurrency=1", f"--test-timeout={_LIMIT * 1000}",
             "--test-reporter=spec", "--test-reporter-destination=stdout",
             "--test-reporter=junit", f"--test-reporter-destination={report}", *files],
            cwd=folder, stdin=subprocess.DEVNULL, check=False).returncode
        result = counts.of_junit(report)
    if status != 0 and not result.failed:
        result += counts.Counts(failed=1, failures=(f"node --test ended with status {status}",))
    return result


def _install_python(folder):
    """Makes an environment of Python with what requirements.txt names, where that changed."""
    packages.ensure(packages.VENV)
    wanted = folder / "requirements.txt"
    stamp = folder / "venv/.installed-requirements.txt"
    if stamp.exists() and stamp.read_bytes() == wanted.read_bytes():
        return
    step(f"Installing the Python packages of {folder.relative_to(tree.ROOT)}")
    for command in ([sys.executable, "-m", "venv", "--clear", "venv"],
                    ["venv/bin/pip", "install", "--quiet", "--disable-pip-version-check", "-r", wanted.name]):
        if run_quietly(command, "installing Python packages", cwd=folder) != 0:
            raise MeshError("The Python packages cannot be installed; the output stands above.")
    stamp.write_bytes(wanted.read_bytes())
