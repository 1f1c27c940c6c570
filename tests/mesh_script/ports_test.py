"""Ports are the ones that were asked for, or free, and a taken one names its holder."""

import contextlib
import io
import os
import socket
import unittest

import script  # noqa: F401

import ports
from console import MeshError


class PortsTest(unittest.TestCase):
    def listen(self):
        """A port on which this process listens, and which fits below the highest base."""
        while True:
            listener = socket.create_server(("127.0.0.1", 0))
            self.addCleanup(listener.close)
            if listener.getsockname()[1] < 64000:
                return listener.getsockname()[1]

    def test_base_0_leaves_all_to_the_kernel(self):
        chosen = ports.choose(0, remembered=8080, with_fake=True)

        self.assertEqual(chosen.listen("mcp"), "127.0.0.1:0")
        self.assertEqual(chosen.fake_zoho, 0)

    def test_a_taken_port_that_was_asked_for_is_refused_and_its_holder_named(self):
        taken = self.listen()

        with self.assertRaisesRegex(MeshError, f"port {taken} is taken by .*{os.getpid()}"):
            ports.choose(taken - ports.OFFSETS["auth"], remembered=None, with_fake=False)

    def test_without_a_wish_the_next_free_base_is_taken_and_said(self):
        taken = self.listen()

        with contextlib.redirect_stdout(io.StringIO()) as said:
            chosen = ports.choose(None, remembered=taken, with_fake=False)

        self.assertEqual((chosen.base - taken) % ports.STEP, 0)
        self.assertGreater(chosen.base, taken)
        self.assertIn(f"port {taken} is taken by", said.getvalue())

    def test_no_two_listeners_share_a_port(self):
        offsets = list(ports.OFFSETS.values())

        self.assertEqual(len(set(offsets)), len(offsets))
        self.assertLess(max(offsets), ports.FAKE_ZOHO)
        self.assertLess(ports.FAKE_ZOHO + ports.FAKE_ZOHO_COUNT, ports.STEP)


if __name__ == "__main__":
    unittest.main()
