"""The state folder is private, whole, and held by one command at a time."""

import os
import stat
import tempfile
import unittest

import script  # noqa: F401

import processes
import state
from console import MeshError


class StateTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.state = state.State(os.path.join(folder.name, "mesh"))
        self.state.create()

    def mode(self, path):
        return stat.S_IMODE(path.stat().st_mode)

    def test_nobody_else_reads_it(self):
        self.assertEqual(self.mode(self.state.folder), 0o700)
        self.assertEqual(self.mode(self.state.write_text("run.json", "{}")), 0o600)

    def test_a_secret_is_made_once(self):
        first = self.state.secret("api-key", state.new_api_key).read_text()

        self.assertEqual(self.state.secret("api-key", state.new_api_key).read_text(), first)
        self.assertGreaterEqual(len(first.strip()), 32)

    def test_what_cannot_be_read_is_the_default(self):
        self.state.write_text("broken.json", "{")

        self.assertEqual(self.state.read("broken.json", 1), 1)
        self.assertEqual(self.state.read("none.json", 2), 2)

    def test_a_second_command_is_held_off(self):
        with self.state.locked():
            with self.assertRaisesRegex(MeshError, "at work"):
                with state.State(self.state.folder).locked():
                    self.fail("both hold the lock")
        with self.state.locked():
            pass

    def test_only_living_processes_are_told(self):
        here = processes.identify("here", os.getpid())
        gone = processes.Process("gone", os.getpid(), here.start_time - 1)
        self.state.set_processes([gone, here], gone)

        self.assertEqual(self.state.processes(), [here])
        self.assertIsNone(self.state.supervisor())


if __name__ == "__main__":
    unittest.main()
