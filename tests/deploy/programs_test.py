"""The programs, started with what the chart makes: they take its configuration, prove to each other who they are, answer
the chart's own test, and show the metrics that are documented and asked for."""

import contextlib
import json
import os
import pathlib
import re
import socket
import ssl
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

import yaml

import helm
import metric_names
from load import Load
from local_mesh import JOBS, LocalMesh, program
from values_test import CHART

_SERIES = re.compile(r"^(mesh_\w+)(?:\{([^}]*)\})? ", re.MULTILINE)

# Seconds for Prometheus to have seen what was done.
_SEEN = 60

# Seconds for the services to have read their certificates again.
_RENEWED = 40

# Queries that nothing of a well mesh answers: they are of failures that did not happen, or of spans that are longer than
# the test. That they are understood is all that can be said of them here.
_EMPTY = ("ZOHO_RATE_LIMITED", "circuit", "topk(10, sum by (tool) (rate(mesh_tool_calls_total{namespace=~\"$namespace\", outcome=~\"ARG",
          "OAUTH_THROTTLED", "5..", "client_refused", "!=\"granted\"", "!=\"OK\"", "UNAVAILABLE|", "INTERNAL|", "ALERTS",
          "RESOURCE_EXHAUSTED", "mcp_errors:ratio", "mesh_mcp_refusals_total", "mesh_mcp_approvals_total")


def rendered():
    """Of the laptop's values, with the listeners that other machines reach."""
    return helm.objects({"zoho": {"clients": [{"clientId": "1000.FAKEZOHO4LOOPBACK7CLIENT000001"}]}},
                        files=[CHART / "examples/laptop.yaml"])


class Programs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="mesh-deploy-"))
            cls.mesh = stack.enter_context(LocalMesh(rendered(), folder))
            # Before there is anything to measure, so that rises are seen.
            cls.prometheus = stack.enter_context(Prometheus(cls.mesh))
            cls.without_account = cls.call()
            cls.mesh.connect()
            cls.calls = [cls.call("--require-account") for _ in range(3)]
            cls.stack = stack.pop_all()

    @classmethod
    def tearDownClass(cls):
        cls.stack.close()

    @classmethod
    def call(cls, *more):
        """The completed process of the chart's test."""
        pod = helm.find(cls.mesh.rendered, "ConfigMap", "test")
        script = cls.mesh.folder / "mcp_call.py"
        script.write_text(pod["data"]["mcp_call.py"])
        return subprocess.run(
            ["/usr/bin/python3", script, f"--mcp=http://{cls.mesh.addresses['mcp']['mcp']}",
             f"--management=http://{cls.mesh.addresses['management']['management']}", "--host=mesh.localhost.test",
             f"--api-key-file={cls.mesh.folder}/etc/keys/api-key", *more],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)

    def test_the_chart_s_test_says_so_where_no_account_is_connected(self):
        self.assertEqual(self.without_account.returncode, 0, self.without_account.stdout)
        self.assertIn("No account is connected", self.without_account.stdout)

    def test_the_chart_s_test_calls_a_tool_and_revokes_its_url(self):
        for done in self.calls:
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertIn("list_all_zoho_meeting_departments", done.stdout)
            self.assertIn("The URL was revoked", done.stdout)

    def test_the_laptop_s_demo_mints_a_url(self):
        done = subprocess.run(
            ["/usr/bin/python3", metric_names.ROOT / "deploy/compose/demo.py"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
            env={"MESH_MANAGEMENT": f"http://{self.mesh.addresses['management']['management']}",
                 "MESH_KEYS": f"{self.mesh.folder}/etc/keys"})
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, r"MCP URL  https://mesh\.localhost\.test/mcp/[\w-]{43}\n")

    def test_each_surface_is_served_by_its_own_process(self):
        self.assertEqual(set(self.mesh.addresses["mcp"]), {"mcp", "grpc", "metrics"})
        self.assertEqual(set(self.mesh.addresses["management"]), {"management", "metrics"})

    def test_the_dashboard_is_served_by_the_private_listener(self):
        url = f"http://{self.mesh.addresses['management']['management']}/dashboard/"
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=30) as answer:
            self.assertIn("text/html", answer.headers["content-type"])

    def test_who_has_no_certificate_of_the_mesh_is_not_heard(self):
        for part in ("auth", "zoho-proxy"):
            self.assertEqual(self.first_bytes(part, None), b"", part)
            self.assertNotEqual(self.first_bytes(part, self.mesh.folder / "etc/tls-mcp"), b"", part)

    def test_certificates_are_replaced_while_calls_go_on(self):
        account = self.mesh.manage("GET", "/integrated-account")["results"][0]["id"]
        token = self.mesh.manage("POST", f"/integrated-account/{account}/mcp", {"name": "Renewal"})["token"]
        port = int(self.mesh.addresses["mcp"]["mcp"].rpartition(":")[2])
        before = {part: self.certificate(part) for part in ("auth", "zoho-proxy")}
        with Load(lambda: [port], "mesh.localhost.test", token) as load:
            self.mesh.issue("second")
            until = time.monotonic() + _RENEWED
            while any(self.certificate(part) == certificate for part, certificate in before.items()):
                self.assertLess(time.monotonic(), until, "certificates are still the old ones")
                time.sleep(0.5)
            # What connects anew shows and sees the new ones.
            self.assertNotEqual(self.first_bytes("auth", self.mesh.folder / "etc/tls-mcp"), b"")
        self.assertEqual([error for _, _, error in load.failed], [])
        self.assertGreater(load.answered, 50)

    def certificate(self, part):
        host, _, port = self.mesh.addresses[part]["grpc"].rpartition(":")
        return ssl.get_server_certificate((host, int(port)), timeout=20)

    def first_bytes(self, part, certificate):
        """What a server says first to whoever shows that certificate: the settings of HTTP/2, or nothing."""
        context = ssl.create_default_context(cafile=f"{self.mesh.folder}/authority.crt")
        context.set_alpn_protocols(["h2"])
        if certificate:
            context.load_cert_chain(certificate / "tls.crt", certificate / "tls.key")
        host, _, port = self.mesh.addresses[part]["grpc"].rpartition(":")
        with socket.create_connection((host, int(port)), timeout=20) as plain:
            try:
                with context.wrap_socket(plain, server_hostname=JOBS[part]) as connection:
                    return connection.recv(64)
            except (ssl.SSLError, ConnectionError):
                return b""

    def test_what_is_shown_is_documented_with_its_labels(self):
        documented = {name: labels for name, (_, labels) in metric_names.documented().items()}
        for part in JOBS:
            shown = _SERIES.findall(self.mesh.metrics(part))
            self.assertTrue(shown, part)
            for name, labels in shown:
                base = re.sub(r"_(bucket|sum|count)$", "", name)
                name = base if base in documented else name
                self.assertIn(name, documented, part)
                self.assertEqual(set(re.findall(r'(\w+)="', labels)) - {"le"}, documented[name], name)

    def test_prometheus_reaches_every_target_under_the_names_that_rules_know(self):
        up = self.prometheus.query("up")
        self.assertEqual({one["metric"]["job"]: one["value"][1] for one in up}, dict.fromkeys(JOBS.values(), "1"))

    def test_each_query_is_understood_and_answered(self):
        self.prometheus.wait_for("mesh:tool_calls_in_flight:avg1m > 0", _SEEN)
        for where, query in metric_names.queries():
            with self.subTest(where):
                asked = re.sub(r"\[(\d+m|\d+h|\$__rate_interval)\]", "[1m]", query).replace("$namespace", ".*")
                # An alert's query is answered where it fires: what it compares has to be there.
                asked = re.sub(r"\s(?:>|==|!=) (?:[\d.]+)(?= |$)", "", asked) if where.startswith("rule") else asked
                answer = self.prometheus.query(asked)
                if not any(word in query for word in _EMPTY) and not where.endswith("MeshCatalogsDiffer"):
                    self.assertTrue(answer, asked)

    def test_a_well_mesh_alerts_nobody(self):
        firing = [one for one in self.prometheus.query('ALERTS{alertstate="firing"}')]
        self.assertEqual(firing, [])


