"""The C++ rules under the name that other repositories load them by.

Bazel 4.2.3 has them built in; Debian's bazel-rules-cc is written for a newer Bazel and does not load.
"""

cc_binary = native.cc_binary
cc_import = native.cc_import
cc_library = native.cc_library
cc_proto_library = native.cc_proto_library
cc_test = native.cc_test
cc_toolchain = native.cc_toolchain
cc_toolchain_suite = native.cc_toolchain_suite
