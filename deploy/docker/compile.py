#!/usr/bin/python3
"""Installs what a build needs and builds the programs and the dashboard, as ./mesh does."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools/mesh"))

import bazel  # noqa: E402
import dashboard  # noqa: E402
import programs  # noqa: E402

bazel.build("release", list(programs.LABELS.values()))
dashboard.build()