class Prometheus:
    """Debian's, at the mesh's metrics, looking every second."""

    def __init__(self, mesh):
        self._mesh = mesh

    def __enter__(self):
        folder = self._mesh.folder
        rules = yaml.safe_load(metric_names.RULES.read_text())
        for group in rules["groups"]:
            group["interval"] = "1s"
        (folder / "rules.yaml").write_text(yaml.safe_dump(rules))
        (folder / "prometheus.yaml").write_text(yaml.safe_dump({
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(folder / "rules.yaml")],
            "scrape_configs": [{"job_name": job, "static_configs": [{"targets": [self._mesh.addresses[part]["metrics"]],
                                                                     "labels": {"namespace": "mesh", "pod": part}}]}
                               for part, job in JOBS.items()]}))
        self._log = folder / "prometheus.log"
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen(
                [pathlib.Path(os.environ["MESH_PROMETHEUS"]) / "prometheus", f"--config.file={folder}/prometheus.yaml",
                 f"--storage.tsdb.path={folder}/tsdb", "--web.listen-address=127.0.0.1:0"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        try:
            self._await_listening()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait()

    def _await_listening(self):
        """Its log names the port that it was given."""
        until = time.monotonic() + 60
        while time.monotonic() < until and self._process.poll() is None:
            if found := re.search(r"Listening on\"? address=127\.0\.0\.1:(\d+)", self._log.read_text()):
                self._url = f"http://127.0.0.1:{found[1]}"
                self.wait_for("count(up == 1) == 4", 60)
                return
            time.sleep(0.1)
        raise AssertionError(self._log.read_text())

    def query(self, query):
        url = f"{self._url}/api/v1/query?{urllib.parse.urlencode({'query': query})}"
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=30) as answer:
                return json.load(answer)["data"]["result"]
        except urllib.error.HTTPError as error:
            if error.code == 503:  # While it starts.
                raise
            raise AssertionError(f"{query}: {error.read().decode()}") from error

    def wait_for(self, query, limit):
        until = time.monotonic() + limit
        while True:
            with contextlib.suppress(OSError):
                if self.query(query):
                    return
            if time.monotonic() > until:
                raise AssertionError(f"not within {limit} s: {query}")
            time.sleep(0.5)


class BadConfiguration(unittest.TestCase):
    def start(self, part, folder, text):
        file = pathlib.Path(folder) / "config.textproto"
        file.write_text(text)
        return subprocess.run([program(part), f"--config={file}"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=30, check=False)

    def test_a_field_that_the_chart_would_misspell_is_refused_by_name(self):
        with tempfile.TemporaryDirectory() as folder:
            for part in JOBS:
                done = self.start(part, folder, helm.config(rendered(), part) + "\nno_such_field: 1\n")
                self.assertEqual(done.returncode, 2)
                self.assertIn("no_such_field", done.stderr)

    def test_a_key_that_is_not_mounted_is_named(self):
        with tempfile.TemporaryDirectory() as folder:
            done = self.start("zoho-proxy", folder, helm.config(rendered(), "zoho-proxy"))
            self.assertEqual(done.returncode, 2)
            self.assertIn("/etc/mesh/keys/cursor", done.stderr)


if __name__ == "__main__":
    unittest.main()
