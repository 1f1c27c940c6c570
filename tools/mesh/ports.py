"""The ports of a mesh: one base, and a fixed place above it for each listener."""

import os
import socket

from console import MeshError, say

DEFAULT_BASE = 8080

# Bases that are tried in turn lie this far apart.
STEP = 100

OFFSETS = {
    "mcp": 0,
    "management": 1,
    "auth": 2,
    "zoho_proxy": 3,
    "auth_metrics": 4,
    "zoho_proxy_metrics": 5,
    "mcp_frontend_metrics": 6,
}

# fake-zoho takes consecutive ports from here: an accounts, a Meeting and a download host for each region.
FAKE_ZOHO = 10
FAKE_ZOHO_COUNT = 6


class Ports:
    """Where each listener goes; base 0 lets the kernel choose."""

    def __init__(self, base):
        self.base = base

    def __getitem__(self, listener):
        return self.base + OFFSETS[listener] if self.base else 0

    @property
    def fake_zoho(self):
        return self.base + FAKE_ZOHO if self.base else 0

    def listen(self, listener):
        return f"127.0.0.1:{self[listener]}"

    def taken(self, with_fake):
        """Says of the first port that is not free, which it is and who has it; None where all are."""
        wanted = list(OFFSETS.values())
        if with_fake:
            wanted += range(FAKE_ZOHO, FAKE_ZOHO + FAKE_ZOHO_COUNT)
        for offset in wanted if self.base else ():
            if not _free(self.base + offset):
                return f"port {self.base + offset} is taken by {holder(self.base + offset)}"
        return None


def choose(asked, remembered, with_fake):
    """The ports to use. One that is asked for is taken or refused; otherwise the first free base
    from the remembered or the default one."""
    if asked is not None:
        if not 0 <= asked <= 65000:
            raise MeshError("--port-base is 0 for any free ports, or a port up to 65000.")
        ports = Ports(asked)
        if taken := ports.taken(with_fake):
            raise MeshError(f"Cannot start: {taken}. Choose others with --port-base.")
        return ports
    first = remembered or DEFAULT_BASE
    for base in range(first, 65000, STEP):
        ports = Ports(base)
        taken = ports.taken(with_fake)
        if not taken:
            return ports
        say(f"    {taken}; trying {base + STEP}")
    raise MeshError("No free ports were found. Choose some with --port-base.")


def holder(port):
    """Who listens on a TCP port, as well as this user may see it."""
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            with open(table, encoding="ascii") as lines:
                rows = [line.split() for line in lines][1:]
        except OSError:
            continue
        # Column 1 is the local address, 3 the state (0A listens), 9 the socket's inode.
        inodes |= {row[9] for row in rows
                   if row[3] == "0A" and int(row[1].rpartition(":")[2], 16) == port}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            for handle in os.listdir(f"/proc/{pid}/fd"):
                target = os.readlink(f"/proc/{pid}/fd/{handle}")
                if target.startswith("socket:[") and target[8:-1] in inodes:
                    with open(f"/proc/{pid}/comm", encoding="utf-8") as name:
                        return f"{name.read().strip()} (process {pid})"
        except OSError:
            continue
    return "a process of another user"


def _free(port):
    with socket.socket() as attempt:
        # As the services do: a connection that lingers from the last run does not count.
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
