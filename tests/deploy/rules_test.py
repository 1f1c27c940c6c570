"""Rules: as promtool has them, alone and within what the chart makes of them."""

import os
import pathlib
import subprocess
import unittest

import metric_names

_PROMTOOL = pathlib.Path(os.environ["MESH_PROMETHEUS"]) / "promtool"


def promtool(*arguments):
    return subprocess.run([_PROMTOOL, *arguments], cwd=metric_names.RULES.parent, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


class Rules(unittest.TestCase):
    def test_promtool_accepts_them(self):
        done = promtool("check", "rules", metric_names.RULES.name)
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_they_fire_when_they_should_and_not_otherwise(self):
        done = promtool("test", "rules", "mesh_test.yaml")
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_promtool_accepts_the_configuration_of_the_laptop(self):
        done = promtool("check", "config", "--syntax-only", str(metric_names.ROOT / "deploy/monitoring/prometheus.yaml"))
        self.assertEqual(done.returncode, 0, done.stdout)


if __name__ == "__main__":
    unittest.main()
