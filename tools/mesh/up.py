"""`./mesh up`: from this checkout to an MCP URL that answers."""

import os
import shlex
import time
import urllib.parse

import bazel
import dashboard
import launch
import management
import ports
import processes
import programs
import state
import text_format
from console import MeshError, say, seconds, step

# The regions that fake-zoho plays, each with one organisation to connect.
FAKE_REGIONS = ("us", "eu")


def up(options):
    folder = state.State(options.state_dir)
    folder.create()
    if _all_run(folder):
        say(f"A mesh already runs in {folder.shown()}; {_stop_command(options)} ends it.")
        _print_summary(folder)
        return
    real = _real_zoho()
    with folder.locked():
        _check_kind(folder, real)
        bazel.build(options.config, [label for name, label in programs.LABELS.items()
                                     if not (real and name == programs.FAKE_ZOHO)])
        _build_dashboard()
        # What an `up` that was killed has left behind.
        launch.end_all(folder, folder.processes())
        started = launch.Launch(folder, options.config, processes.Interrupts())
        try:
            _start(folder, started, options, real)
            _print_summary(folder)
            if options.detach:
                started.let_go()
                say(f"{_stop_command(options)} ends it.")
                return
            say("Ctrl-C ends it.")
            ended = processes.wait_for_any(started.running)
            raise MeshError(f"{ended.name} ended by itself. {started.tail(ended.name)}")
        except processes.Ended:
            step("Stopping")
            started.end()
        except BaseException:
            started.end()
            raise


def _build_dashboard():
    """A mesh without it serves its clients all the same."""
    try:
        dashboard.build()
    except MeshError as error:
        say(f"    The dashboard is not served: {error}")


def _all_run(folder):
    run = folder.read("run.json")
    return bool(run) and set(run["pids"]) == {process.name for process in folder.processes()}


def _stop_command(options):
    where = f" --state-dir {shlex.quote(options.state_dir)}" if options.state_dir else ""
    return f"./mesh stop{where}"


def _start(folder, started, options, real):
    begun = time.monotonic()
    step("Starting the mesh")
    at = ports.choose(options.port_base, folder.read("ports.json", {}).get("base"), with_fake=not real)
    if at.base:
        folder.write("ports.json", {"base": at.base})
    api_key_file = folder.secret("api-key", state.new_api_key)
    folder.secret("auth.key", state.new_seal_key)
    folder.secret("cursor.key", state.new_seal_key)
    folder.secret("mcp-frontend.key", state.new_seal_key)
    conformance = options.conformance_fixtures and folder.secret("conformance-token", state.new_mcp_token)

    fake = None
    if not real:
        fake = started.start(programs.FAKE_ZOHO, programs.fake_zoho_arguments(folder, at, options.fake_zoho))
    zoho = real or _played(folder, fake)
    auth = started.start_service(programs.AUTH, _config(
        options, "auth", programs.auth_service(folder, at, zoho["oauth_clients"], zoho["regions"])))
    proxy = started.start_service(programs.ZOHO_PROXY, _config(
        options, "zoho_proxy", programs.zoho_proxy_service(folder, at, auth["grpc"], zoho["extra_hosts"])))
    frontend = started.start_service(programs.MCP_FRONTEND, _config(
        options, "mcp_frontend",
        programs.mcp_frontend_service(folder, at, auth["grpc"], proxy["grpc"], conformance)))

    public_url = f"http://{frontend['mcp']}"
    if not management.wait_until_ready(public_url, launch.START_LIMIT):
        raise MeshError(f"{programs.MCP_FRONTEND} does not become ready. {started.tail(programs.MCP_FRONTEND)}")

    api_key = api_key_file.read_text().strip()
    management_url = f"http://{frontend['management']}"
    api = management.Management(management_url, api_key)
    accounts = [_account(folder, api, credential) for credential in zoho["credentials"]]
    account = accounts[0]["id"] if accounts else None
    folder.write("run.json", {
        "dashboard_url": f"{management_url}/dashboard/",
        "management_url": management_url,
        "mcp_url": _mcp_url(folder, api, account, public_url) if account else None,
        **({"conformance_url": f"{public_url}/mcp/{conformance.read_text().strip()}"} if conformance else {}),
        "api_key": api_key,
        "account_id": account,
        "grpc": {"auth": auth["grpc"], "zoho_proxy": proxy["grpc"]},
        "metrics": {name: f"http://{addresses['metrics']}/metrics" for name, addresses in (
            ("auth", auth), ("zoho_proxy", proxy), ("mcp_frontend", frontend))},
        "fake_zoho": fake and {name: fake[name] for name in ("accounts_url", "meeting_url")},
        "pids": {process.name: process.pid for process in started.running},
    })
    say(f"    ready after {seconds(begun)}")


def _config(options, service, message):
    """`message` in text format, and what --set lays over it."""
    over = [text for name, text in options.set if name == service]
    return text_format.dump(message) + "".join(f"{text}\n" for text in over)


