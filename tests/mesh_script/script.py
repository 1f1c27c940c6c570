"""Lets these tests import the modules of ./mesh."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools/mesh"))
