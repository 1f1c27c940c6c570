"""Runs the examples of the documentation as they are written: against a mesh of their own, and so
that each prints what the page says it does."""

import contextlib
import dataclasses
import json
import pathlib
import re
import shutil
import subprocess
import tempfile

import bazel
import packages
import programs
import tree
from console import MeshError, say, step
from counts import Counts

_PAGES = ("docs/grpc_clients.md",)

# Seconds for the commands of one section.
_LIMIT = 600

# What an example cannot install by itself: where it is missing, its section is skipped.
_NEEDS = {"go install": "go"}


@dataclasses.dataclass(frozen=True)
class Block:
    language: str
    # For a file that is to be saved: where.
    path: str
    text: str


@dataclasses.dataclass(frozen=True)
class Section:
    title: str
    blocks: tuple

    @property
    def script(self):
        return "".join(block.text for block in self.blocks if block.language == "sh")

    @property
    def expected(self):
        """Lines that the commands print among others."""
        return [line for block in self.blocks if block.language == "text" for line in block.text.splitlines()]

    @property
    def missing(self):
        """The program that the commands need and nobody has installed; None where there is none."""
        for words, program in _NEEDS.items():
            if words in self.script and not shutil.which(program):
                return program
        return None


def sections(page):
    """The sections of a page in Markdown that hold blocks of code, by their `##` headings; what comes
    before the first is one, too."""
    found = []
    title, blocks = "", []
    lines = iter(page.splitlines(keepends=True))
    for line in lines:
        if line.startswith("## "):
            found.append(Section(title, tuple(blocks)))
            title, blocks = line[3:].strip(), []
        elif fence := re.fullmatch(r"```(\w+)(?: (\S+))?\n", line):
            text = "".join(iter(lambda: next(lines), "```\n"))
            blocks.append(Block(fence[1], fence[2] or "", text))
    found.append(Section(title, tuple(blocks)))
    return [section for section in found if section.blocks]


def run():
    """The Counts of the sections of all pages."""
    packages.ensure(packages.BUILD + packages.DOCS)
    bazel.build("release", list(programs.LABELS.values()))
    result = Counts()
    for page in _PAGES:
        with _checkout() as folder:
            step(f"The examples of {page}")
            for section in sections((tree.ROOT / page).read_text()):
                result += _run(page, section, folder)
    return result


@contextlib.contextmanager
def _checkout():
    """A folder that looks like this checkout after `./mesh up`, to the examples."""
    with tempfile.TemporaryDirectory(prefix="mesh-docs-") as name:
        folder = pathlib.Path(name)
        (folder / "proto").symlink_to(tree.ROOT / "proto")
        state = ["--state-dir", str(folder / ".mesh")]
        script = tree.ROOT / "mesh"
        started = subprocess.run([script, "up", "--detach", "--port-base", "0", *state], stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if started.returncode != 0:
            say(started.stdout)
            raise MeshError("The mesh did not start; its output stands above.")
        try:
            yield folder
        finally:
            subprocess.run([script, "stop", *state], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)


def _run(page, section, folder):
    name = f"{page}: {section.title or 'introduction'}"
    if section.missing:
        say(f"    skipped {name}: {section.missing} is not installed")
        return Counts(skipped=1)
    # As a reader does it: from the top, saving each file where it stands.
    parts = []
    for number, block in enumerate(section.blocks):
        if block.language == "sh":
            parts.append(block.text)
        elif block.path:
            saved = folder / f".block-{number}"
            saved.write_text(block.text)
            parts.append(f"cp {saved.name} {block.path}\n")
    try:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", "".join(parts)], cwd=folder, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=_LIMIT, check=False)
        printed, status = done.stdout, done.returncode
    except subprocess.TimeoutExpired as error:
        printed, status = str(error.stdout or ""), f"none within {_LIMIT} s"
    unseen = [line for line in section.expected if line not in printed]
    if status == 0 and not unseen:
        say(f"    passed {name}")
        return Counts(passed=1)
    say(printed)
    say(f"    FAILED {name}: status {status}" + "".join(f"\n      did not print {json.dumps(line)}" for line in unseen))
    return Counts(failed=1, failures=(name,))
