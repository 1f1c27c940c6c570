"""Runs the fuzz targets of tests/fuzz, each for a while."""

import concurrent.futures
import os
import pathlib
import subprocess

import bazel
import packages
import tree
from console import say
from counts import Counts

_FOLDER = tree.ROOT / "tests/fuzz"

# Names the functions in a report.
_SYMBOLIZER = pathlib.Path("/usr/lib/llvm-14/bin/llvm-symbolizer")

# Seconds that one input may take, and MiB.
_INPUT_TIMEOUT = 10
_MEMORY = 2048


def run(seconds):
    """Feeds each target for `seconds`, as many at once as there are cores. One case a target."""
    packages.ensure(packages.BUILD + packages.FUZZ)
    names = sorted(source.name.removesuffix("_fuzz.cc") for source in _FOLDER.glob("*_fuzz.cc"))
    bazel.build("fuzz", [_label(name) for name in names])
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return sum(pool.map(lambda name: _feed(name, seconds), names), Counts())


def _label(name):
    return f"//tests/fuzz:{name}_fuzz"


def _feed(name, seconds):
    program = bazel.binary("fuzz", _label(name))
    # What was found worth keeping stays for the next run; what fails stays to be looked at.
    found = tree.cache() / "fuzz" / name
    crashes = tree.cache() / "fuzz-crashes"
    for folder in (found, crashes):
        folder.mkdir(parents=True, exist_ok=True)
    command = [program, f"-max_total_time={seconds}", f"-timeout={_INPUT_TIMEOUT}",
               f"-rss_limit_mb={_MEMORY}", "-max_len=8192", "-verbosity=1",
               f"-artifact_prefix={crashes}/{name}-"]
    dictionary = _FOLDER / "dictionary" / name
    if dictionary.exists():
        command.append(f"-dict={dictionary}")
    environment = {**os.environ, "UBSAN_OPTIONS": "print_stacktrace=1"}
    if _SYMBOLIZER.exists():
        environment["ASAN_SYMBOLIZER_PATH"] = str(_SYMBOLIZER)
    told = subprocess.run([*command, found, _FOLDER / "corpus" / name], cwd=tree.ROOT, env=environment,
                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          text=True, errors="replace", check=False)
    lines = told.stderr.splitlines()
    done = next((line for line in reversed(lines) if line.startswith("Done ")), "")
    if told.returncode == 0 and done:
        say(f"    {name}: {done.removeprefix('Done ')}, {len(list(found.iterdir()))} inputs kept")
        return Counts(passed=1)
    input_file = next((line.rpartition(" ")[2] for line in lines if "Test unit written to" in line), None)
    say("\n".join(f"    {name}: {line}" for line in lines[-80:]))
    if input_file:
        shown = pathlib.Path(input_file).read_bytes()
        say(f"    {name}: the input is {input_file}: {shown[:500]!r}")
        say(f"    {name}: to see it again: {program.relative_to(tree.ROOT)} {input_file}")
    return Counts(failed=1, failures=(f"fuzz target {name}",))
