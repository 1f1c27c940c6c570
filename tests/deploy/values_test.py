"""The chart's values: what the schema takes and what it refuses, by name."""

import copy
import json
import unittest

import jsonschema
import yaml

import metric_names

CHART = metric_names.ROOT / "deploy/helm/zoho-mcp-mesh"
EXAMPLES = sorted((CHART / "examples").glob("*.yaml"))
NEEDED = {"host": "mcp.example.com", "secret": "mesh-secrets"}

# Where a value stands, a value that is refused, and the word that the refusal has to say.
BAD = (
    ("host", "https://mcp.example.com", "host"),
    ("host", "mcp.example.com:443", "host"),
    ("secret", "Not_A_Name", "secret"),
    ("hots", "mcp.example.com", "hots"),
    ("publicUrl", "http://mcp.example.com", "publicUrl"),
    ("image.tag", "latest", "tag"),
    ("image.pullPolicy", "Sometimes", "pullPolicy"),
    ("database.kind", "mysql", "kind"),
    ("database.url", "postgres://mesh:secret@db/mesh", "url"),
    ("database.url", "postgres://db/mesh?password=secret", "url"),
    ("database.url", "mysql://db/mesh", "url"),
    ("database.maxConnections", 0, "maxConnections"),
    ("tls.mode", "off", "mode"),
    ("tls.certManager.duration", "90d", "duration"),
    ("auth.replicas", 0, "replicas"),
    ("auth.replicas", "2", "replicas"),
    ("auth.replica", 2, "replica"),
    ("auth.workerThreads", 100000, "workerThreads"),
    ("zohoProxy.httpThreads", -1, "httpThreads"),
    ("zohoProxy.resources.limits.memory", None, "memory"),
    ("frontend.resources.requests.memory", "64 MB", "memory"),
    ("frontend.autoscaling.cpu", 100, "cpu"),
    ("frontend.drain.limitSeconds", 0, "limitSeconds"),
    ("frontend.allowedOrigins", ["example.com"], "allowedOrigins"),
    ("management.ingress.paths", ["connect-link"], "paths"),
    ("management.ingress.paths", [], "paths"),
    ("zoho.clients", [{"secretKey": "zoho-client-secret"}], "clientId"),
    ("zoho.regions", [{"code": "us", "accountsUrl": "http://a.example.com", "meetingUrl": "https://b.example.com"}],
     "accountsUrl"),
    ("gateway.parentRefs", [{"namespace": "gateways"}], "name"),
    ("catalog.files", {"../tools.yaml": ""}, "files"),
    ("networkPolicy.publicFrom", [{"cidr": "0.0.0.0/0"}], "publicFrom"),
    ("networkPolicy.databasePort", 70000, "databasePort"),
    ("monitoring.serviceMonitor.interval", "15", "interval"),
    ("logLevel", "trace", "logLevel"),
    ("listenHost", "localhost", "listenHost"),
)


def values(*more):
    """The chart's own, with others laid over them as Helm does it."""
    result = yaml.safe_load((CHART / "values.yaml").read_text())
    for one in more:
        result = over(result, one)
    return result


def at(path, value):
    for name in reversed(path.split(".")):
        value = {name: value}
    return value


def over(low, high):
    """`high` laid over `low`."""
    if not isinstance(low, dict) or not isinstance(high, dict):
        return copy.deepcopy(high)
    return {**low, **{name: over(low.get(name), value) for name, value in high.items()}}


class Schema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        schema = json.loads((CHART / "values.schema.json").read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        cls.validator = jsonschema.Draft202012Validator(schema)

    def refusals(self, *more):
        return [f"{'.'.join(map(str, error.absolute_path))}: {error.message}"
                for error in self.validator.iter_errors(values(*more))]

    def test_nothing_but_host_and_secret_is_needed(self):
        self.assertEqual(self.refusals(NEEDED), [])

    def test_the_examples_are_accepted(self):
        self.assertEqual([file.name for file in EXAMPLES], ["laptop.yaml", "large.yaml", "small.yaml"])
        for file in EXAMPLES:
            with self.subTest(file.name):
                self.assertEqual(self.refusals(yaml.safe_load(file.read_text())), [])

    def test_a_bad_value_is_refused_by_its_name(self):
        for path, value, name in BAD:
            with self.subTest(f"{path}: {value!r}"):
                told = self.refusals(NEEDED, at(path, value))
                self.assertTrue(told, "accepted")
                self.assertTrue(any(name in one for one in told), told)

    def test_each_value_is_known_to_the_schema_and_each_of_the_schema_is_a_value(self):
        schema = self.validator.schema
        # Groups that a user fills, of which no default names the fields.
        free = {"#/$defs/pod", "#/$defs/quantities", "#/$defs/peers", "#/$defs/labels"}

        def compare(where, properties, default):
            self.assertLessEqual(set(default), set(properties), where)
            for name, one in properties.items():
                reference = one.get("$ref", "")
                if reference in free or name in ("issuerRef", "global"):
                    continue
                if reference.startswith("#/$defs/"):
                    one = schema["$defs"][reference.removeprefix("#/$defs/")]
                if name.startswith("inFlight"):
                    continue
                self.assertIn(name, default, f"{where}{name}")
                if "properties" in one and name != "resources":
                    compare(f"{where}{name}.", one["properties"], default[name])

        compare("", schema["properties"], values())


if __name__ == "__main__":
    unittest.main()
