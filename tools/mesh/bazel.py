"""Builds and tests with Debian's Bazel."""

import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import counts
import packages
import tree
from console import MeshError, say, seconds, step

CONFIGS = ("release", "asan", "tsan")

# Whatever a binary is made from, below the root.
_INPUTS = ("WORKSPACE", "BUILD.bazel", ".bazelrc", "user.bazelrc", "common", "edge", "gateway", "proto",
           "services", "tests/fake_zoho", "tests/fuzz", "tests/load", "third_party", "tools/bazel",
           "tools/build_rules",
           "/var/lib/dpkg/status")

# Folders of other tools among them.
_NO_INPUTS = {"node_modules", "__pycache__", "dashboard"}


def binary(config, label):
    """The file that `label`, as //package:name, is built to."""
    return tree.ROOT / f"bazel-{config}" / "bin" / label.removeprefix("//").replace(":", "/")


def build(config, labels):
    """Builds `labels`. Bazel is asked only where an input changed since the last time."""
    stamp = tree.ROOT / f"bazel-{config}" / "built.json"
    now = {"inputs": _fingerprint(), "labels": sorted(labels)}
    if all(binary(config, label).exists() for label in labels) and _read(stamp) == now:
        return
    packages.ensure(packages.BUILD)
    step(f"Building {', '.join(label.partition(':')[2] for label in labels)} ({config})")
    started = time.monotonic()
    status = subprocess.run(
        ["bazel", "build", *options(config), *labels], cwd=tree.ROOT, stdin=subprocess.DEVNULL,
        check=False).returncode
    if status != 0:
        raise MeshError("The build failed; Bazel's output stands above.")
    stamp.write_text(json.dumps(now))
    say(f"    built after {seconds(started)}")


def test(config, targets):
    """Runs the tests among `targets` and returns the Counts of their cases."""
    packages.ensure(packages.BUILD + packages.UNIT)
    with tempfile.TemporaryDirectory() as folder:
        events = pathlib.Path(folder) / "events.json"
        status = subprocess.run(
            ["bazel", "test", *options(config), "--keep_going", f"--build_event_json_file={events}",
             "--build_event_json_file_path_conversion=no", *targets],
            cwd=tree.ROOT, stdin=subprocess.DEVNULL, check=False).returncode
        result = counts.of_bazel(events)
    if status != 0 and not result.failed:
        result += counts.Counts(failed=1, failures=(f"bazel test ended with status {status}",))
    return result


def tidy():
    """Runs clang-tidy over all that is not a test, as one case."""
    packages.ensure(packages.BUILD + packages.UNIT + packages.LINT)
    status = subprocess.run(
        ["bazel", "build", *options("release"), "--keep_going", "--output_groups=clang_tidy",
         "--aspects=//tools/lint:clang_tidy.bzl%clang_tidy", "//..."],
        cwd=tree.ROOT, stdin=subprocess.DEVNULL, check=False).returncode
    return counts.Counts(passed=1) if status == 0 else counts.Counts(failed=1, failures=("clang-tidy",))


def options(config):
    told = [f"--config={config}", f"--disk_cache={tree.cache() / 'bazel'}", "--noshow_loading_progress",
            "--ui_event_filters=-info,-debug"]
    if not sys.stdout.isatty():
        told += ["--color=no", "--curses=no", "--show_progress_rate_limit=15"]
    return told


def _fingerprint():
    """Changes with each file that goes into a binary; a second look at unchanged ones is cheap."""
    digest = hashlib.sha256()
    for name in _INPUTS:
        top = tree.ROOT / name
        for folder, folders, files in os.walk(top):
            folders[:] = sorted(set(folders) - _NO_INPUTS)
            for file in sorted(files):
                _add(digest, os.path.join(folder, file))
        if top.is_file():
            _add(digest, top)
    return digest.hexdigest()


def _add(digest, file):
    status = os.stat(file)
    digest.update(f"{file}\0{status.st_size}\0{status.st_mtime_ns}\0".encode())


def _read(stamp):
    try:
        return json.loads(stamp.read_text())
    except (OSError, ValueError):
        return None