def _played(folder, fake):
    """What auth-service is told about fake-zoho: its hosts, its OAuth clients, and who connects."""
    clients, regions, credentials = [], [], []
    for code in FAKE_REGIONS:
        seed = fake["seed"][code]
        secret = folder.write_text(f"fake-zoho.{code}.secret", seed["client_secret"] + "\n")
        clients.append({"regions": [code], "client_id": seed["client_id"], "client_secret_file": str(secret)})
        hosts = fake["regions"][code]
        regions.append({"code": code, "name": f"Fake Zoho ({code})",
                        "accounts_url": hosts["accounts_url"], "meeting_url": hosts["meeting_url"]})
        credentials.append({"region": code, "refresh_token": seed["refresh_token"]})
    # On loopback a download host does not look like one of Zoho's.
    downloads = [urllib.parse.urlsplit(fake["regions"][code]["download_url"]).netloc for code in FAKE_REGIONS]
    return {"oauth_clients": clients, "regions": regions, "credentials": credentials, "extra_hosts": downloads}


def _real_zoho():
    """The same for the real Zoho, from the environment; None where it names no OAuth client."""
    client, secret = os.environ.get("ZOHO_CLIENT_ID"), os.environ.get("ZOHO_CLIENT_SECRET")
    if not client and not secret:
        return None
    if not client or not secret:
        raise MeshError("ZOHO_CLIENT_ID and ZOHO_CLIENT_SECRET go together: one of them is not set.")
    credential = {"region": os.environ.get("ZOHO_REGION", "us")}
    if token := os.environ.get("ZOHO_REFRESH_TOKEN"):
        credential["refresh_token"] = token
    elif code := os.environ.get("ZOHO_GRANT_CODE"):
        credential["grant_code"] = code
    return {"client_id": client, "client_secret": secret, "regions": [], "extra_hosts": [],
            "credentials": [credential] if len(credential) > 1 else []}


def _check_kind(folder, real):
    """A folder's accounts live at the fake Zoho or at the real one; tokens of one are never sent to
    the other."""
    kind = "Zoho" if real else "fake Zoho"
    before = folder.read("kind.json")
    if before and before != kind:
        raise MeshError(f"{folder.shown()} holds accounts of the {before}; for the {kind} choose another "
                        f"folder with --state-dir.")
    folder.write("kind.json", kind)
    if real:
        secret = folder.write_text("zoho.secret", real["client_secret"] + "\n")
        real["oauth_clients"] = [{"client_id": real["client_id"], "client_secret_file": str(secret)}]


def _account(folder, api, credential):
    """The account of `credential`, connected now or by an earlier run."""
    known = folder.read("accounts.json", {})
    region = credential["region"]
    account = api.account(known[region]) if region in known else None
    if account is None:
        account = api.connect(credential)
        folder.write("accounts.json", {**known, region: account["id"]})
    return account


def _mcp_url(folder, api, account, base):
    """An MCP URL on `account`: the one of the last run while it is served, otherwise a new one."""
    known = folder.read("mcp.json", {})
    if known.get("account") == account:
        url = f"{base}/mcp/{known['token']}"
        if management.answers(url):
            return url
    server = api.create_mcp_server(account, {"name": "Made by ./mesh up"})
    folder.write("mcp.json", {"account": account, "token": server["token"]})
    return server["url"]


def _print_summary(folder):
    run = folder.read("run.json")
    rows = [("Dashboard", f"{run['dashboard_url']}  (key in {folder.shown()}/api-key)"),
            ("Management API", run["management_url"])]
    if run["mcp_url"]:
        rows.insert(0, ("MCP URL", run["mcp_url"]))
        rows.append(("Account", run["account_id"]))
    if run.get("conformance_url"):
        rows.append(("Conformance URL", run["conformance_url"]))
    if run["fake_zoho"]:
        rows.append(("Fake Zoho", run["fake_zoho"]["meeting_url"]))
    rows.append(("Logs", f"{folder.shown()}/log"))
    say()
    for name, value in rows:
        say(f"  {name:<16}{value}")
    say()
    if run["mcp_url"]:
        say("List the departments:")
        say()
        say(f"  {list_departments(run['mcp_url'])}")
    else:
        say("Connect an account with a grant code of a self client of Zoho's API console:")
        say()
        say(f"  {connect_account(run['management_url'], folder)}")
    say()


def list_departments(mcp_url):
    """The command for a shell that calls a tool."""
    call = ('{"jsonrpc":"2.0","id":1,"method":"tools/call",'
            '"params":{"name":"list_all_zoho_meeting_departments","arguments":{}}}')
    return f"curl -sS {mcp_url} -H 'content-type: application/json' -d '{call}'"


def connect_account(management_url, folder):
    """The command for a shell that connects an account of the real Zoho."""
    return (f"curl -sS {management_url}/integrated-account -H 'content-type: application/json'"
            f' -H "authorization: Bearer $(cat {shlex.quote(folder.shown())}/api-key)"'
            """ -d '{"region":"us","grant_code":"<code>"}'""")
