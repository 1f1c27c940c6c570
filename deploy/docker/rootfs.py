#!/usr/bin/python3
"""Gathers what one program needs to run, and nothing else, in a folder that becomes an image.

That is the program, the shared libraries it names, authorities of TLS, time zones, its data, the licences of all of
that, and a list of it as SPDX: no shell, no package manager. Runs where the program was linked, on Debian 12."""

import argparse
import datetime
import functools
import hashlib
import json
import pathlib
import re
import shutil
import subprocess
import sys
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]

USER = 65532

# What each image holds beside its program's libraries: folders of the checkout by their places, files of Debian's
# packages, and whether it needs the time zones.
PROGRAMS = {
    "auth-service": {"binary": "services/auth/auth-service"},
    "zoho-proxy-service": {
        "binary": "services/zoho_proxy/zoho-proxy-service",
        "data": {"services/zoho_proxy/catalog": "usr/share/zoho-mcp-mesh/catalog"},
        "zones": True,
    },
    "mcp-frontend-service": {
        "binary": "services/mcp_frontend/mcp-frontend-service",
        # As ./mesh builds it.
        "data": {"gateway/dashboard/dist": "usr/share/zoho-mcp-mesh/dashboard"},
        "zones": True,
    },
    # fake-zoho, and Python for the chart's test.
    "mesh-tools": {
        "binary": "tests/fake_zoho/fake-zoho",
        "packages": ("python3.11-minimal", "libpython3.11-minimal", "libpython3.11-stdlib"),
        "links": {"usr/bin/python3": "python3.11"},
        "zones": True,
    },
}

# Of Python: what nobody here runs.
_LEFT_OUT = re.compile(r"/usr/share/(doc|man|lintian|binfmts|applications|pixmaps)|/usr/lib/python3\.11/"
                       r"(lib2to3|idlelib|ensurepip|pydoc_data|distutils|turtledemo|tkinter|test|unittest|curses|dbm|sqlite3)/|"
                       r"_(sqlite3|curses|curses_panel|dbm|gdbm|tkinter|test\w*|codecs_\w+)\.cpython|/etc/|readline\.cpython")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", choices=PROGRAMS)
    parser.add_argument("folder", type=pathlib.Path, help="the folder to make; it must not be there")
    parser.add_argument("--binaries", type=pathlib.Path, default=ROOT / "bazel-release/bin", help="Bazel's output")
    parser.add_argument("--version", default="0.1.0")
    options = parser.parse_args()
    image = Image(options.folder)
    wanted = PROGRAMS[options.program]
    image.make_tree()
    name = pathlib.Path(wanted["binary"]).name
    image.add_program(options.binaries / wanted["binary"], f"usr/bin/{name}")
    for source, place in wanted.get("data", {}).items():
        if not (ROOT / source).exists():
            sys.exit(f"{source} is not there; ./mesh up builds it")
        shutil.copytree(ROOT / source, options.folder / place, ignore=shutil.ignore_patterns("*.bazel", "*_test*"))
    for package in wanted.get("packages", ()):
        image.add_package(package)
    for place, target in wanted.get("links", {}).items():
        (options.folder / place).symlink_to(target)
    image.add_file("/etc/ssl/certs/ca-certificates.crt", "ca-certificates")
    image.add_file("/etc/ssl/openssl.cnf", "openssl")
    if wanted.get("zones"):
        image.add_zones()
    image.add_licences(options.program, options.version)
    image.set_rights()
    print(f"{options.program}: {size(options.folder) / 1e6:.1f} MB")


