"""The page of errors holds every error of the header."""

import re
import unittest

import script  # noqa: F401

import error_page

HEADER = """\
// About the file.

// --- Anything

// INVALID_ARGUMENT `FIELD_INVALID`: `field` of a request. Its
// rule.
absl::Status FieldInvalid(absl::string_view field);

absl::Status FileUnreadable(absl::string_view path,
                            absl::string_view why);  // NOT_FOUND `FILE_UNREADABLE`
absl::Status FileUnsafe();  // PERMISSION_DENIED `FILE_UNSAFE`: readable by all
"""


class ErrorPageTest(unittest.TestCase):
    def test_comments_before_and_behind_a_function_are_read(self):
        self.assertTrue(error_page.page(HEADER).endswith(
            "\n## Anything\n\n| reason | status | |\n|---|---|---|\n"
            "| `FIELD_INVALID` | INVALID_ARGUMENT | `field` of a request. Its rule. |\n"
            "| `FILE_UNREADABLE` | NOT_FOUND |  |\n"
            "| `FILE_UNSAFE` | PERMISSION_DENIED | Readable by all. |\n"))

    def test_no_reason_of_the_code_is_missing(self):
        source = error_page.HEADER.with_suffix(".cc").read_text()
        reasons = set(re.findall(r'\.reason = "([A-Z_]+)"', source))

        told = set(re.findall(r"^\| `([A-Z_]+)`", error_page.page(error_page.HEADER.read_text()), re.MULTILINE))

        self.assertGreater(len(reasons), 20)
        self.assertEqual(reasons - told, set())


if __name__ == "__main__":
    unittest.main()
