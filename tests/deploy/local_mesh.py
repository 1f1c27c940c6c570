"""Runs what the chart deploys as processes of this machine: with its configuration, mutual TLS and surfaces, against
fake-zoho. What a cluster would give by mounting and by names of services is given by rewriting paths and names."""

import base64
import contextlib
import json
import os
import pathlib
import re
import secrets
import signal
import subprocess
import time
import urllib.request

import helm
import metric_names

# Seconds for a program to be ready, and to end.
START, END = 60, 30

_PROGRAMS = {
    "fake-zoho": "tests/fake_zoho/fake-zoho",
    "auth": "services/auth/auth-service",
    "zoho-proxy": "services/zoho_proxy/zoho-proxy-service",
    "mcp": "services/mcp_frontend/mcp-frontend-service",
    "management": "services/mcp_frontend/mcp-frontend-service",
}
# By the names that rules and dashboards know.
JOBS = {"auth": "auth-service", "zoho-proxy": "zoho-proxy-service", "mcp": "mcp-frontend-service",
        "management": "mcp-management-service"}


def program(name):
    return pathlib.Path(os.environ["MESH_BIN"]) / _PROGRAMS[name]


class LocalMesh(contextlib.ExitStack):
    """The programs of `rendered`, in `folder`. Each one that ran to the end of the block has to end by SIGTERM."""

    def __init__(self, rendered, folder):
        super().__init__()
        self.rendered, self.folder = rendered, pathlib.Path(folder)
        self.addresses, self.processes = {}, {}

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self._kill()
            raise
        return self

    def __exit__(self, *error):
        try:
            if error[0] is None:
                self.stop()
        finally:
            self._kill()

    def _start(self):
        self._secrets()
        self._certificates()
        self._service("auth", self._zoho())
        self._service("zoho-proxy")
        self._service("mcp")
        self._service("management")

    def _zoho(self):
        """Starts fake-zoho. What auth-service is told about it."""
        zoho = self._launch("fake-zoho", [f"--address_file={self._address_file('fake-zoho')}"])
        secret = self.folder / "etc/keys/client-secret-0"
        secret.write_text(zoho["seed"]["us"]["client_secret"])
        secret.chmod(0o440)
        self.refresh_token = zoho["seed"]["us"]["refresh_token"]
        hosts = zoho["regions"]["us"]
        return f'regions {{ code: "us" accounts_url: "{hosts["accounts_url"]}" meeting_url: "{hosts["meeting_url"]}" }}'

    def _secrets(self):
        keys = self.folder / "etc/keys"
        keys.mkdir(parents=True)
        (self.folder / "state").mkdir()
        for name in ("seal", "cursor", "frontend"):
            (keys / name).write_text(base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
        (keys / "api-key").write_text(secrets.token_urlsafe(32))
        for file in keys.iterdir():
            file.chmod(0o440)

    def _certificates(self):
        authority = self.folder / "authority"
        self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "2",
                      "-subj", "/CN=authority", "-keyout", f"{authority}.key", "-out", f"{authority}.crt")
        self.issue("first")

    def issue(self, version):
        """As cert-manager would make them of the chart's Certificates, and the kubelet shows them: at once, by a link
        that is replaced. This machine's name comes to those that they hold."""
        authority = self.folder / "authority"
        for part in JOBS:
            deployment = helm.find(self.rendered, "Deployment", part)["spec"]["template"]["spec"]
            (secret,) = [one["secret"]["secretName"] for one in deployment["volumes"] if one["name"] == "tls"]
            names = helm.find(self.rendered, "Certificate", secret)["spec"]["dnsNames"]
            folder = self.folder / f"etc/tls-{part}-{version}"
            folder.mkdir()
            (folder / "names").write_text("subjectAltName=" + ",".join(f"DNS:{name}" for name in [*names, "localhost"]))
            self._openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-subj", f"/CN={part}",
                          "-keyout", f"{folder}/tls.key", "-out", f"{folder}/request")
            self._openssl("x509", "-req", "-days", "2", "-in", f"{folder}/request", "-CA", f"{authority}.crt", "-CAkey",
                          f"{authority}.key", "-CAcreateserial", "-extfile", f"{folder}/names", "-out", f"{folder}/tls.crt")
            (folder / "tls.key").chmod(0o440)
            (folder / "ca.crt").write_bytes(pathlib.Path(f"{authority}.crt").read_bytes())
            link = self.folder / f"etc/tls-{part}"
            link.with_name(f"{link.name}-new").symlink_to(folder)
            link.with_name(f"{link.name}-new").rename(link)

    def _openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    def text(self, part):
        """The chart's configuration of `part`, with this machine's paths and names."""
        text = helm.config(self.rendered, part)
        text = text.replace("/etc/mesh/tls/", f"{self.folder}/etc/tls-{part}/").replace("/etc/mesh/", f"{self.folder}/etc/")
        text = text.replace("/var/lib/mesh/", f"{self.folder}/state/")
        text = text.replace("/usr/share/zoho-mcp-mesh/catalog", str(metric_names.ROOT / "services/zoho_proxy/catalog"))
        text = text.replace("/usr/share/zoho-mcp-mesh/dashboard", str(metric_names.ROOT / "gateway/dashboard/dist"))
        text = re.sub(r'"0\.0\.0\.0:\d+"', '"127.0.0.1:0"', text)
        for service in ("auth", "zoho-proxy"):
            if service in self.addresses:
                port = self.addresses[service]["grpc"].rpartition(":")[2]
                text = re.sub(rf'"dns:///{helm.FULL_NAME}-{service}\.[^"]*"', f'"dns:///localhost:{port}"', text)
        return text

    def _service(self, part, more="", name=None):
        """Starts `part`, with text laid over its configuration; `name` where it is one of several."""
        name = name or part
        file = self.folder / f"{name}.textproto"
        file.write_text(self.text(part))
        (container,) = helm.find(self.rendered, "Deployment", part)["spec"]["template"]["spec"]["containers"]
        set_ = " ".join(word.removeprefix("--set=") for word in container["args"][1:]).replace("$(POD_IP):50053", "127.0.0.1:0")
        over = f'service {{ address_file: "{self._address_file(name)}" }} {set_} {more}'
        return self._launch(name, [f"--config={file}", f"--set={over}"], part)

    def _address_file(self, name):
        return self.folder / f"{name}.json"

    def _launch(self, name, arguments, part=None):
        self._address_file(name).unlink(missing_ok=True)
        with open(self.folder / f"{name}.log", "ab") as log:
            process = subprocess.Popen([program(part or name), *arguments], stdin=subprocess.DEVNULL, stdout=log,
                                       stderr=subprocess.STDOUT)
        self.processes[name] = process
        until = time.monotonic() + START
        while not self._address_file(name).exists():
            if process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"{name} does not start: {(self.folder / f'{name}.log').read_text()[-2000:]}")
            time.sleep(0.05)
        self.addresses[name] = json.loads(self._address_file(name).read_text())
        return self.addresses[name]

    def connect(self):
        """Connects fake-zoho's account."""
        self.manage("POST", "/integrated-account", {"region": "us", "refresh_token": self.refresh_token})

    def manage(self, method, path, body=None):
        request = urllib.request.Request(f"http://{self.addresses['management']['management']}{path}", method=method,
                                         headers={"authorization": f"Bearer {(self.folder / 'etc/keys/api-key').read_text()}"})
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("content-type", "application/json")
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
            return json.load(answer)

    def metrics(self, part):
        """What `part` shows to Prometheus."""
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
                f"http://{self.addresses[part]['metrics']}/metrics", timeout=30) as answer:
            return answer.read().decode()

    def stop(self):
        """Ends the services as the kubelet does. They have to do so by themselves."""
        for name in reversed(list(self.processes)):
            self.end(name)

    def end(self, name):
        """Ends one, which has to do so by itself."""
        process = self.processes[name]
        process.send_signal(signal.SIGTERM)
        status = process.wait(END)
        del self.processes[name]
        if status != 0:
            raise AssertionError(f"{name} ended with status {status}: {(self.folder / f'{name}.log').read_text()[-2000:]}")

    def _kill(self):
        for process in self.processes.values():
            process.kill()
            process.wait()
        self.processes.clear()
