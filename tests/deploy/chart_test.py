"""The chart: what it makes of its values, judged by Helm, by Kubernetes' schemas, by the services' configuration
message, and by what this page asks of every pod."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import yaml

import helm
import metric_names
from values_test import BAD, CHART, EXAMPLES, NEEDED, at

MESSAGES = {"auth": "AuthServiceConfig", "zoho-proxy": "ZohoProxyConfig", "mcp": "McpFrontendConfig",
            "management": "McpFrontendConfig"}
# Of Kubernetes: the oldest that the chart takes, and the newest whose schemas are at hand.
VERSIONS = ("1.30.0", "1.37.0")
# Groups of others, whose schemas Kubernetes does not bring, and where their types are.
FOREIGN = {"cert-manager.io": "@kubernetes-models/cert-manager",
           "monitoring.coreos.com": "@kubernetes-models/prometheus-operator",
           "gateway.networking.k8s.io": "@kubernetes-models/gateway-api"}

# What several values together must not be, and what the refusal says.
TOGETHER = (
    ({"host": ""}, "host is required"),
    ({"secret": ""}, "secret is required"),
    ({"database": {"kind": "sqlite"}}, "auth.replicas must be 1 where database.kind is sqlite"),
    ({"database": {"kind": "sqlite"}, "auth": {"replicas": 1, "autoscaling": {"enabled": True}}},
     "auth.autoscaling.enabled must be false"),
    ({"database": {"url": "postgres://db/mesh", "urlSecret": {"name": "other"}}}, "exclude each other"),
    ({"tls": {"mode": "secrets", "secrets": {"auth": "a", "frontend": "b"}}}, "tls.secrets.zohoProxy is required"),
    ({"gateway": {"enabled": True}}, "gateway.parentRefs"),
    ({"management": {"ingress": {"enabled": True}}}, "managementHost is required"),
    ({"managementHost": "mcp.example.com"}, "managementHost must differ from host"),
    ({"catalog": {"configMap": "a", "files": {"a.yaml": "openapi: 3.1.0"}}}, "exclude each other"),
    ({"catalog": {"replace": True}}, "catalog.replace needs"),
    ({"frontend": {"autoscaling": {"enabled": True, "minReplicas": 5, "maxReplicas": 2}}}, "minReplicas must not be above"),
)

# Everything that can be switched on, in ways that the examples do not.
MORE = {
    "certificates of others": {"tls": {"mode": "secrets", "secrets": {"auth": "a", "zohoProxy": "b", "frontend": "c"}}},
    "documents among the values": {"catalog": {"files": {"a.yaml": "openapi: 3.1.0\ninfo: {title: \"A\"}\n"}, "replace": True}},
    "a database without a password": {"database": {"url": "postgres://mesh@db/mesh", "migrate": True}},
    "Zoho elsewhere": {"zoho": {"regions": [{"code": "xx", "accountsUrl": "https://accounts.example.com",
                                            "meetingUrl": "https://meeting.example.com"}],
                                "clients": [{"clientId": "1000.\"A\"\\", "regions": ["xx"], "withoutPkce": True}]}},
    "a gateway that opens TLS": {"zoho": {"caConfigMap": {"name": "company-ca", "key": "ca.crt"}}},
    "IPv6": {"listenHost": "[::]", "networkPolicy": {"enabled": False}},
    "text of one's own": {"auth": {"config": "refresh_ceiling: 4"}, "frontend": {"config": "strict_version_header: true\n"}},
}


def all_values():
    yield "defaults", (NEEDED,), ()
    for file in EXAMPLES:
        yield file.name, (), (file,)
    for name, more in MORE.items():
        yield name, (NEEDED, more), ()


class Values(unittest.TestCase):
    def test_helm_has_nothing_to_say_against_the_chart(self):
        for file in EXAMPLES:
            with self.subTest(file.name):
                done = helm.run("lint", "--strict", CHART, "--values", file)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_bad_values_are_refused_by_their_names(self):
        for path, value, name in BAD[::4]:
            with self.subTest(f"{path}: {value!r}"):
                done = helm.template(NEEDED, at(path, value))
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(name, done.stderr)

    def test_values_that_do_not_fit_together_are_refused_by_their_names(self):
        for more, said in TOGETHER:
            with self.subTest(said):
                done = helm.template(NEEDED, more)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(said, done.stderr)

    def test_an_old_kubernetes_is_refused(self):
        self.assertIn("1.30", helm.template(NEEDED, version="1.29.0").stderr)


class Schemas(unittest.TestCase):
    def test_kubernetes_accepts_every_object(self):
        for version in VERSIONS:
            with self.subTest(version), tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
                rendered = {name: helm.objects(*more, files=files, version=version) for name, more, files in all_values()}
                # Each once: reading the schemas takes longer than judging by them.
                own = {yaml.safe_dump(one): one for objects in rendered.values() for one in objects
                       if one["apiVersion"].partition("/")[0] not in FOREIGN}
                self.assertGreater(len(own), 50)
                file.write("---\n".join(own))
                file.flush()
                done = subprocess.run(
                    [os.environ["MESH_KUBERNETES_VALIDATE"], "--strict", "-k", version, file.name],
                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
                self.assertEqual(done.returncode, 0, done.stdout)

    def test_the_operators_that_it_is_made_for_accept_every_object(self):
        objects = {yaml.safe_dump(one): one for _, more, files in all_values() for one in helm.objects(*more, files=files)}
        foreign = [one for one in objects.values() if one["apiVersion"].partition("/")[0] in FOREIGN]
        self.assertEqual({one["kind"] for one in foreign},
                         {"Issuer", "Certificate", "ServiceMonitor", "PrometheusRule", "HTTPRoute"})
        self.assertEqual(self.mistyped(foreign), "")

    def test_a_field_that_an_operator_does_not_know_is_seen(self):
        certificate = next(one for one in helm.objects(NEEDED) if one["kind"] == "Certificate")
        certificate["spec"]["dnsName"] = ["auth-service"]
        self.assertIn("dnsName", self.mistyped([certificate]))

    def mistyped(self, objects):
        """What TypeScript says of objects as literals of their types, which knows no field that is not theirs."""
        folder = pathlib.Path(__file__).parent
        (folder / "out").mkdir(exist_ok=True)
        lines = []
        for number, one in enumerate(objects):
            group, _, version = one["apiVersion"].partition("/")
            lines.append(f'import {{ I{one["kind"]} as T{number} }} from "{FOREIGN[group]}/{group}/{version}/{one["kind"]}";\n'
                         f"export const o{number}: T{number} = {json.dumps(one)};\n")
        (folder / "out/objects.ts").write_text("".join(lines))
        return subprocess.run(
            ["node", folder / "node_modules/typescript/bin/tsc", "--noEmit", "--strict", "--module", "esnext",
             "--moduleResolution", "bundler", "--skipLibCheck", folder / "out/objects.ts"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False).stdout

    def test_names_are_what_kubernetes_takes_and_are_there_once(self):
        for name, more, files in all_values():
            seen = set()
            for one in helm.objects(*more, files=files):
                identity = (one["kind"], one["metadata"]["name"])
                self.assertNotIn(identity, seen, name)
                seen.add(identity)
                self.assertRegex(identity[1], r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")


class Configuration(unittest.TestCase):
    def encode(self, message, text):
        return subprocess.run(["protoc", f"--proto_path={metric_names.ROOT / 'proto'}",
                               f"--encode=mesh.config.v1.{message}", "mesh/config/v1/config.proto"],
                              input=text.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)

    def test_each_field_that_is_written_exists(self):
        for name, more, files in all_values():
            rendered = helm.objects(*more, files=files)
            for part, message in MESSAGES.items():
                with self.subTest(f"{name}: {part}"):
                    done = self.encode(message, helm.config(rendered, part))
                    self.assertEqual(done.returncode, 0, done.stderr.decode())
                    self.assertNotEqual(done.stdout, b"")

    def test_a_field_that_does_not_exist_is_seen(self):
        self.assertIn(b"listens", self.encode("AuthServiceConfig", "service { listens: '' }").stderr)

    def test_each_file_that_is_named_is_mounted(self):
        for name, more, files in all_values():
            rendered = helm.objects(*more, files=files)
            for part in MESSAGES:
                pod = helm.find(rendered, "Deployment", part)["spec"]["template"]["spec"]
                mounted = self.files(rendered, pod)
                for path in re.findall(r'"(/[^"]*)"', helm.config(rendered, part)):
                    if path.startswith(("/var/lib/mesh/", "/usr/share/zoho-mcp-mesh/")):
                        continue
                    with self.subTest(f"{name}: {part}: {path}"):
                        self.assertTrue(path in mounted or f"{path}/" in mounted, mounted)

    def files(self, rendered, pod):
        """Paths of the files in volumes; folders of which the chart knows no content end with a slash."""
        found = set()
        volumes = {volume["name"]: volume for volume in pod.get("volumes", [])}
        for mount in pod["containers"][0]["volumeMounts"]:
            volume = volumes.pop(mount["name"])
            if items := volume.get("secret", {}).get("items"):
                found |= {f"{mount['mountPath']}/{item['path']}" for item in items}
            elif "secret" in volume:
                found |= {f"{mount['mountPath']}/{name}" for name in ("tls.crt", "tls.key", "ca.crt")}
            elif items := volume.get("configMap", {}).get("items"):
                found |= {f"{mount['mountPath']}/{item['path']}" for item in items}
            elif "configMap" in volume:
                found.add(f"{mount['mountPath']}/")
        self.assertEqual(volumes, {}, "volumes that nobody mounts")
        return found

    def test_config_maps_that_are_mounted_are_made_or_given(self):
        for name, more, files in all_values():
            rendered = helm.objects(*more, files=files)
            made = {one["metadata"]["name"] for one in rendered if one["kind"] == "ConfigMap"}
            for _, pod in pods(rendered):
                for volume in pod.get("volumes", []):
                    if "configMap" in volume:
                        self.assertIn(volume["configMap"]["name"], made | {"mesh-catalog", "company-ca"}, name)

    def test_each_surface_is_served_by_one_deployment(self):
        rendered = helm.objects(NEEDED)
        self.assertIn('management_listen: "off"', helm.config(rendered, "mcp"))
        self.assertIn('mcp_listen: "off"', helm.config(rendered, "management"))

    def test_replicas_reach_each_other_for_sessions_that_one_holds(self):
        for host, address in (("0.0.0.0", "$(POD_IP):50053"), ("[::]", "[$(POD_IP)]:50053")):
            rendered = helm.objects(NEEDED, {"listenHost": host})
            self.assertIn(f'listen: "{host}:50053"', helm.config(rendered, "mcp"))
            (container,) = helm.find(rendered, "Deployment", "mcp")["spec"]["template"]["spec"]["containers"]
            self.assertEqual(container["args"][1:], [f'--set=replica_address: "{address}"'])
            self.assertEqual(self.encode("McpFrontendConfig", container["args"][1].removeprefix("--set=")).returncode, 0)
            self.assertEqual([variable["name"] for variable in container["env"]], ["POD_IP"])

    def test_a_changed_configuration_replaces_the_pods(self):
        def checksums(*more):
            rendered = helm.objects(NEEDED, *more)
            return {part: helm.find(rendered, "Deployment", part)["spec"]["template"]["metadata"]["annotations"]
                    ["checksum/config"] for part in MESSAGES}

        before, after = checksums(), checksums({"auth": {"config": "refresh_ceiling: 4"}})
        self.assertEqual({part for part in MESSAGES if before[part] != after[part]}, {"auth"})


class MutualTls(unittest.TestCase):
    def names(self, *more):
        return {one["spec"]["secretName"]: set(one["spec"].get("dnsNames", []))
                for one in helm.objects(NEEDED, *more) if one["kind"] == "Certificate"}

    def test_certificates_hold_the_names_that_rights_are_granted_to(self):
        peers = (metric_names.ROOT / "services/auth/peers.cc").read_text() + (
            metric_names.ROOT / "services/zoho_proxy/main.cc").read_text()
        granted = set(re.findall(r'Grant\(\s*"([a-z-]+)"', peers))
        self.assertEqual(granted, {"mcp-frontend-service", "zoho-proxy-service"})
        for peer in granted:
            self.assertEqual(sum(peer in names for names in self.names().values()), 1, peer)

    def test_certificates_hold_the_names_that_others_connect_to_and_those_are_services(self):
        rendered = helm.objects(NEEDED)
        services = {f"{one['metadata']['name']}.mesh.svc.cluster.local": one for one in rendered
                    if one["kind"] == "Service"}
        held = set().union(*self.names().values())
        for part in ("zoho-proxy", "mcp", "management"):
            targets = re.findall(r'_service: "dns:///([^:"]+):(\d+)"', helm.config(rendered, part))
            self.assertTrue(targets)
            for host, port in targets:
                self.assertIn(host, held)
                # Headless: the name is that of all pods, among which callers choose.
                self.assertEqual(services[host]["spec"]["clusterIP"], "None")
                self.assertIn(int(port), [one["port"] for one in services[host]["spec"]["ports"]])

    def test_each_pod_mounts_a_secret_that_a_certificate_makes(self):
        for deployment, pod in pods(helm.objects(NEEDED), "Deployment"):
            (secret,) = [volume["secret"]["secretName"] for volume in pod.get("volumes", []) if volume["name"] == "tls"]
            self.assertIn(secret, self.names(), deployment)

    def test_there_is_no_authority_of_ones_own_where_an_issuer_is_given(self):
        given = {"tls": {"certManager": {"issuerRef": {"kind": "ClusterIssuer", "name": "mesh"}}}}
        rendered = helm.objects(NEEDED, given)
        self.assertEqual([one for one in rendered if one["kind"] == "Issuer"], [])
        self.assertEqual({one["spec"]["issuerRef"]["name"] for one in rendered if one["kind"] == "Certificate"}, {"mesh"})


def pods(rendered, *kinds):
    """Names and specs of the pods that come to be."""
    for one in rendered:
        if one["kind"] in (kinds or ("Deployment", "Job", "Pod")):
            spec = one["spec"] if one["kind"] == "Pod" else one["spec"]["template"]["spec"]
            yield f"{one['kind']} {one['metadata']['name']}", spec


class Pods(unittest.TestCase):
    def each(self):
        for name, more, files in all_values():
            for pod, spec in pods(helm.objects(*more, files=files)):
                with self.subTest(f"{name}: {pod}"):
                    yield pod, spec

    def test_they_keep_to_the_restricted_standard(self):
        for _, spec in self.each():
            self.assertTrue(spec["securityContext"]["runAsNonRoot"])
            self.assertEqual(spec["securityContext"]["seccompProfile"], {"type": "RuntimeDefault"})
            self.assertFalse(spec["automountServiceAccountToken"])
            for word in ("hostNetwork", "hostPID", "hostIPC", "initContainers"):
                self.assertNotIn(word, spec)
            for volume in spec.get("volumes", []):
                self.assertLessEqual(set(volume) - {"name"}, {"configMap", "secret", "emptyDir", "persistentVolumeClaim"})
            for container in spec["containers"]:
                security = container["securityContext"]
                self.assertFalse(security["allowPrivilegeEscalation"])
                self.assertTrue(security["readOnlyRootFilesystem"])
                self.assertEqual(security["capabilities"], {"drop": ["ALL"]})
                for port in container.get("ports", []):
                    self.assertNotIn("hostPort", port)

    def test_they_say_what_they_need_and_which_version_they_are(self):
        for _, spec in self.each():
            for container in spec["containers"]:
                self.assertLessEqual({"cpu", "memory"}, set(container["resources"]["requests"]))
                self.assertIn("memory", container["resources"]["limits"])
                self.assertRegex(container["image"], r"(:[\w.-]+|@sha256:[0-9a-f]{64})$")
                self.assertNotRegex(container["image"], ":latest$")

    def test_secrets_are_files_for_the_owner_and_group_alone(self):
        for _, spec in self.each():
            for volume in spec.get("volumes", []):
                if "secret" in volume and volume["name"] != "database-ca":
                    self.assertEqual(volume["secret"]["defaultMode"], 0o440)
            self.assertEqual(spec["securityContext"]["fsGroup"], 65532)
            for container in spec["containers"]:
                for variable in container.get("env", []):
                    self.assertIn(variable["name"], ("PGSSLMODE", "PGSSLROOTCERT", "POD_IP"))
                    self.assertNotIn("secretKeyRef", variable.get("valueFrom", {}))

    def test_no_service_gets_the_keys_of_another(self):
        rendered = helm.objects(NEEDED, {"zoho": {"clients": [{"clientId": "a"}]}})
        keys = {name: {item["key"] for volume in spec.get("volumes", []) for item in volume.get("secret", {}).get("items", [])}
                for name, spec in pods(rendered, "Deployment")}
        self.assertEqual(keys, {
            "Deployment mesh-zoho-mcp-mesh-auth": {"auth.key", "api-key", "database-url", "zoho-client-secret"},
            "Deployment mesh-zoho-mcp-mesh-zoho-proxy": {"cursor.key"},
            "Deployment mesh-zoho-mcp-mesh-mcp": {"mcp-frontend.key"},
            "Deployment mesh-zoho-mcp-mesh-management": {"mcp-frontend.key"}})

    def test_services_are_probed_and_end_later_than_their_calls(self):
        for name, more, files in all_values():
            rendered = helm.objects(*more, files=files)
            for part in MESSAGES:
                with self.subTest(f"{name}: {part}"):
                    spec = helm.find(rendered, "Deployment", part)["spec"]["template"]["spec"]
                    (container,) = spec["containers"]
                    ports = {port["name"] for port in container["ports"]}
                    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                        self.assertIn(container[probe]["httpGet"]["port"], ports)
                    pause = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
                    delay, limit = (int(re.search(rf"{field} {{ seconds: (\d+) }}", helm.config(rendered, part))[1])
                                    for field in ("drain_delay", "drain_limit"))
                    self.assertGreaterEqual(spec["terminationGracePeriodSeconds"], pause + delay + limit + 5)

    def test_what_has_several_replicas_loses_one_at_a_time(self):
        rendered = helm.objects(NEEDED)
        budgets = {one["metadata"]["name"] for one in rendered if one["kind"] == "PodDisruptionBudget"}
        for one in rendered:
            if one["kind"] == "Deployment":
                self.assertEqual(one["metadata"]["name"] in budgets, one["spec"]["replicas"] > 1)
                self.assertEqual(one["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"], 0)

    def test_one_sqlite_file_is_never_served_twice(self):
        rendered = helm.objects(files=[CHART / "examples/laptop.yaml"])
        auth = helm.find(rendered, "Deployment", "auth")["spec"]
        self.assertEqual((auth["replicas"], auth["strategy"]), (1, {"type": "Recreate"}))
        self.assertEqual(helm.find(rendered, "PersistentVolumeClaim", "auth")["spec"]["accessModes"], ["ReadWriteOnce"])
        self.assertEqual([one for one in rendered if one["kind"] == "Job"], [])

    def test_a_scaled_deployment_leaves_its_size_to_the_autoscaler(self):
        rendered = helm.objects(files=[CHART / "examples/large.yaml"])
        scaled = {one["spec"]["scaleTargetRef"]["name"]: one for one in rendered
                  if one["kind"] == "HorizontalPodAutoscaler"}
        self.assertEqual(len(scaled), 3)
        for one in rendered:
            if one["kind"] == "Deployment":
                self.assertEqual("replicas" in one["spec"], one["metadata"]["name"] not in scaled)
        metrics = scaled["mesh-zoho-mcp-mesh-mcp"]["spec"]["metrics"]
        self.assertEqual(metrics[1]["pods"]["metric"]["name"], "mesh_tool_calls_in_flight")


class Network(unittest.TestCase):
    def policies(self, *more, files=()):
        return {one["metadata"]["name"].removeprefix(f"{helm.FULL_NAME}-"): one["spec"]
                for one in helm.objects(NEEDED, *more, files=files) if one["kind"] == "NetworkPolicy"}

    def test_everything_is_closed_in_both_directions(self):
        policy = self.policies()["deny-all"]
        self.assertEqual(policy["policyTypes"], ["Ingress", "Egress"])
        self.assertNotIn("ingress", policy)
        self.assertNotIn("egress", policy)
        self.assertNotIn("app.kubernetes.io/component", policy["podSelector"]["matchLabels"])

    def test_each_kind_of_pod_has_its_openings(self):
        rendered = helm.objects(NEEDED)
        components = {one["spec"]["podSelector"]["matchLabels"].get("app.kubernetes.io/component")
                      for one in rendered if one["kind"] == "NetworkPolicy"}
        for one in rendered:
            if one["kind"] in ("Deployment", "Job", "Pod"):
                labels = (one if one["kind"] == "Pod" else one["spec"]["template"])["metadata"]["labels"]
                self.assertIn(labels["app.kubernetes.io/component"], components)

    def peers(self, rule, direction):
        return {peer["podSelector"]["matchLabels"]["app.kubernetes.io/component"]
                for peer in rule.get(direction, []) if "podSelector" in peer}

    def test_only_who_has_rights_at_a_service_reaches_it(self):
        policies = self.policies()
        self.assertEqual(self.peers(policies["auth"]["ingress"][0], "from"),
                         {"zoho-proxy-service", "mcp-frontend-service", "mcp-management-service"})
        self.assertEqual(self.peers(policies["zoho-proxy"]["ingress"][0], "from"),
                         {"mcp-frontend-service", "mcp-management-service"})
        self.assertEqual(self.peers(policies["management"]["ingress"][0], "from"), {"test"})

    def test_the_front_ends_reach_the_services_and_nothing_else(self):
        for part in ("mcp", "management"):
            openings = [(rule["ports"][0]["port"], self.peers(rule, "to")) for rule in self.policies()[part]["egress"]]
            others = [(50053, {"mcp-frontend-service"})] if part == "mcp" else []
            self.assertEqual(openings, [(50051, {"auth-service"}), (50052, {"zoho-proxy-service"}), *others])

    def test_an_ingress_controller_can_be_the_only_one_to_reach_the_public_port(self):
        self.assertNotIn("from", self.policies()["mcp"]["ingress"][0])
        self.assertEqual(len(self.policies(files=[CHART / "examples/small.yaml"])["mcp"]["ingress"][0]["from"]), 2)


class Routes(unittest.TestCase):
    def test_an_ingress_holds_no_stream_back_and_cuts_none_off(self):
        annotations = helm.find(helm.objects(NEEDED), "Ingress", "mcp")["metadata"]["annotations"]
        self.assertEqual(annotations["nginx.ingress.kubernetes.io/proxy-buffering"], "off")
        self.assertGreaterEqual(int(annotations["nginx.ingress.kubernetes.io/proxy-read-timeout"]), 3600)
        # URLs are secrets.
        self.assertEqual(annotations["nginx.ingress.kubernetes.io/enable-access-log"], "false")

    def test_annotations_of_ones_own_win(self):
        rendered = helm.objects(NEEDED, {"ingress": {"annotations": {
            "nginx.ingress.kubernetes.io/proxy-read-timeout": "60", "a": "b"}}})
        annotations = helm.find(rendered, "Ingress", "mcp")["metadata"]["annotations"]
        self.assertEqual(annotations["nginx.ingress.kubernetes.io/proxy-read-timeout"], "60")
        self.assertEqual(annotations["a"], "b")

    def test_the_public_host_serves_mcp_alone(self):
        rendered = helm.objects(files=[CHART / "examples/small.yaml"])
        for name, paths in (("mcp", ["/mcp", "/sse", "/messages"]), ("management", ["/connect-link", "/oauth/zoho"])):
            (rule,) = helm.find(rendered, "Ingress", name)["spec"]["rules"]
            self.assertEqual([path["path"] for path in rule["http"]["paths"]], paths)

    def test_a_gateway_route_has_no_time_limit(self):
        rendered = helm.objects(files=[CHART / "examples/large.yaml"])
        (rule,) = helm.find(rendered, "HTTPRoute", "mcp")["spec"]["rules"]
        self.assertEqual(rule["timeouts"], {"request": "0s", "backendRequest": "0s"})
        self.assertEqual([one for one in rendered if one["kind"] == "Ingress"], [])


class Watching(unittest.TestCase):
    def setUp(self):
        self.rendered = helm.objects(files=[CHART / "examples/large.yaml"])

    def test_the_rules_are_those_that_are_tested(self):
        rule = helm.find(self.rendered, "PrometheusRule", helm.FULL_NAME)
        self.assertEqual(rule["spec"], yaml.safe_load(metric_names.RULES.read_text()))
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            yaml.safe_dump(rule["spec"], file)
            file.flush()
            promtool = pathlib.Path(os.environ["MESH_PROMETHEUS"]) / "promtool"
            done = subprocess.run([promtool, "check", "rules", file.name], stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stdout)

    def test_the_dashboards_are_those_that_are_tested(self):
        made = {name: text for one in self.rendered if one["kind"] == "ConfigMap"
                for name, text in one["data"].items() if name.endswith(".json")}
        self.assertEqual({name: yaml.safe_load(text) for name, text in made.items()}, metric_names.dashboards())

    def test_services_are_scraped_under_the_names_that_rules_know(self):
        monitor = helm.find(self.rendered, "ServiceMonitor", helm.FULL_NAME)["spec"]
        self.assertEqual(monitor["jobLabel"], "app.kubernetes.io/component")
        jobs = set()
        for one in self.rendered:
            if one["kind"] == "Service":
                self.assertLessEqual(monitor["selector"]["matchLabels"].items(), one["metadata"]["labels"].items())
                self.assertIn("metrics", [port["name"] for port in one["spec"]["ports"]])
                jobs.add(one["metadata"]["labels"]["app.kubernetes.io/component"])
        for job in jobs:
            self.assertIn(job, metric_names.RULES.read_text())


class Migration(unittest.TestCase):
    def test_it_runs_before_anything_is_changed_and_needs_nothing_that_is_made_later(self):
        rendered = helm.objects(NEEDED, {"database": {"caSecret": {"name": "ca"}}})
        job = helm.find(rendered, "Job", "migrate")
        self.assertEqual(job["metadata"]["annotations"]["helm.sh/hook"], "pre-install,pre-upgrade")
        spec = job["spec"]["template"]["spec"]
        self.assertNotIn("serviceAccountName", spec)
        self.assertEqual({volume["secret"]["secretName"] for volume in spec.get("volumes", [])}, {"mesh-secrets", "ca"})
        self.assertEqual(spec["containers"][0]["args"], [
            "--migrate", '--set=postgres { url_file: "/etc/mesh/database/url" max_connections: 16 }'])


if __name__ == "__main__":
    unittest.main()
