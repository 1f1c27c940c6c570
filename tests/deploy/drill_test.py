"""A drill: two replicas of each service as the chart configures them, on PostgreSQL that the chart's Job has migrated, under
constant load. What a cluster does while pods are replaced is done here: a new address list comes late, the signal at once."""

import contextlib
import http.client
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import unittest

import helm
from load import Load
from local_mesh import LocalMesh, program
from values_test import NEEDED

# Seconds until everybody knows that a pod is not to be called any more: less than what it goes on answering.
_KNOWN_AFTER = 1.5
_DRAIN = {"preStopSeconds": 0, "delaySeconds": 3, "limitSeconds": 10}

# Seconds from a kill until no call fails any more.
_RECOVERED = 5

_REPLICAS = 2

# Of the calls during a rollout. gRPC cancels a call that arrives in the very instant in which its server closes.
_MOST_FAILED = 0.001


def rendered():
    drained = {part: {"drain": _DRAIN} for part in ("auth", "zohoProxy", "frontend", "management")}
    return helm.objects(NEEDED, drained, {"zoho": {"clients": [{"clientId": "1000.FAKEZOHO4LOOPBACK7CLIENT000001"}]}})


class Postgres:
    """A database of its own, on loopback."""

    def __init__(self, folder):
        self._folder = pathlib.Path(folder) / "postgres"
        self.port = free_ports(1)[0]
        (programs,) = pathlib.Path("/usr/lib/postgresql").glob("15/bin")
        self._programs = programs

    def __enter__(self):
        self._folder.mkdir()
        if os.geteuid() == 0:
            shutil.chown(self._folder, "postgres")
        self._run("initdb", "--auth=trust", "--username=mesh", "--no-sync", "-D", self._folder / "data")
        self.start()
        return self

    def start(self):
        self._run("pg_ctl", "-D", self._folder / "data", "-w", "-l", self._folder / "log", "-o",
                  f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off", "start")

    def stop(self):
        self._run("pg_ctl", "-D", self._folder / "data", "-m", "fast", "-w", "stop")

    def __exit__(self, *_):
        self.stop()

    def _run(self, name, *arguments):
        # It refuses to be run by root.
        user = ["runuser", "--user", "postgres", "--"] if os.geteuid() == 0 else []
        subprocess.run([*user, self._programs / name, *arguments], check=True, cwd="/", stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    @property
    def url(self):
        return f"postgres://mesh@127.0.0.1:{self.port}/postgres"


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


class ReplicatedMesh(LocalMesh):
    """Two of each. gRPC is on loopback, where it needs no certificates: names that stand for several addresses, which
    certificates could hold, are not to be had here."""

    def __init__(self, rendered, folder, postgres):
        super().__init__(rendered, folder)
        self._postgres = postgres
        self._ports = {part: free_ports(_REPLICAS) for part in ("auth", "zoho-proxy", "mcp")}
        self._fields = {}
        # Front ends that a caller would be led to.
        self.endpoints = []

    def _start(self):
        self._secrets()
        database = self.folder / "etc/database"
        database.mkdir()
        (database / "url").write_text(self._postgres.url)
        (database / "url").chmod(0o440)
        self.migrated = self._migrate()
        zoho = self._zoho()
        for part in ("auth", "zoho-proxy", "mcp"):
            for replica in range(_REPLICAS):
                self._fields[part, replica] = zoho if part == "auth" else ""
                self.begin(part, replica)
        self._service("management")

    def _migrate(self):
        """Runs what the chart's Job runs."""
        (container,) = helm.find(self.rendered, "Job", "migrate")["spec"]["template"]["spec"]["containers"]
        arguments = [argument.replace("/etc/mesh/", f"{self.folder}/etc/") for argument in container["args"]]
        return subprocess.run([program("auth"), *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)

    def text(self, part):
        text = re.sub(r"\n  tls \{[^}]*\}", "", super().text(part))
        for service in ("auth", "zoho-proxy"):
            addresses = ",".join(f"127.0.0.1:{port}" for port in self._ports[service])
            text = re.sub(rf'"dns:///[^"]*-{service}\.[^"]*"|"dns:///localhost:{service}"', f'"ipv4:{addresses}"', text)
        return text

    def begin(self, part, replica):
        """Starts one, at its address, and tells callers when it is ready."""
        port, name = self._ports[part][replica], f"{part}-{replica}"
        (self.folder / f"state-{name}").mkdir(exist_ok=True)
        listen = f'mcp_listen: "127.0.0.1:{port}"' if part == "mcp" else f'service {{ listen: "127.0.0.1:{port}" }}'
        spool = f'audit {{ spool_file: "{self.folder}/state-{name}/spool" }}' if part == "auth" else ""
        self._service(part, f"{listen} {spool} {self._fields[part, replica]}", name)
        if part == "mcp":
            until = time.monotonic() + 30
            while self._status(port) != 200:
                if time.monotonic() > until:
                    raise AssertionError(f"{name} does not become ready")
                time.sleep(0.1)
            self.endpoints = [*self.endpoints, port]

    def replace(self, part, replica):
        """As a rollout does."""
        port = self._ports[part][replica]
        forget = threading.Timer(_KNOWN_AFTER, self._forget, [port])
        forget.start()
        self.end(f"{part}-{replica}")
        forget.join()
        self.begin(part, replica)

    def kill(self, part, replica):
        """As a node that is gone: it is missed by its probes alone."""
        process = self.processes.pop(f"{part}-{replica}")
        process.kill()
        process.wait()
        threading.Timer(_KNOWN_AFTER, self._forget, [self._ports[part][replica]]).start()

    def _forget(self, port):
        self.endpoints = [one for one in self.endpoints if one != port]

    def complaints(self):
        """What the services say of calls that failed."""
        lines = [line for log in sorted(self.folder.glob("*.log")) for line in log.read_text().splitlines()
                 if "tool call failed" in line or '"outcome"' in line or '"level":"error"' in line]
        return "\n".join(lines[-40:])

    def _status(self, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()


class Drill(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="mesh-drill-"))
            os.chmod(folder, 0o755)
            cls.postgres = stack.enter_context(Postgres(folder))
            cls.mesh = stack.enter_context(ReplicatedMesh(rendered(), folder, cls.postgres))
            cls.mesh.connect()
            account = cls.mesh.manage("GET", "/integrated-account")["results"][0]["id"]
            cls.server = cls.mesh.manage("POST", f"/integrated-account/{account}/mcp", {"name": "Drill"})
            cls.stack = stack.pop_all()

    @classmethod
    def tearDownClass(cls):
        cls.stack.close()

    def test_1_the_job_has_migrated_the_schema(self):
        self.assertEqual(self.mesh.migrated.returncode, 0, self.mesh.migrated.stdout)
        self.assertIn("up to date", self.mesh.migrated.stdout)

    def test_2_calls_go_on_while_everything_is_replaced_and_each_is_in_the_audit_log(self):
        with Load(lambda: self.mesh.endpoints, "mcp.example.com", self.server["token"]) as load:
            time.sleep(2)
            for part in ("auth", "zoho-proxy", "mcp"):
                for replica in range(_REPLICAS):
                    self.mesh.replace(part, replica)
        print(f"\n    {load.answered} calls while six processes were replaced, {len(load.failed)} failed")
        self.assertGreater(load.answered, 1000)
        failed = [error for _, _, error in load.failed]
        self.assertLessEqual(len(failed), load.answered * _MOST_FAILED, f"{failed[:5]}\n{self.mesh.complaints()}")
        self.await_audited(load.answered, load.answered + len(failed))

    def test_3_calls_go_on_while_the_database_restarts(self):
        with Load(lambda: self.mesh.endpoints, "mcp.example.com", self.server["token"]) as load:
            time.sleep(1)
            self.postgres.stop()
            time.sleep(3)
            self.postgres.start()
            time.sleep(2)
        self.assertEqual([error for _, _, error in load.failed], [], self.mesh.complaints())
        self.assertGreater(load.answered, 50)

    def test_4_each_kill_is_over_after_seconds(self):
        for part in ("auth", "zoho-proxy", "mcp"):
            with self.subTest(part), Load(lambda: self.mesh.endpoints, "mcp.example.com", self.server["token"]) as load:
                time.sleep(1)
                killed = time.monotonic()
                self.mesh.kill(part, 0)
                time.sleep(_RECOVERED + 3)
                late = [(f"{end - killed:.1f} s", error) for begun, end, error in load.failed if begun - killed > _RECOVERED]
                print(f"\n    {part} killed: {len(load.failed)} of {load.answered + len(load.failed)} calls failed")
                self.assertEqual(late, [])
                self.mesh.begin(part, 0)

    def await_audited(self, answered, sent):
        """All that were answered are, and of those that were not who got as far. The count is written in batches."""
        until = time.monotonic() + 20
        while True:
            counted = sum(row["calls"] for row in self.mesh.manage("GET", f"/usage?mcp_server={self.server['id']}")["results"])
            if answered <= counted <= sent:
                return
            self.assertLess(time.monotonic(), until, f"{counted} of {answered} calls are in the audit log")
            time.sleep(0.5)


if __name__ == "__main__":
    unittest.main()
