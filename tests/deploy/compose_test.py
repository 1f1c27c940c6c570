"""deploy/compose.yaml: its configuration, its files, and that what runs as one network also does here, by its own scripts."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import yaml

import metric_names

DEPLOY = metric_names.ROOT / "deploy"
MESSAGES = {"auth": "AuthServiceConfig", "zoho-proxy": "ZohoProxyConfig", "frontend": "McpFrontendConfig"}


class Compose(unittest.TestCase):
    def setUp(self):
        self.compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())

    def test_each_field_of_the_configuration_exists(self):
        for part, message in MESSAGES.items():
            done = subprocess.run(
                ["protoc", f"--proto_path={metric_names.ROOT / 'proto'}", f"--encode=mesh.config.v1.{message}",
                 "mesh/config/v1/config.proto"], input=(DEPLOY / f"compose/{part}.textproto").read_bytes(),
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
            self.assertEqual(done.returncode, 0, done.stderr.decode())

    def test_what_is_mounted_is_there(self):
        for name, service in self.compose["services"].items():
            for volume in service.get("volumes", []):
                source = volume.partition(":")[0]
                if source.startswith("."):
                    self.assertTrue((DEPLOY / source).exists(), f"{name}: {source}")
                else:
                    self.assertIn(source, self.compose["volumes"], name)

    def test_versions_are_named(self):
        for name, service in self.compose["services"].items():
            self.assertRegex(service["image"], r":[\w.-]*\d", name)

    def test_nothing_is_published_to_other_machines(self):
        for service in self.compose["services"].values():
            for port in service.get("ports", []):
                self.assertTrue(port.startswith("127.0.0.1:"), port)

    def test_what_shares_a_network_listens_on_ports_of_its_own_and_speaks_grpc_on_loopback(self):
        taken = []
        for part in MESSAGES:
            text = (DEPLOY / f"compose/{part}.textproto").read_text()
            for field, address, port in re.findall(r'(\w*listen): "([\d.]+):(\d+)"', text):
                taken.append(port)
                if field == "listen":
                    self.assertEqual(address, "127.0.0.1")
        self.assertEqual(len(taken), len(set(taken)))
        prometheus = (DEPLOY / "monitoring/prometheus.yaml").read_text()
        self.assertLessEqual(set(re.findall(r'"mesh:(\d+)"', prometheus)), set(taken))

    def test_keys_are_made_once_and_for_their_owner_and_group_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            made = []
            for _ in range(2):
                subprocess.run(["/usr/bin/python3", DEPLOY / "compose/keys.py"], check=True, env={"MESH_KEYS": folder})
                made.append({file.name: file.read_text() for file in pathlib.Path(folder).iterdir()})
            self.assertEqual(made[0], made[1])
            named = set(re.findall(r'"/run/keys/([^"]+)"', "".join(
                (DEPLOY / f"compose/{part}.textproto").read_text() for part in MESSAGES)))
            self.assertLessEqual(named, set(made[0]))
            for name in made[0]:
                self.assertEqual(os.stat(os.path.join(folder, name)).st_mode & 0o007, 0, name)


if __name__ == "__main__":
    unittest.main()
