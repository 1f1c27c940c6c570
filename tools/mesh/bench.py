"""The benchmarks: each starts a mesh of its own, prints what it measures against its bars, and fails
where one is missed."""

import contextlib
import dataclasses
import json
import pathlib
import subprocess
import sys
import tempfile
import typing

import bazel
import programs
import tree
from console import MeshError, say, step


@dataclasses.dataclass(frozen=True)
class Row:
    """One measure. Without a bar it is told and not judged."""
    measure: str
    value: float
    unit: str = ""
    bar: typing.Optional[float] = None
    # Whether the value must equal the bar rather than stay below it.
    exact: bool = False

    @property
    def good(self):
        if self.bar is None:
            return True
        return self.value == self.bar if self.exact else self.value < self.bar


@dataclasses.dataclass(frozen=True)
class Bench:
    about: str
    run: typing.Callable[[], typing.List[Row]]


def run(names):
    """Runs the benchmarks `names`, or all, and returns the exit status."""
    missed = 0
    for name in dict.fromkeys(names) or BENCHES:
        step(f"Benchmark {name}: {BENCHES[name].about}")
        rows = BENCHES[name].run()
        say()
        for line in table(rows):
            say(f"  {line}")
        say()
        missed += sum(not row.good for row in rows)
    say("every bar is met" if missed == 0 else f"{missed} bars are missed")
    return 0 if missed == 0 else 1


def table(rows):
    """The lines of a table of `rows`."""
    cells = [("measure", "value", "bar", "")]
    for row in rows:
        bar = "" if row.bar is None else f"{'=' if row.exact else '<'} {_number(row.bar)} {row.unit}".rstrip()
        cells.append((row.measure, f"{_number(row.value)} {row.unit}".rstrip(), bar,
                      "" if row.bar is None else "met" if row.good else "MISSED"))
    widths = [max(len(line[column]) for line in cells) for column in range(4)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in cells]


def _number(value):
    return f"{value:,.0f}" if value == int(value) or abs(value) >= 100 else f"{value:.2f}"


@contextlib.contextmanager
def a_mesh(*flags):
    """A mesh with `flags` of ./mesh up on any free ports; yields its run.json and accounts.json."""
    with tempfile.TemporaryDirectory(prefix="mesh-bench-") as folder:
        where = ["--state-dir", folder]
        started = subprocess.run(
            [tree.ROOT / "mesh", "up", "--detach", "--port-base", "0", *where, *flags],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if started.returncode != 0:
            sys.stdout.write(started.stdout)
            raise MeshError("The mesh did not start; its output stands above.")
        try:
            path = pathlib.Path(folder)
            yield (json.loads((path / "run.json").read_text()), json.loads((path / "accounts.json").read_text()))
        finally:
            subprocess.run([tree.ROOT / "mesh", "stop", *where], stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, check=False)


def memory_mib(pid, field):
    """`VmRSS` or `VmHWM`, its peak, of a process."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1024
    raise MeshError(f"/proc/{pid}/status has no {field}.")


def _program(label):
    """Builds a program of the benchmarks and returns its file."""
    # One build for all: Bazel leaves what another one of the same configuration has made.
    bazel.build("release", [*programs.LABELS.values(), label])
    return bazel.binary("release", label)


# --- Calls in flight

_CALLS = 10_000
_UPSTREAM_SECONDS = 2


def _in_flight():
    load = _program("//tests/load:in_flight")
    share = _CALLS // 2
    with a_mesh(f"--fake-zoho=--latency={_UPSTREAM_SECONDS}s",
                f"--set=zoho_proxy:account_calls_in_flight: {share}") as (mesh, accounts):
        proxy = mesh["pids"][programs.ZOHO_PROXY]
        rows = [Row("memory before the first call", memory_mib(proxy, "VmRSS"), "MiB")]
        command = [load, f"--address={mesh['grpc']['zoho_proxy']}", f"--accounts={','.join(accounts.values())}"]
        # Brings the access tokens.
        _load([*command, "--calls=2"])
        for what in ("on new connections", "on kept connections"):
            result = _load([*command, f"--calls={_CALLS}"])
            for outcome, count in result["outcomes"].items():
                if outcome != "OK":
                    say(f"    {count} calls ended with {outcome}")
            rows += [
                Row(f"calls answered, {what}", result["outcomes"].get("OK", 0), bar=_CALLS, exact=True),
                Row(f"time to the last answer, {what}", result["seconds"], "s", bar=15),
                Row(f"median of a call, {what}", result["p50_seconds"], "s"),
            ]
        peak = memory_mib(proxy, "VmHWM")
        rows += [
            Row("peak memory of the proxy", peak, "MiB", bar=250),
            Row("memory a call in flight", (peak - rows[0].value) * 1024 / _CALLS, "KiB"),
            Row("threads of the proxy", len(list(pathlib.Path(f"/proc/{proxy}/task").iterdir()))),
        ]
    return rows


def _load(command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise MeshError(f"{pathlib.Path(command[0]).name} ended with status {done.returncode}.")
    return json.loads(done.stdout)


BENCHES = {
    "inflight": Bench(
        f"{_CALLS:,} tool calls in flight in one zoho-proxy-service, at a Zoho that takes {_UPSTREAM_SECONDS} s",
        _in_flight),
}
