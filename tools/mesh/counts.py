"""Counts test cases from what Bazel, GoogleTest and Node write."""

import dataclasses
import json
import urllib.parse
import xml.etree.ElementTree


@dataclasses.dataclass(frozen=True)
class Counts:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    # Names of what failed.
    failures: tuple = ()

    def __add__(self, other):
        return Counts(self.passed + other.passed, self.failed + other.failed,
                      self.skipped + other.skipped, self.failures + other.failures)

    def __str__(self):
        text = f"{self.passed} passed, {self.failed} failed"
        return f"{text}, {self.skipped} skipped" if self.skipped else text

    @property
    def good(self):
        """Something ran and nothing failed."""
        return self.passed > 0 and self.failed == 0


def of_junit(file, prefix=""):
    """Of a JUnit XML file, as GoogleTest, Bazel and Node write it. No file or a broken one counts
    as one failure."""
    try:
        root = xml.etree.ElementTree.parse(file).getroot()
    except (OSError, xml.etree.ElementTree.ParseError) as error:
        return Counts(failed=1, failures=(f"{prefix}no test report: {error}",))
    result = Counts()
    for case in root.iter("testcase"):
        name = prefix + ".".join(filter(None, (case.get("classname"), case.get("name"))))
        if case.find("failure") is not None or case.find("error") is not None:
            result += Counts(failed=1, failures=(name,))
        elif case.find("skipped") is not None or case.get("status") == "notrun":
            result += Counts(skipped=1)
        else:
            result += Counts(passed=1)
    return result


def of_bazel(events):
    """Of a build event file: the cases of each test, and each target that could not be built."""
    result = Counts()
    with open(events, encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            identity = event["id"]
            if "testResult" in event:
                result += _of_test(identity["testResult"]["label"], event["testResult"])
            elif "targetCompleted" in identity and not event.get("completed", {}).get("success"):
                label = identity["targetCompleted"]["label"]
                result += Counts(failed=1, failures=(f"{label} was not built",))
    return result


def _of_test(label, told):
    passed = told.get("status") == "PASSED"
    for output in told.get("testActionOutput", ()):
        if output["name"] == "test.xml":
            cases = of_junit(urllib.parse.unquote(output["uri"].removeprefix("file://")), f"{label} ")
            if passed == (cases.failed == 0):
                return cases
    # A test that crashed or timed out need not have said which case it was in.
    return Counts(passed=1) if passed else Counts(failed=1, failures=(f"{label} {told.get('status')}",))
