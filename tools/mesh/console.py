"""What ./mesh tells the operator, and the commands it runs on the way."""

import shlex
import subprocess
import sys
import threading
import time

# A quiet command says that it is still there, this often, in seconds.
HEARTBEAT = 20


class MeshError(Exception):
    """Ends ./mesh with this text on stderr and status 1. The text says how to mend it."""


def say(text=""):
    print(text, flush=True)


def step(text):
    say(f"==> {text}")


def seconds(since):
    return f"{time.monotonic() - since:.1f} s"


def run(command, doing, quiet=True, **options):
    """Runs `command` and returns its exit status.

    Quiet: its output is held back and printed whole where it fails. A line says every
    HEARTBEAT seconds that it is still going; `doing` completes "still …".
    """
    started = time.monotonic()
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT} if quiet else {}
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, **output, **options) as process:
        over = threading.Event()

        def beat():
            while not over.wait(HEARTBEAT):
                say(f"    still {doing} ({time.monotonic() - started:.0f} s)")

        if quiet:
            threading.Thread(target=beat, daemon=True).start()
        try:
            told, _ = process.communicate()
        except BaseException:
            process.terminate()
            raise
        finally:
            over.set()
    if quiet and process.returncode != 0:
        sys.stdout.write(told.decode(errors="replace"))
        say(f"    failed with status {process.returncode}: {shlex.join(map(str, command))}")
    return process.returncode
