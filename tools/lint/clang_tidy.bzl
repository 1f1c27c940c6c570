"""clang-tidy over each source of a target, cached like a compilation."""

def _sources(rule):
    # Tests would take longer than all the rest; they run under sanitizers instead.
    if not hasattr(rule.attr, "srcs") or getattr(rule.attr, "testonly", False):
        return []
    return [
        file
        for src in rule.attr.srcs
        for file in src.files.to_list()
        # Generated sources are not ours to mend.
        if file.is_source and file.extension == "cc"
    ]

def _clang_tidy_impl(target, ctx):
    if CcInfo not in target:
        return []
    context = target[CcInfo].compilation_context
    flags = ["-std=c++20", "-Wno-unknown-warning-option"]
    flags += ["-D" + define for define in context.defines.to_list()]
    flags += ["-I" + path for path in ([".", ctx.bin_dir.path] + context.includes.to_list())]
    flags += ["-iquote" + path for path in context.quote_includes.to_list()]
    flags += ["-isystem" + path for path in context.system_includes.to_list()]
    flags += [copt for copt in getattr(ctx.rule.attr, "copts", []) if copt.startswith("-isystem")]
    reports = []
    for source in _sources(ctx.rule):
        report = ctx.actions.declare_file("%s.%s.clang-tidy" % (ctx.label.name, source.basename))
        reports.append(report)
        ctx.actions.run(
            executable = ctx.file._script,
            arguments = [report.path, source.path] + flags,
            inputs = depset([source, ctx.file._config], transitive = [context.headers]),
            outputs = [report],
            mnemonic = "ClangTidy",
            progress_message = "Checking " + source.short_path,
            use_default_shell_env = True,
        )
    return [OutputGroupInfo(clang_tidy = depset(reports))]

clang_tidy = aspect(
    implementation = _clang_tidy_impl,
    attrs = {
        "_config": attr.label(default = "//:.clang-tidy", allow_single_file = True),
        "_script": attr.label(default = "//tools/lint:clang_tidy.sh", allow_single_file = True),
    },
)
