"""Which suites a run has, and how long it fuzzes."""

import unittest
from unittest import mock

import script  # noqa: F401

import suites
from counts import Counts


class ChosenSuites(unittest.TestCase):
    def test_a_run_without_names_has_all_but_those_that_want_to_be_named(self):
        self.assertEqual(suites.chosen([]), [name for name in suites.SUITES if name not in ("tidy", "browser")])

    def test_names_are_run_once_in_their_order(self):
        self.assertEqual(suites.chosen(["tidy", "lint", "tidy"]), ["tidy", "lint"])


class DeploySuite(unittest.TestCase):
    def test_only_a_run_that_names_it_takes_helm_and_the_programs(self):
        for named in (True, False):
            with mock.patch("deploy_tests.run", return_value=Counts(passed=1)) as run:
                suites.SUITES["deploy"].run(suites.Asked(named=named))
            run.assert_called_once_with(named)


class FuzzSeconds(unittest.TestCase):
    def seconds(self, **asked):
        with mock.patch("fuzz.run", return_value=Counts(passed=1)) as run:
            suites.SUITES["fuzz"].run(suites.Asked(**asked))
        return run.call_args.args[0]

    def test_a_named_run_takes_longer_than_a_run_of_everything(self):
        self.assertGreater(self.seconds(named=True), self.seconds(named=False))

    def test_what_is_asked_for_holds_for_both(self):
        for named in (True, False):
            self.assertEqual(self.seconds(named=named, fuzz_seconds=3), 3)


if __name__ == "__main__":
    unittest.main()
