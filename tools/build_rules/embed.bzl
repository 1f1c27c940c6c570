"""Files of the source tree as part of a program."""

def embedded_files(name, srcs, namespace, variable, visibility = None):
    """Makes the header-only cc_library `name`, included as "<package>/<name>.h".

    It defines `inline constexpr mesh::EmbeddedFile <variable>[]` in `namespace`, in the order of
    `srcs`.

    Args:
      name: the cc_library and, with `.h`, its header.
      srcs: text files of this package without NUL bytes.
      namespace: for example `mesh::auth`.
      variable: for example `kMigrations`.
      visibility: of the cc_library.
    """
    header = name + ".h"
    entries = "".join([
        "printf '%%s' '    {\"%s\", R\"__EMBED__('; cat $(location %s); echo ')__EMBED__\"},'; " % (
            src.split("/")[-1],
            src,
        )
        for src in srcs
    ])
    native.genrule(
        name = name + "_gen",
        srcs = srcs,
        outs = [header],
        cmd = (
            "{ echo '#pragma once'; " +
            "echo '#include \"common/base/embedded_file.h\"'; " +
            "echo 'namespace " + namespace + " {'; " +
            "echo 'inline constexpr ::mesh::EmbeddedFile " + variable + "[] = {'; " +
            entries +
            "echo '};'; echo '}  // namespace " + namespace + "'; } > $@"
        ),
        message = "Embedding " + name,
    )
    native.cc_library(
        name = name,
        hdrs = [header],
        deps = ["//common/base:embedded_file"],
        visibility = visibility,
    )
