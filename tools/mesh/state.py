"""The state folder: what a mesh keeps between runs, and the record of the one that runs."""

import base64
import contextlib
import fcntl
import json
import os
import pathlib
import secrets

import tree
from console import MeshError
from processes import Process

DEFAULT = ".mesh"


class State:
    """One folder, private to its owner. `run.json` is there exactly while a mesh is up."""

    def __init__(self, folder):
        """`folder` is relative to where the operator stands; None is the checkout's own."""
        self.folder = tree.ROOT / DEFAULT if folder is None else pathlib.Path(os.path.abspath(folder))
        self.logs = self.folder / "log"
        self.run_file = self.folder / "run.json"

    def create(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        self.logs.mkdir(exist_ok=True)

    @contextlib.contextmanager
    def locked(self):
        """Holds off a second `up` or `stop` on this folder; fails where one is at work."""
        with open(self.folder / "lock", "w", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise MeshError(f"Another ./mesh is at work in {self.shown()}.") from None
            yield

    def shown(self):
        """The folder as a person would type it here."""
        here = pathlib.Path.cwd()
        return str(self.folder.relative_to(here) if self.folder.is_relative_to(here) else self.folder)

    def read(self, name, default=None):
        try:
            return json.loads((self.folder / name).read_text())
        except (OSError, ValueError):
            return default

    def write(self, name, value):
        """As JSON, whole or not at all, readable by the owner alone."""
        self.write_text(name, json.dumps(value, indent=2) + "\n")

    def write_text(self, name, text):
        path = self.folder / name
        temporary = path.with_name(f".{path.name}.new")
        temporary.unlink(missing_ok=True)
        with os.fdopen(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(text)
        temporary.rename(path)
        return path

    def secret(self, name, make):
        """The file `name`; on first use it is made of what `make` returns."""
        path = self.folder / name
        return path if path.exists() else self.write_text(name, make() + "\n")

    def processes(self):
        """The programs that were started here and still live, oldest first."""
        return self._living("programs")

    def supervisor(self):
        """The `up` that is at work here, in the foreground or not done starting; None where none is."""
        return next(iter(self._living("supervisor")), None)

    def set_processes(self, programs, supervisor):
        self.write("processes.json", {
            "programs": [vars(process) for process in programs],
            "supervisor": [vars(supervisor)] if supervisor else [],
        })

    def _living(self, kind):
        told = self.read("processes.json", {}).get(kind, [])
        return [process for process in (Process(**one) for one in told) if process.alive()]


def new_seal_key():
    return base64.b64encode(secrets.token_bytes(32)).decode()


def new_api_key():
    return "mk_" + secrets.token_urlsafe(32)


def new_mcp_token():
    return secrets.token_urlsafe(32)
