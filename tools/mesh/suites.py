"""The test suites: which there are, and the run of some or all of them."""

import dataclasses
import time
import typing

import bazel
import deploy_tests
import doc_tests
import fuzz
import lint
import node_tests
import packages
import script_tests
from console import say, seconds, step
from counts import Counts


@dataclasses.dataclass(frozen=True)
class Asked:
    """What a run was asked for."""
    # Whether its suites were named.
    named: bool
    # For each fuzz target; None for what suits the run.
    fuzz_seconds: typing.Optional[int] = None


@dataclasses.dataclass(frozen=True)
class Suite:
    about: str
    run: typing.Callable[[Asked], Counts]
    # Whether a run without names includes it.
    unasked: bool = True


# Seconds for each fuzz target: of a run that names the suite, and of a run of everything.
_FUZZ_NAMED = 60
_FUZZ_AMONG_ALL = 10


def _unit(_):
    return script_tests.run() + bazel.test("asan", ["//..."])


def _tsan(asked):
    # What runs on one thread has no race to find, and is most of what there is to compile.
    few = () if asked.named else ("--build_tests_only", "--test_tag_filters=threads,-no-tsan")
    return bazel.test("tsan", ["//..."], *few)


def _fuzz(asked):
    return fuzz.run(asked.fuzz_seconds or (_FUZZ_NAMED if asked.named else _FUZZ_AMONG_ALL))


def _node(folder, needs=()):
    return lambda _: node_tests.run(folder, needs)


# In the order of a run without names: what fails fastest comes first.
SUITES = {
    "lint": Suite("format, and what parsers and .editorconfig say", lambda _: lint.run()),
    # Reads every source once more, which takes as long as two builds.
    "tidy": Suite("clang-tidy over every source that is not a test; by name alone", lambda _: bazel.tidy(),
                  unasked=False),
    "unit": Suite("unit tests, with AddressSanitizer and UndefinedBehaviorSanitizer", _unit),
    "tsan": Suite("the C++ unit tests that have threads again, with ThreadSanitizer; all of them by name", _tsan),
    "fuzz": Suite("libFuzzer against whatever reads what others wrote", _fuzz),
    "docs": Suite("the examples of the documentation, as they are written", lambda _: doc_tests.run()),
    "deploy": Suite("rules, dashboards and values; by name also the chart, the image and a mesh as it deploys them",
                    lambda asked: deploy_tests.run(asked.named)),
    "e2e": Suite("official MCP clients and curl against the real programs", _node("e2e")),
    "conformance": Suite("the protocol's official conformance suite, in both eras",
                         _node("conformance")),
    "interop": Suite("MCP clients and bridges that people use, each doing the same",
                     _node("interop")),
    # Takes minutes on a busy machine, and measures time.
    "browser": Suite("the dashboard in Chromium, from login to a call of a client in the log; by name alone",
                     _node("browser", packages.BROWSER), unasked=False),
}


def chosen(names):
    """The suites of a run: those that are named, each once, or all that run unasked."""
    return list(dict.fromkeys(names)) or [name for name, suite in SUITES.items() if suite.unasked]


def run(names, fuzz_seconds=None):
    """Runs the suites `names`, or all that run unasked, and returns the exit status. The last line counts cases."""
    asked = Asked(named=bool(names), fuzz_seconds=fuzz_seconds)
    total = Counts()
    table = []
    for name in chosen(names):
        step(f"Suite {name}: {SUITES[name].about}")
        started = time.monotonic()
        result = SUITES[name].run(asked)
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
