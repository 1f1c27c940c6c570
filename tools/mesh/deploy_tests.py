"""Runs tests/deploy: what is deployed, checked with the tools that deploy and watch it."""

import os
import pathlib
import shutil
import subprocess
import sys
import unittest

import bazel
import dashboard
import npm
import packages
import programs
import tree
from console import MeshError, run as run_quietly, say, step
from counts import Counts

_FOLDER = tree.ROOT / "tests/deploy"

# What takes seconds, and what takes Helm, Kubernetes' schemas and the programs.
_QUICK = ("metrics_test", "rules_test", "values_test", "compose_test")
_THOROUGH = ("chart_test", "programs_test", "drill_test", "image_test")

_HELM = "helm.sh/helm/v3/cmd/helm@v3.22.0"


def run(thorough):
    """The Counts of the quick tests, or of all. Whatever is not there is installed, below the cache."""
    packages.ensure(packages.DEPLOY)
    os.environ["MESH_PROMETHEUS"] = str(_prometheus())
    modules = _QUICK
    if thorough:
        packages.ensure(packages.BUILD + packages.UNIT + packages.VENV)
        npm.install(_FOLDER)
        os.environ["MESH_HELM"] = str(_helm())
        os.environ["MESH_KUBERNETES_VALIDATE"] = str(_kubernetes_validate())
        bazel.build("release", list(programs.LABELS.values()))
        dashboard.build()
        os.environ["MESH_BIN"] = str(tree.ROOT / "bazel-release/bin")
        modules += _THOROUGH
    else:
        say("    without Helm and the programs: ./mesh test deploy has them, too")
    sys.path.insert(0, str(_FOLDER))
    suite = unittest.TestLoader().loadTestsFromNames(modules)
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    bad = [str(test) for test, _ in result.failures + result.errors]
    failed, skipped = len(set(bad)), len(result.skipped)
    return Counts(result.testsRun - failed - skipped, failed, skipped, tuple(sorted(set(bad))))


def _prometheus():
    """The folder with Debian's prometheus and promtool. They are taken out of their package: installing it would
    start a server."""
    if found := shutil.which("promtool"):
        return pathlib.Path(found).parent
    folder = tree.cache() / "prometheus"
    if not (folder / "usr/bin/promtool").exists():
        step("Fetching Debian's prometheus")
        packages.extract("prometheus", folder)
    return folder / "usr/bin"


def _helm():
    """Helm, of the machine or built by Go."""
    if found := shutil.which("helm"):
        return found
    folder = tree.cache() / "go" / _HELM.rpartition("@")[2]
    if not (folder / "helm").exists():
        if not shutil.which("go"):
            raise MeshError("Neither helm nor go, which builds it, is installed.")
        step("Building Helm, which takes some minutes once")
        if run_quietly(["env", f"GOBIN={folder}", "go", "install", _HELM], "building Helm") != 0:
            raise MeshError("go install failed; its output stands above.")
    return folder / "helm"


def _kubernetes_validate():
    """A program that knows Kubernetes' own schemas."""
    venv = tree.cache() / "deploy-venv"
    wanted = _FOLDER / "requirements.txt"
    stamp = venv / ".installed-requirements.txt"
    if not stamp.exists() or stamp.read_bytes() != wanted.read_bytes():
        step("Installing Kubernetes' schemas")
        for command in ([sys.executable, "-m", "venv", "--clear", venv],
                        [venv / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "-r", wanted]):
            if run_quietly([str(word) for word in command], "installing Python packages") != 0:
                raise MeshError("The Python packages cannot be installed; the output stands above.")
        stamp.write_bytes(wanted.read_bytes())
    return venv / "bin/kubernetes-validate"
