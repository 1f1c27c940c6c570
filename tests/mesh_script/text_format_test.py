"""Configurations are written as protobuf reads them."""

import unittest

import script  # noqa: F401

import text_format


class TextFormatTest(unittest.TestCase):
    def test_messages_lists_and_scalars(self):
        self.assertEqual(
            text_format.dump({"service": {"listen": "127.0.0.1:0", "drain_limit": {"seconds": 10}},
                              "regions": [{"code": "us"}, {"code": "eu"}], "on": True, "absent": None,
                              "folders": ["a", "b"]}),
            'service {\n  listen: "127.0.0.1:0"\n  drain_limit {\n    seconds: 10\n  }\n}\n'
            'regions {\n  code: "us"\n}\nregions {\n  code: "eu"\n}\non: true\n'
            'folders: "a"\nfolders: "b"\n')

    def test_strings_survive_quotes_backslashes_and_what_is_not_ascii(self):
        self.assertEqual(text_format.dump({"path": 'a"b\\c é\n'}), 'path: "a\\"b\\\\c \\303\\251\\012"\n')


if __name__ == "__main__":
    unittest.main()
