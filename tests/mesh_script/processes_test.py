"""Processes are ended by name, id and start time, and never another one that has the id now."""

import dataclasses
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

import script  # noqa: F401

import processes

# Says that it is there, then does as it is told about SIGTERM.
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); signal.pause()"
POLITE = "import signal; print(flush=True); signal.pause()"


class ProcessesTest(unittest.TestCase):
    def start(self, code):
        child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        self.addCleanup(child.stdout.close)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        child.stdout.readline()
        return child, processes.identify("child", child.pid)

    def test_sigterm_is_enough_for_one_that_listens(self):
        child, process = self.start(POLITE)

        self.assertTrue(processes.end(process, patience=10))

        self.assertEqual(child.wait(), -signal.SIGTERM)

    def test_one_that_does_not_listen_is_killed(self):
        child, process = self.start(DEAF)

        self.assertFalse(processes.end(process, patience=0.1))

        self.assertEqual(child.wait(), -signal.SIGKILL)

    def test_another_process_that_has_the_id_now_is_left_alone(self):
        child, process = self.start(POLITE)
        before = dataclasses.replace(process, start_time=process.start_time - 1)

        self.assertFalse(before.alive())
        self.assertTrue(processes.end(before, patience=10))

        self.assertIsNone(child.poll())

    def test_one_that_has_ended_is_not_alive_even_before_its_parent_asks(self):
        child, process = self.start("print()")

        self.assertIs(processes.wait_for_any([process]), process)

        self.assertFalse(process.alive())

    def test_ending_one_that_is_gone_is_no_error(self):
        child, process = self.start(POLITE)
        child.kill()
        child.wait()

        self.assertTrue(processes.end(process, patience=10))

    def test_the_one_that_ends_first_is_named(self):
        _, stays = self.start(POLITE)
        child, goes = self.start(POLITE)
        child.kill()

        self.assertIs(processes.wait_for_any([stays, goes]), goes)

    def test_waiting_for_a_file_ends_when_its_writer_does(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "address.json"
            child, _ = self.start(POLITE)
            self.assertFalse(processes.wait_for_file(file, child, patience=0.1))
            child.kill()
            self.assertFalse(processes.wait_for_file(file, child, patience=60))
            file.touch()
            self.assertTrue(processes.wait_for_file(file, child, patience=60))

    def test_a_signal_waits_for_what_has_begun(self):
        handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        self.addCleanup(lambda: [signal.signal(*pair) for pair in handlers.items()])
        interrupts = processes.Interrupts()
        finished = False

        with self.assertRaises(processes.Ended):
            with interrupts.deferred():
                os.kill(os.getpid(), signal.SIGTERM)
                finished = True

        self.assertTrue(finished)


if __name__ == "__main__":
    unittest.main()
