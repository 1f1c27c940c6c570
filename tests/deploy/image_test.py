"""Images: what the root folder of each holds, and that the programs run in it alone, as the user that the chart names.
No container engine is needed: a changed root is what an image is to its program."""

import contextlib
import importlib.util
import json
import os
import pathlib
import re
import subprocess
import tempfile
import time
import unittest

import metric_names

_DOCKER = metric_names.ROOT / "deploy/docker"
_MOST_BYTES = 120_000_000

# Only what finds chroot: an image has no environment.
_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin"}

# Of SPDX 2.3: what each document and each of its packages has to have.
_DOCUMENT = {"spdxVersion", "dataLicense", "SPDXID", "name", "documentNamespace", "creationInfo"}
_PACKAGE = {"SPDXID", "name", "downloadLocation", "versionInfo"}

_specification = importlib.util.spec_from_file_location("rootfs", _DOCKER / "rootfs.py")
rootfs = importlib.util.module_from_spec(_specification)
_specification.loader.exec_module(rootfs)


class Images(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = contextlib.ExitStack()
        cls.folder = pathlib.Path(cls.stack.enter_context(tempfile.TemporaryDirectory(prefix="mesh-images-")))
        cls.folder.chmod(0o755)
        try:
            for program in rootfs.PROGRAMS:
                subprocess.run([_DOCKER / "rootfs.py", "--binaries", os.environ["MESH_BIN"], program, cls.folder / program],
                               check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        except BaseException:
            cls.stack.close()
            raise

    @classmethod
    def tearDownClass(cls):
        cls.stack.close()

    def run_in(self, image, *command, **options):
        """Runs a command of an image, as nobody in particular."""
        return subprocess.run(self.inside(image, *command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False, timeout=60, env=_ENVIRONMENT, **options)

    def inside(self, image, *command):
        if os.geteuid() == 0:
            return ["chroot", "--userspec=65532:65532", self.folder / image, *command]
        return ["unshare", "--user", "--map-root-user", "chroot", self.folder / image, *command]

    def test_each_is_small_and_holds_no_shell_and_no_package_manager(self):
        for image in rootfs.PROGRAMS:
            with self.subTest(image):
                self.assertLess(rootfs.size(self.folder / image), _MOST_BYTES)
                programs = {file.name for file in (self.folder / image / "usr/bin").iterdir()}
                expected = {"fake-zoho", "python3", "python3.11"} if image == "mesh-tools" else {image}
                self.assertEqual(programs, expected)

    def test_nothing_in_it_runs_with_rights_of_another_and_nothing_can_be_changed(self):
        for image in rootfs.PROGRAMS:
            for file in (self.folder / image).rglob("*"):
                if file.is_symlink():
                    continue
                mode = file.stat().st_mode
                self.assertFalse(mode & 0o6000, file)
                if file.relative_to(self.folder / image).parts[0] not in ("tmp", "var"):
                    self.assertFalse(mode & 0o022, file)

    def test_the_programs_find_their_libraries(self):
        for image, wanted in rootfs.PROGRAMS.items():
            program = pathlib.Path(wanted["binary"]).name
            with self.subTest(program):
                told = self.run_in(image, f"/usr/bin/{program}", "--help").stdout
                self.assertIn(program, told)
                self.assertNotIn("error while loading", told)

    def test_python_finds_what_the_chart_s_test_imports(self):
        script = metric_names.ROOT / "deploy/helm/zoho-mcp-mesh/files/mcp_call.py"
        (self.folder / "mesh-tools/tmp/mcp_call.py").write_text(script.read_text())
        done = self.run_in("mesh-tools", "/usr/bin/python3", "/tmp/mcp_call.py", "--help")
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_auth_service_makes_its_database(self):
        done = self.run_in("auth-service", "/usr/bin/auth-service", "--migrate", "--store=sqlite:/var/lib/mesh/mesh.db")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("up to date", done.stdout)

    def test_zoho_proxy_service_serves_the_catalogue_that_is_in_the_image(self):
        root = self.folder / "zoho-proxy-service"
        (root / "tmp/cursor").write_text("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n")
        (root / "tmp/cursor").chmod(0o440)
        if os.geteuid() == 0:
            os.chown(root / "tmp/cursor", rootfs.USER, rootfs.USER)
        (root / "tmp/config").write_text(
            'service { address_file: "/tmp/address" } auth_service: "127.0.0.1:1" '
            'catalogs: "/usr/share/zoho-mcp-mesh/catalog/zoho_meeting" seal_key_file: "/tmp/cursor"')
        with subprocess.Popen(self.inside("zoho-proxy-service", "/usr/bin/zoho-proxy-service", "--config=/tmp/config"),
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              env=_ENVIRONMENT) as process:
            until = time.monotonic() + 30
            while not (root / "tmp/address").exists() and process.poll() is None and time.monotonic() < until:
                time.sleep(0.05)
            process.terminate()
            told = process.communicate(timeout=30)[0]
        self.assertEqual(process.returncode, 0, told)
        self.assertIn('"ready"', told)

    def test_what_is_in_it_is_listed_with_version_and_licence(self):
        for image in rootfs.PROGRAMS:
            with self.subTest(image):
                docs = self.folder / image / "usr/share/doc"
                bill = json.loads((docs / "zoho-mcp-mesh/sbom.spdx.json").read_text())
                self.assertLessEqual(_DOCUMENT, set(bill))
                self.assertEqual(bill["spdxVersion"], "SPDX-2.3")
                names = set()
                for package in bill["packages"]:
                    self.assertLessEqual(_PACKAGE, set(package))
                    self.assertRegex(package["SPDXID"], r"^SPDXRef-[A-Za-z0-9.-]+$")
                    names.add(package["name"])
                identities = {package["SPDXID"] for package in bill["packages"]} | {bill["SPDXID"]}
                for one in bill["relationships"]:
                    self.assertLessEqual({one["spdxElementId"], one["relatedSpdxElement"]}, identities)
                self.assertLessEqual({"libc6", "libgrpc++1.51"} if image != "mesh-tools" else {"libc6"}, names)
                self.assertEqual(names - {image}, {file.name for file in docs.iterdir()} - {"zoho-mcp-mesh"})
                for name in names - {image}:
                    self.assertGreater((docs / name / "copyright").stat().st_size, 0)

    def test_each_image_is_one_that_the_dockerfile_makes_and_the_chart_names(self):
        made = re.findall(r"^FROM scratch AS ([\w-]+)", (_DOCKER / "Dockerfile").read_text(), re.MULTILINE)
        self.assertEqual(set(made) - {"gathered"}, set(rootfs.PROGRAMS))
        chart = (metric_names.ROOT / "deploy/helm/zoho-mcp-mesh/templates").glob("*")
        named = set(re.findall(r'program"? ?:? "?([a-z]+-[a-z-]+)', "".join(file.read_text() for file in chart)))
        self.assertEqual(named, set(rootfs.PROGRAMS))
        for user in re.findall(r"^USER (.*)$", (_DOCKER / "Dockerfile").read_text(), re.MULTILINE):
            self.assertEqual(user, f"{rootfs.USER}:{rootfs.USER}")


if __name__ == "__main__":
    unittest.main()
