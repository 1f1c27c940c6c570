"""Starts the programs of a mesh in the order in which they need one another, and ends them."""

import concurrent.futures
import json
import os
import subprocess
import time

import bazel
import processes
import programs
from console import MeshError, say, seconds, step

# Seconds for a program to be ready.
START_LIMIT = 30

# Seconds that a program gets to end by itself.
PATIENCE = programs.DRAIN_LIMIT + 2

# Lines of a program's log that are shown where it fails.
TAIL = 20


class Launch:
    """The programs of one mesh that were started by this process, oldest first."""

    def __init__(self, state, config, interrupts):
        self._state = state
        self._config = config
        self._interrupts = interrupts
        self._self = processes.identify("./mesh up", os.getpid())
        self.running = []
        self._record()

    def start(self, name, arguments):
        """Starts a program and returns the content of its address file."""
        address_file = programs.address_file(self._state, name)
        address_file.unlink(missing_ok=True)
        log = self.log(name)
        if log.exists():
            log.rename(log.with_suffix(".log.1"))
        # Zoho's client secret is handed on by file; nothing else in the environment is theirs either.
        environment = {key: value for key, value in os.environ.items() if not key.startswith("ZOHO_")}
        with open(log, "wb") as output, self._interrupts.deferred():
            child = subprocess.Popen(
                [bazel.binary(self._config, programs.LABELS[name]), *arguments],
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environment,
                # A group of its own: Ctrl-C reaches this process, which ends the others in order.
                start_new_session=True)
            self.running.append(processes.identify(name, child.pid))
            self._record()
        if not processes.wait_for_file(address_file, child, START_LIMIT):
            how = f"was not ready within {START_LIMIT} s"
            if child.returncode is not None:
                how = f"ended with status {child.returncode}"
            raise MeshError(f"{name} {how}. {self.tail(name)}")
        return json.loads(address_file.read_text())

    def start_service(self, name, config):
        """Starts a service with `config`, in text format. See start()."""
        file = self._state.write_text(f"{name}.textproto", config)
        return self.start(name, [f"--config={file}"])

    def let_go(self):
        """From here on the programs live without this process."""
        self._state.set_processes(self.running, None)

    def end(self):
        self._interrupts.ignore()
        end_all(self._state, self.running)

    def _record(self):
        self._state.set_processes(self.running, self._self)

    def log(self, name):
        return self._state.logs / f"{name}.log"

    def tail(self, name):
        lines = self.log(name).read_text(errors="replace").splitlines()[-TAIL:]
        shown = "\n".join(f"    {line}" for line in lines) or "    (empty)"
        return f"The end of {self.log(name)}:\n{shown}"


def end_all(state, running):
    """Ends `running`: first the one that was started last, whose calls need the others, then those at
    once."""
    with concurrent.futures.ThreadPoolExecutor() as pool:
        for together in (running[-1:], running[:-1]):
            list(pool.map(_end, together))
    state.set_processes([], None)
    state.run_file.unlink(missing_ok=True)


def _end(process):
    started = time.monotonic()
    if not processes.end(process, PATIENCE):
        say(f"    {process.name} had to be killed after {seconds(started)}")


def stop(state):
    """`./mesh stop`: ends whatever lives of the mesh in `state`."""
    supervisor, running = state.supervisor(), state.processes()
    if not supervisor and not running:
        state.run_file.unlink(missing_ok=True)
        say(f"Nothing runs in {state.shown()}.")
        return
    step(f"Stopping {', '.join(process.name for process in reversed(running)) or supervisor.name}")
    if supervisor:
        processes.end(supervisor, PATIENCE * 3)
    end_all(state, state.processes())
