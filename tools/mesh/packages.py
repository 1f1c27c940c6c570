"""Debian packages: installs what a command needs and finds missing."""

import os
import pathlib
import shutil
import subprocess
import tempfile

from console import MeshError, run, step

# What third_party/README.md lists, and Bazel with what its WORKSPACE reads.
BUILD = """
    bazel-bootstrap bazel-platforms bazel-rules-java bazel-rules-proto bazel-skylib
    build-essential lld
    protobuf-compiler protobuf-compiler-grpc libprotobuf-dev libgrpc++-dev libabsl-dev
    libboost1.81-dev libboost-url1.81-dev libcurl4-openssl-dev libssl-dev libsodium-dev
    libspdlog-dev libfmt-dev nlohmann-json3-dev libsimdjson-dev libyaml-cpp-dev libvalijson-dev
    libsoci-dev libsqlite3-dev libpq-dev prometheus-cpp-dev
""".split()

UNIT = "libgtest-dev libgmock-dev libbenchmark-dev postgresql-15".split()
FUZZ = "clang-14 libclang-rt-14-dev".split()
LINT = "git clang-format clang-tidy".split()
E2E = "curl ca-certificates openssl".split()
BROWSER = "chromium fonts-dejavu-core".split()
VENV = "python3-venv".split()
DEPLOY = "python3-yaml python3-jsonschema protobuf-compiler openssl curl ca-certificates".split()
DOCS = "ca-certificates python3-venv".split()

# By command rather than by package: other packagings of Node bring npm along.
NODE = {"node": "nodejs", "npm": "npm"}


def ensure(packages, commands=None):
    """Installs those of `packages` that are not there, and for each of `commands` that is not
    found the package it names."""
    missing = _missing(packages)
    missing += [package for command, package in (commands or {}).items() if not shutil.which(command)]
    if not missing:
        return
    if not shutil.which("apt-get"):
        raise MeshError(f"Not found: {' '.join(missing)}. This installs itself on Debian 12 only.")
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]
    if os.geteuid() != 0:
        if not shutil.which("sudo"):
            raise MeshError(f"As root, run: {' '.join(command[:2] + missing)}")
        step("sudo installs Debian packages; it may ask for your password")
        subprocess.run(["sudo", "-v"], check=False)
    step(f"Installing {len(missing)} Debian packages: {' '.join(missing)}")
    if run(_as_root(["apt-get", "update", "-qq"]), "reading Debian's package lists") != 0:
        raise MeshError("apt-get update failed; its output stands above.")
    if run(_as_root(["env", "DEBIAN_FRONTEND=noninteractive", *command]), "installing packages") != 0:
        raise MeshError("apt-get install failed; its output stands above.")


def extract(package, folder):
    """Unpacks a Debian package into `folder`, without installing it: no server of it is started."""
    with tempfile.TemporaryDirectory() as name:
        # Whoever apt-get downloads as may write here.
        os.chmod(name, 0o777)
        download = ["apt-get", "download", "-qq", package]
        if subprocess.run(download, cwd=name, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode != 0:
            run(_as_root(["apt-get", "update", "-qq"]), "reading Debian's package lists")
            if run(download, f"fetching {package}", cwd=name) != 0:
                raise MeshError(f"apt-get download {package} failed; its output stands above.")
        (file,) = pathlib.Path(name).glob("*.deb")
        subprocess.run(["dpkg-deb", "--extract", file, folder], check=True)


def _as_root(command):
    return command if os.geteuid() == 0 else ["sudo", *command]


def _missing(packages):
    told = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *packages],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    installed = {line.split()[0] for line in told.stdout.splitlines() if line.endswith(" installed")}
    return [package for package in packages if package not in installed]
