"""The test suites: which there are, and the run of some or all of them."""

import dataclasses
import time
import typing

import bazel
import doc_tests
import fuzz
import lint
import node_tests
import script_tests
from console import say, seconds, step
from counts import Counts


@dataclasses.dataclass(frozen=True)
class Suite:
    about: str
    run: typing.Callable[[], Counts]
    # Whether a run without names includes it.
    unasked: bool = True


# Seconds for each fuzz target: of a run that names the suite, and of a run of everything.
_FUZZ_NAMED = 60
_FUZZ_AMONG_ALL = 10


def _unit():
    return script_tests.run() + bazel.test("asan", ["//..."])


# In the order of a run without names: what fails fastest comes first.
SUITES = {
    "lint": Suite("format, and what parsers and .editorconfig say", lint.run),
    # Reads every source once more, which takes as long as two builds.
    "tidy": Suite("clang-tidy over every source that is not a test; by name alone", bazel.tidy, unasked=False),
    "unit": Suite("unit tests, with AddressSanitizer and UndefinedBehaviorSanitizer", _unit),
    "tsan": Suite("the C++ unit tests again, with ThreadSanitizer", lambda: bazel.test("tsan", ["//..."])),
    "fuzz": Suite("libFuzzer against whatever reads what others wrote", lambda: fuzz.run(_FUZZ_NAMED)),
    "docs": Suite("the examples of the documentation, as they are written", doc_tests.run),
    "e2e": Suite("official MCP clients and curl against the real programs", lambda: node_tests.run("e2e")),
    "conformance": Suite("the protocol's official conformance suite, in both eras",
                         lambda: node_tests.run("conformance")),
    "interop": Suite("MCP clients and bridges that people use, each doing the same",
                     lambda: node_tests.run("interop")),
}


def run(names, fuzz_seconds=None):
    """Runs the suites `names`, or all that run unasked, and returns the exit status. The last line counts cases.
    `fuzz_seconds` is for each fuzz target; None for what suits the run."""
    total = Counts()
    table = []
    for name in dict.fromkeys(names) or [name for name, suite in SUITES.items() if suite.unasked]:
        step(f"Suite {name}: {SUITES[name].about}")
        started = time.monotonic()
        if name == "fuzz":
            result = fuzz.run(fuzz_seconds or (_FUZZ_NAMED if names else _FUZZ_AMONG_ALL))
        else:
            result = SUITES[name].run()
        total += result
        table.append(f"  {name:<11} {result}  ({seconds(started)})")
    say()
    for line in table:
        say(line)
    for failure in total.failures:
        say(f"  FAILED {failure}")
    say()
    say(str(total))
    return 0 if total.good else 1
