"""Test reports become counts."""

import json
import pathlib
import tempfile
import unittest

import script  # noqa: F401

import counts

GTEST = """<testsuites><testsuite name="Url">
<testcase name="A" classname="Url" status="run"/>
<testcase name="B" classname="Url" status="run"><failure message="no"/></testcase>
<testcase name="C" classname="Url" status="notrun"/>
<testcase name="D" classname="Url" status="run"><skipped message="why"/></testcase>
</testsuite></testsuites>"""

GREEN = '<testsuites><testsuite name="Url"><testcase name="A" classname="Url"/></testsuite></testsuites>'


class CountsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def events(self, *events):
        return counts.of_bazel(self.file("events.json", "".join(json.dumps(event) + "\n" for event in events)))

    def result(self, status, report):
        return {"id": {"testResult": {"label": "//a:b"}},
                "testResult": {"status": status,
                               "testActionOutput": [{"name": "test.xml", "uri": f"file://{report}"}]}}

    def test_each_case_of_a_report_counts(self):
        self.assertEqual(counts.of_junit(self.file("a.xml", GTEST)),
                         counts.Counts(passed=1, failed=1, skipped=2, failures=("Url.B",)))

    def test_a_missing_or_broken_report_is_a_failure(self):
        self.assertEqual(counts.of_junit(self.folder / "none.xml").failed, 1)
        self.assertEqual(counts.of_junit(self.file("a.xml", "<testsuites>")).failed, 1)

    def test_bazels_tests_count_by_case(self):
        result = self.events(self.result("FAILED", self.file("b.xml", GTEST)))
        self.assertEqual((result.passed, result.failed, result.failures), (1, 1, ("//a:b Url.B",)))

    def test_a_test_that_fails_with_a_green_report_has_failed(self):
        result = self.events(self.result("TIMEOUT", self.file("b.xml", GREEN)))
        self.assertEqual((result.passed, result.failed), (0, 1))

    def test_a_target_that_was_not_built_has_failed(self):
        result = self.events(
            {"id": {"targetCompleted": {"label": "//a:good"}}, "completed": {"success": True}},
            {"id": {"targetCompleted": {"label": "//a:bad"}}, "completed": {}},
            {"id": {"targetCompleted": {"label": "//a:worse"}}, "aborted": {"reason": "ANALYSIS_FAILURE"}})
        self.assertEqual(result.failures, ("//a:bad was not built", "//a:worse was not built"))

    def test_nothing_that_ran_is_not_good(self):
        self.assertFalse(counts.Counts().good)
        self.assertTrue(counts.Counts(passed=1).good)
        self.assertFalse(counts.Counts(passed=1, failed=1).good)

    def test_the_line_names_skipped_cases_only_where_there_are_some(self):
        self.assertEqual(str(counts.Counts(passed=2)), "2 passed, 0 failed")
        self.assertEqual(str(counts.Counts(passed=2, skipped=1)), "2 passed, 0 failed, 1 skipped")


if __name__ == "__main__":
    unittest.main()
