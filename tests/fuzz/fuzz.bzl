"""Fuzz targets: programs that libFuzzer drives, built with --config=fuzz alone."""

def fuzz_target(name, deps, data = []):
    """Makes the program `name`_fuzz of `name`_fuzz.cc. Its seed corpus is corpus/`name`.

    Args:
      name: what it feeds.
      deps: of its source.
      data: files that it reads, by their path in the tree.
    """
    native.cc_binary(
        name = name + "_fuzz",
        testonly = True,
        srcs = [name + "_fuzz.cc"],
        data = data,
        linkopts = ["-fsanitize=fuzzer"],
        # GCC knows no libFuzzer: only who names the target builds it.
        tags = ["manual"],
        deps = deps,
    )
