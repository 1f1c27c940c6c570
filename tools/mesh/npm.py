"""npm packages of a folder, and the Node that comes with them."""

import platform

import packages
import tree
from console import MeshError, run, step


def install(folder):
    """Installs what package-lock.json names where that changed."""
    lock = folder / "package-lock.json"
    stamp = folder / "node_modules/.installed-lock.json"
    if stamp.exists() and stamp.read_bytes() == lock.read_bytes():
        return
    packages.ensure([], packages.NODE)
    step(f"Installing the npm packages of {folder.relative_to(tree.ROOT)}")
    if run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], "installing npm packages", cwd=folder) != 0:
        raise MeshError("npm ci failed; its output stands above.")
    stamp.write_bytes(lock.read_bytes())


def node(folder):
    """The Node that is among the packages of `folder`: Debian's is older than what they need."""
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    return folder / f"node_modules/node-linux-{machine}/bin/node"
