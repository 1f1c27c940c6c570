"""Style and bug-finding checks over the files that git tracks."""

import ast
import json
import subprocess

import error_page
import packages
import tree
from console import MeshError, say, step
from counts import Counts

_CPP = (".cc", ".h")
_FORMATTED = (*_CPP, ".proto")

# Inputs, not texts: whatever a fuzz target reads.
_CORPUS = "tests/fuzz/corpus/"


def run():
    """Each check is one case."""
    packages.ensure(packages.LINT)
    files = _tracked()
    checks = (_formatted, _python, _json, _text, _pages)
    return sum((check(files) for check in checks), Counts())


def format_files():
    """`./mesh fmt`."""
    packages.ensure(packages.LINT)
    subprocess.run(["clang-format", "-i", *_ending(_tracked(), _FORMATTED)], cwd=tree.ROOT, check=True)
    error_page.write()
    return 0


def _formatted(files):
    files = _ending(files, _FORMATTED)
    told = subprocess.run(["clang-format", "--dry-run", "--ferror-limit=1", *files], cwd=tree.ROOT, text=True,
                          stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False).stderr
    bad = {line.split(":")[0] for line in told.splitlines() if "[-Wclang-format-violations]" in line}
    return _result("clang-format", files, bad, "./mesh fmt mends it")


def _python(files):
    return _parsed("Python", _ending(files, (".py",)), lambda text, file: ast.parse(text, file))


def _json(files):
    return _parsed("JSON", _ending(files, (".json",)), lambda text, file: json.loads(text))


def _text(files):
    """What .editorconfig says of every text file."""
    files = [file for file in files if not file.startswith(_CORPUS)]
    bad = set()
    for file in files:
        content = (tree.ROOT / file).read_bytes()
        if b"\0" in content or not content:
            continue
        if b"\r" in content or not content.endswith(b"\n") or content.endswith(b"\n\n"):
            bad.add(file)
        elif b"\t" in content or any(line != line.rstrip() for line in content.split(b"\n")):
            bad.add(file)
    return _result("text", files, bad, "line ends, a last newline, no tabs, nothing trailing")


def _pages(files):
    """Pages that are made from code."""
    page = str(error_page.PAGE.relative_to(tree.ROOT))
    return _result("pages", [page], [] if error_page.up_to_date() else [page], "./mesh fmt writes it anew")


def _parsed(check, files, parse):
    bad = set()
    for file in files:
        try:
            parse((tree.ROOT / file).read_text(), file)
        except (SyntaxError, ValueError) as error:
            say(f"    {file}: {error}")
            bad.add(file)
    return _result(check, files, bad, "it does not parse")


def _result(check, files, bad, hint):
    for file in sorted(bad):
        say(f"    {check}: {file} ({hint})")
    say(f"    {check}: {len(files)} files, {len(bad)} bad")
    return Counts(failed=1, failures=(f"{check}: {len(bad)} files",)) if bad else Counts(passed=1)


def _ending(files, suffixes):
    return [file for file in files if file.endswith(suffixes)]


def _tracked():
    told = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=tree.ROOT,
                          stdout=subprocess.PIPE, text=True, check=False)
    if told.returncode != 0:
        raise MeshError("lint reads the list of files from git, and this is no git checkout.")
    return [file for file in told.stdout.split("\0") if file and (tree.ROOT / file).is_file()]
