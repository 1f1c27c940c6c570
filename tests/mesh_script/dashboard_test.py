"""When the dashboard is built anew."""

import pathlib
import tempfile
import unittest

import script  # noqa: F401

import dashboard


class DashboardTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = pathlib.Path(folder.name)
        self.write("src/app.tsx", "1")

    def write(self, name, text):
        path = self.top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def test_a_source_that_is_changed_added_or_renamed_counts(self):
        seen = {dashboard.fingerprint(self.top)}
        self.write("src/app.tsx", "2")
        seen.add(dashboard.fingerprint(self.top))
        self.write("src/page.tsx", "")
        seen.add(dashboard.fingerprint(self.top))
        (self.top / "src/page.tsx").rename(self.top / "src/pages.tsx")
        seen.add(dashboard.fingerprint(self.top))

        self.assertEqual(len(seen), 4)

    def test_what_is_made_does_not(self):
        before = dashboard.fingerprint(self.top)
        self.write("dist/index.html", "made")
        self.write("node_modules/react/index.js", "installed")

        self.assertEqual(dashboard.fingerprint(self.top), before)


if __name__ == "__main__":
    unittest.main()
