"""Processes that outlive the command that started them, and are ended by another one.

A process is known by its id and its start time together: an id alone is given away again.
"""

import contextlib
import dataclasses
import os
import select
import signal
import time


@dataclasses.dataclass(frozen=True)
class Process:
    name: str
    pid: int
    # In clock ticks since boot, as /proc/<pid>/stat has it.
    start_time: int

    def alive(self):
        return _stat(self.pid) == self.start_time


class Ended(BaseException):
    """The operator wants this command to end: Ctrl-C, SIGTERM, or the terminal has gone."""


class Interrupts:
    """Makes those signals an Ended, raised where the command stands."""

    _SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def __init__(self):
        self._deferred = False
        self._came = False
        for number in self._SIGNALS:
            signal.signal(number, self._on_signal)

    @contextlib.contextmanager
    def deferred(self):
        """What is begun in here is finished first: a process that is started is also written down."""
        self._deferred = True
        try:
            yield
        finally:
            self._deferred = False
        if self._came:
            raise Ended

    def ignore(self):
        """For ending, which is bounded: a second Ctrl-C must not leave half of it undone."""
        for number in self._SIGNALS:
            signal.signal(number, signal.SIG_IGN)

    def _on_signal(self, number, frame):
        self._came = True
        if not self._deferred:
            raise Ended


def identify(name, pid):
    """The Process `pid`, which must be running."""
    return Process(name, pid, _stat(pid) or 0)


def end(process, patience):
    """Ends it by SIGTERM, after `patience` seconds by SIGKILL. Returns whether SIGTERM was enough."""
    try:
        handle = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return True
    try:
        # From here on `handle` can mean no other process, so this look decides.
        if not process.alive():
            return True
        for number, wait in ((signal.SIGTERM, patience), (signal.SIGKILL, 10)):
            try:
                signal.pidfd_send_signal(handle, number)
            except ProcessLookupError:
                return True
            if select.select([handle], [], [], wait)[0]:
                return number == signal.SIGTERM
        return False
    finally:
        os.close(handle)


def wait_for_any(processes):
    """Waits until one of `processes` ends, and returns it."""
    poll = select.poll()
    handles = {}
    try:
        for process in processes:
            try:
                handle = os.pidfd_open(process.pid)
            except ProcessLookupError:
                return process
            handles[handle] = process
            poll.register(handle, select.POLLIN)
        return handles[poll.poll()[0][0]]
    finally:
        for handle in handles:
            os.close(handle)


def wait_for_file(path, child, patience):
    """Waits until `path` exists. Returns False where `child`, a Popen, ends first or `patience`
    seconds pass."""
    until = time.monotonic() + patience
    while not path.exists():
        if child.poll() is not None or time.monotonic() > until:
            return False
        # The writer renames it into place; an event would save two hundredths of a second.
        time.sleep(0.02)
    return True


def _stat(pid):
    """Start time of a process; None where there is none or it has ended."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            # The name stands in parentheses and may hold anything.
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else int(fields[19])
