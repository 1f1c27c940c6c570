"""Runs the tests of ./mesh itself."""

import sys
import unittest

import tree
from counts import Counts


def run():
    """The Counts of tests/mesh_script."""
    suite = unittest.TestLoader().discover(str(tree.ROOT / "tests/mesh_script"), pattern="*_test.py")
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=1).run(suite)
    bad = [test.id() for test, _ in result.failures + result.errors]
    skipped = len(result.skipped)
    return Counts(result.testsRun - len(bad) - skipped, len(bad), skipped, tuple(bad))
