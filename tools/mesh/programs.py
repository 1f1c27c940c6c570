"""The programs of a mesh: what each is built from, and how it is configured on one machine."""

import dashboard
import tree

FAKE_ZOHO = "fake-zoho"
AUTH = "auth-service"
ZOHO_PROXY = "zoho-proxy-service"
MCP_FRONTEND = "mcp-frontend-service"

LABELS = {
    FAKE_ZOHO: "//tests/fake_zoho:fake-zoho",
    AUTH: "//services/auth:auth-service",
    ZOHO_PROXY: "//services/zoho_proxy:zoho-proxy-service",
    MCP_FRONTEND: "//services/mcp_frontend:mcp-frontend-service",
}

# Seconds that calls in flight get when a service is told to end.
DRAIN_LIMIT = 10


def service(state, name, listen, metrics_port):
    """The ServiceConfig that all three share."""
    return {
        "listen": listen,
        "metrics_listen": f"127.0.0.1:{metrics_port}",
        "address_file": str(address_file(state, name)),
        "drain_limit": {"seconds": DRAIN_LIMIT},
    }


def address_file(state, name):
    return state.folder / f"{name}.address.json"


def auth_service(state, ports, oauth_clients, regions):
    return {
        "service": service(state, AUTH, ports.listen("auth"), ports["auth_metrics"]),
        "sqlite": {"path": str(state.folder / "mesh.db")},
        "seal_key_file": str(state.folder / "auth.key"),
        "bootstrap_api_key_file": str(state.folder / "api-key"),
        "oauth_clients": oauth_clients,
        "regions": regions,
    }


def zoho_proxy_service(state, ports, auth_address, extra_hosts):
    return {
        "service": service(state, ZOHO_PROXY, ports.listen("zoho_proxy"), ports["zoho_proxy_metrics"]),
        "auth_service": auth_address,
        "catalogs": [str(tree.ROOT / "services/zoho_proxy/catalog/zoho_meeting")],
        "seal_key_file": str(state.folder / "cursor.key"),
        "extra_hosts": extra_hosts,
    }


def mcp_frontend_service(state, ports, auth_address, zoho_proxy_address, conformance_token_file):
    """`conformance_token_file` is None for a mesh without the conformance fixtures."""
    fixtures = {"conformance_token_file": str(conformance_token_file)} if conformance_token_file else {}
    return {
        "service": service(state, MCP_FRONTEND, None, ports["mcp_frontend_metrics"]),
        "mcp_listen": ports.listen("mcp"),
        "management_listen": ports.listen("management"),
        "auth_service": auth_address,
        "zoho_proxy_service": zoho_proxy_address,
        "seal_key_file": str(state.folder / "mcp-frontend.key"),
        "dashboard_dir": str(dashboard.OUT),
        **fixtures,
    }


def fake_zoho_arguments(state, ports, more):
    return [f"--port_base={ports.fake_zoho}", f"--address_file={address_file(state, FAKE_ZOHO)}", *more]
