"""Renders the chart with Helm."""

import functools
import json
import os
import subprocess
import tempfile

import yaml

from values_test import CHART, over

RELEASE, NAMESPACE = "mesh", "mesh"
FULL_NAME = "mesh-zoho-mcp-mesh"

# Kinds that a bare cluster has not.
CAPABILITIES = ("monitoring.coreos.com/v1", "cert-manager.io/v1", "gateway.networking.k8s.io/v1")


def run(*arguments):
    return subprocess.run([os.environ["MESH_HELM"], *map(str, arguments)], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)


def template(*more, files=(), version="1.30.0"):
    """The completed process of `helm template` with each of `more`, dicts, laid over the values of `files`."""
    arguments = [word for file in files for word in ("--values", file)]
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as temporary:
        merged = {}
        for one in more:
            merged = over(merged, one)
        yaml.safe_dump(merged, temporary)
        temporary.flush()
        return run("template", RELEASE, CHART, "--namespace", NAMESPACE, "--kube-version", version,
                   *(f"--api-versions={one}" for one in CAPABILITIES), *arguments, "--values", temporary.name)


def objects(*more, files=(), version="1.30.0"):
    """What template() makes, parsed."""
    return json.loads(_objects(json.dumps(more), tuple(map(str, files)), version))


@functools.lru_cache(maxsize=None)
def _objects(more, files, version):
    done = template(*json.loads(more), files=files, version=version)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return json.dumps([one for one in yaml.safe_load_all(done.stdout) if one])


def find(rendered, kind, name):
    """The object `name`, less the release's part of it."""
    for one in rendered:
        if one["kind"] == kind and one["metadata"]["name"] in (name, f"{FULL_NAME}-{name}"):
            return one
    raise AssertionError(f"no {kind} {name}")


def config(rendered, part):
    """A service's configuration, in text format."""
    return find(rendered, "ConfigMap", part)["data"]["config.textproto"]
