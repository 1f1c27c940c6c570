"""./mesh: the operator's entry. Standard library only, so that a bare Debian can run it."""

import argparse
import sys

import bazel
import bench
import console
import launch
import lint
import state
import suites
import up


def main():
    parser = argparse.ArgumentParser(prog="./mesh", description="Runs, tests and tidies zoho-mcp-mesh.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    command = _with_state(commands.add_parser(
        "up", help="build and start everything, and print an MCP URL",
        description="Builds the mesh and starts it on this machine with a fake Zoho; with ZOHO_CLIENT_ID and "
                    "ZOHO_CLIENT_SECRET set, with the real one (ZOHO_REGION, and ZOHO_REFRESH_TOKEN or "
                    "ZOHO_GRANT_CODE, connect an account at once)."))
    command.add_argument("--detach", action="store_true", help="return when all is ready")
    command.add_argument("--port-base", type=int, metavar="N",
                         help="take ports N, N+1, …; 0: any free ones (default: from 8080, or from the last run)")
    command.add_argument("--config", choices=bazel.CONFIGS, default="release", help="of the build (default: release)")
    command.add_argument("--fake-zoho", action="append", default=[], metavar="FLAG",
                         help="a flag for fake-zoho, for example --fake-zoho=--latency=2s; may be repeated")
    command.add_argument("--set", action="append", default=[], type=_setting, metavar="SERVICE:TEXT",
                         help="text format laid over the configuration of auth, zoho_proxy or mcp_frontend; "
                              "may be repeated")
    command.add_argument("--conformance-fixtures", action="store_true",
                         help="serve what the official conformance suite asks for, at a URL of its own")
    command.set_defaults(run=up.up)

    command = _with_state(commands.add_parser("stop", help="end what up started"))
    command.set_defaults(run=lambda options: launch.stop(state.State(options.state_dir)))

    command = commands.add_parser(
        "test", help="run the tests", description="Runs the named suites, or all. The last line counts their cases.",
        epilog="\n".join(f"{name:<13}{suite.about}" for name, suite in suites.SUITES.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter)
    command.add_argument("suites", nargs="*", metavar="SUITE", choices=[[], *suites.SUITES])
    command.add_argument("--fuzz-seconds", type=int, metavar="N",
                         help="for each fuzz target (default: 60 where the suite is named, else 10)")
    command.set_defaults(run=lambda options: suites.run(options.suites, options.fuzz_seconds))

    command = commands.add_parser(
        "bench", help="measure", description="Runs the named benchmarks, or all, and judges them by their bars.",
        epilog="\n".join(f"{name:<10}{one.about}" for name, one in bench.BENCHES.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter)
    command.add_argument("benches", nargs="*", metavar="BENCH", choices=[[], *bench.BENCHES])
    command.set_defaults(run=lambda options: bench.run(options.benches))

    command = commands.add_parser("lint", help="check style and find bugs, as the suites lint and tidy do")
    command.set_defaults(run=lambda options: suites.run(["lint", "tidy"]))

    command = commands.add_parser("fmt", help="format the C++ and protobuf files")
    command.set_defaults(run=lambda options: lint.format_files())

    options = parser.parse_args()
    try:
        return options.run(options)
    except console.MeshError as error:
        print(f"mesh: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _with_state(command):
    command.add_argument("--state-dir", metavar="DIR",
                         help="database, keys and logs (default: .mesh); another one runs beside it")
    return command


def _setting(text):
    service, _, setting = text.partition(":")
    if service not in ("auth", "zoho_proxy", "mcp_frontend") or not setting:
        raise argparse.ArgumentTypeError("is no SERVICE:TEXT, as in zoho_proxy:'http_threads: 2'")
    return service, setting


sys.exit(main())
