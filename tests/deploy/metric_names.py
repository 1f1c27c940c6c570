"""What the code registers, docs/metrics.md describes, and rules and dashboards ask for."""

import json
import pathlib
import re

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = ROOT / "deploy/monitoring/rules/mesh.yaml"
DASHBOARDS = ROOT / "deploy/monitoring/dashboards"
PAGE = ROOT / "docs/metrics.md"

_SOURCES = ("common", "edge", "gateway", "services")
_REGISTERED = re.compile(r'Build(Counter|Gauge|Histogram|Summary)\(\)\s*\.Name\(\s*"([^"]+)"')
_DOCUMENTED = re.compile(r"^\| `(mesh_\w+)` \| (\w+) \|([^|]*)\|", re.MULTILINE)
_NAME = re.compile(r"(?<![\w:$])(mesh[_:][\w:]*|up|ALERTS)(?![\w:(])(\{[^}]*\})?")
_LABEL = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)")
_BY = re.compile(r"\bby\s*\(([^)]*)\)")
# A histogram's series, beside its own name.
_SUFFIXES = ("_bucket", "_sum", "_count")
# What Prometheus itself puts on series.
TARGET_LABELS = frozenset({"job", "instance", "namespace", "pod", "service", "le"})


def registered():
    """Types by names."""
    found = {}
    for folder in _SOURCES:
        for file in sorted((ROOT / folder).rglob("*.cc")):
            if not file.name.endswith("_test.cc"):
                found.update({name: kind.lower() for kind, name in _REGISTERED.findall(file.read_text())})
    return found


def documented():
    """Types and labels by names."""
    return {name: (kind, frozenset(re.findall(r"`(\w+)`", labels)))
            for name, kind, labels in _DOCUMENTED.findall(PAGE.read_text())}


def rules():
    """All rules, as they are written."""
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def recorded():
    return {rule["record"] for rule in rules() if "record" in rule}


def dashboards():
    """By file."""
    return {file.name: json.loads(file.read_text()) for file in sorted(DASHBOARDS.glob("*.json"))}


def queries():
    """Pairs of where a query stands and the query."""
    for rule in rules():
        yield f"rule {rule.get('alert') or rule['record']}", rule["expr"]
    for file, dashboard in dashboards().items():
        for panel in dashboard["panels"]:
            for target in panel["targets"]:
                yield f"{file}, {panel['title']}", target["expr"]


def asked(query):
    """Pairs of a metric's name and the labels that its selector names. Histograms go by their own name."""
    without_text = re.sub(r'"[^"]*"', '""', query)
    for name, selector in _NAME.findall(without_text):
        for suffix in _SUFFIXES:
            if name.endswith(suffix) and registered().get(name.removesuffix(suffix)) == "histogram":
                name = name.removesuffix(suffix)
        yield name, frozenset(_LABEL.findall(selector))


def grouped(query):
    """Labels that a query groups by."""
    return {label.strip() for group in _BY.findall(query) for label in group.split(",") if label.strip()}
