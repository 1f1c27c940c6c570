"""Which examples a page of the documentation holds."""

import unittest

import script  # noqa: F401

import doc_tests

_PAGE = """# Title

```sh
first
```

## Empty

Nothing to run.

## Second

```python a/b.py
print("## no heading")
```

```sh
one
two
```

```text
expected line
```
"""


class Sections(unittest.TestCase):
    def test_are_those_with_code(self):
        self.assertEqual([section.title for section in doc_tests.sections(_PAGE)], ["", "Second"])

    def test_hold_commands_files_and_what_is_printed(self):
        section = doc_tests.sections(_PAGE)[1]
        self.assertEqual(section.script, "one\ntwo\n")
        self.assertEqual(section.blocks[0].path, "a/b.py")
        self.assertEqual(section.blocks[0].text, 'print("## no heading")\n')
        self.assertEqual(section.expected, ["expected line"])


if __name__ == "__main__":
    unittest.main()