class Image:
    def __init__(self, folder):
        self._folder = folder
        self._packages = {}
        self._added = set()

    def make_tree(self):
        self._folder.mkdir(parents=True)
        for place in ("etc/ssl/certs", "usr/bin", "usr/lib", "usr/lib64", "usr/share/doc", "var/lib/mesh", "tmp"):
            (self._folder / place).mkdir(parents=True)
        for place in ("bin", "lib", "lib64"):
            (self._folder / place).symlink_to(f"usr/{place}")
        (self._folder / "tmp").chmod(0o1777)
        (self._folder / "var/lib/mesh").chmod(0o777)
        etc = self._folder / "etc"
        (etc / "passwd").write_text(f"root:x:0:0::/:/sbin/nologin\nmesh:x:{USER}:{USER}::/:/sbin/nologin\n")
        (etc / "group").write_text(f"root:x:0:\nmesh:x:{USER}:\n")
        (etc / "nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: files dns\n")
        shutil.copy("/etc/os-release", etc / "os-release")
        self._owner_of("/etc/os-release", "base-files")

    def add_program(self, source, place):
        target = self._folder / place
        # Of its symbols as many as a trace of the stack needs.
        subprocess.run(["strip", "--strip-debug", "-o", target, source], check=True)
        target.chmod(0o755)
        self._add_libraries(source)

    def _add_libraries(self, file):
        told = subprocess.run(["ldd", file], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False).stdout
        for line in told.splitlines():
            if "not found" in line:
                sys.exit(f"{file} needs {line.strip()}")
            if found := re.search(r"(/\S+) \(0x", line):
                self.add_file(found[1])

    def add_file(self, path, package=None):
        """A file of this machine, where it stands here, and what it links to."""
        path = pathlib.Path(path)
        # /lib is /usr/lib on both machines.
        place = pathlib.Path("/usr", *path.parts[1:]) if path.parts[1] in ("bin", "lib", "lib64") else path
        if place in self._added:
            return
        self._added.add(place)
        target = self._folder / place.relative_to("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path.resolve(), target)
        self._owner_of(path, package)

    def add_package(self, package):
        """Files of one of Debian's packages."""
        for line in _told("dpkg", "-L", package).splitlines():
            path = pathlib.Path(line)
            if path.is_file() and not path.is_symlink() and not _LEFT_OUT.search(line):
                self.add_file(path, package)
                if ".so" in path.suffixes or line.startswith("/usr/bin/"):
                    self._add_libraries(path)

    def add_zones(self):
        shutil.copytree("/usr/share/zoneinfo", self._folder / "usr/share/zoneinfo", symlinks=True,
                        ignore=shutil.ignore_patterns("right", "posix", "*.tab", "*.list", "localtime", "posixrules"))
        self._owner_of("/usr/share/zoneinfo", "tzdata")

    def _owner_of(self, path, package=None):
        package = package or _owner(path)
        if package not in self._packages:
            version, source, home = _told("dpkg-query", "-W", "-f", "${Version}\t${source:Package}\t${Homepage}",
                                          package).split("\t")
            self._packages[package] = {"version": version, "source": source, "home": home}

    def add_licences(self, program, version):
        docs = self._folder / "usr/share/doc"
        for package in self._packages:
            text = pathlib.Path("/usr/share/doc", package.partition(":")[0], "copyright")
            (docs / text.parent.name).mkdir(parents=True, exist_ok=True)
            shutil.copy(text.resolve(), docs / text.parent.name / "copyright")
        own = docs / "zoho-mcp-mesh"
        own.mkdir()
        shutil.copy(ROOT / "LICENSE", own / "copyright")
        (own / "sbom.spdx.json").write_text(json.dumps(self._bill(program, version), indent=1) + "\n")

    def set_rights(self):
        """Everybody may read, and nobody write but where a volume may come; whatever the rights were here."""
        for file in self._folder.rglob("*"):
            if not file.is_symlink() and file.relative_to(self._folder).parts[0] not in ("tmp", "var"):
                file.chmod(0o755 if file.is_dir() or file.stat().st_mode & 0o100 else 0o644)

    def _bill(self, program, version):
        packages = [{
            "SPDXID": "SPDXRef-Package-mesh", "name": program, "versionInfo": version, "downloadLocation": "NOASSERTION",
            "filesAnalyzed": False, "licenseConcluded": "Apache-2.0", "licenseDeclared": "Apache-2.0",
            "copyrightText": "NOASSERTION", "primaryPackagePurpose": "CONTAINER"}]
        for name, one in sorted(self._packages.items()):
            plain = name.partition(":")[0]
            packages.append({
                "SPDXID": "SPDXRef-Package-" + re.sub(r"[^A-Za-z0-9.-]", "-", plain), "name": plain,
                "versionInfo": one["version"], "supplier": "Organization: Debian", "downloadLocation": "NOASSERTION",
                "homepage": one["home"] or "NOASSERTION", "filesAnalyzed": False, "licenseConcluded": "NOASSERTION",
                "licenseDeclared": "NOASSERTION", "copyrightText": "NOASSERTION",
                "sourceInfo": f"built from Debian's source package {one['source']}; licence in /usr/share/doc/{plain}/copyright",
                "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                                  "referenceLocator": f"pkg:deb/debian/{plain}@{one['version']}?distro=debian-12"}]})
        # The same content has the same name.
        digest = hashlib.sha256(json.dumps(packages, sort_keys=True).encode()).hexdigest()
        return {
            "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": f"{program}-{version}",
            "documentNamespace": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, digest)}",
            "creationInfo": {"created": f"{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%dT%H:%M:%SZ}",
                             "creators": ["Tool: zoho-mcp-mesh-rootfs"]},
            "packages": packages,
            "relationships": [
                {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": packages[0]["SPDXID"]},
                *({"spdxElementId": packages[0]["SPDXID"], "relationshipType": "CONTAINS", "relatedSpdxElement": one["SPDXID"]}
                  for one in packages[1:])]}


def size(folder):
    return sum(file.lstat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink())


def _owner(path):
    # Debian's packages name their files by /lib or by /usr/lib.
    path = pathlib.Path(path)
    for one in (path, path.resolve()):
        plain = str(one).removeprefix("/usr")
        for name in (plain, f"/usr{plain}"):
            if package := _packages_by_file().get(name):
                return package
    return sys.exit(f"{path} belongs to no package of Debian")


@functools.lru_cache(maxsize=None)
def _packages_by_file():
    return {line: file.name.removesuffix(".list")
            for file in pathlib.Path("/var/lib/dpkg/info").glob("*.list") for line in file.read_text().splitlines()}


def _told(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


if __name__ == "__main__":
    main()
