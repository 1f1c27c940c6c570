"""Metrics: the code, its page, the rules and the dashboards know the same names."""

import re
import unittest

import metric_names

_RUNBOOK = (metric_names.ROOT / "docs/runbook.md").read_text()


class Metrics(unittest.TestCase):
    def test_each_registered_metric_is_documented_with_its_type_and_each_documented_one_is_registered(self):
        documented = {name: kind for name, (kind, _) in metric_names.documented().items()}
        self.assertEqual(documented, metric_names.registered())

    def test_a_page_that_is_read_is_not_empty(self):
        self.assertGreater(len(metric_names.registered()), 20)
        self.assertGreater(len(list(metric_names.queries())), 60)

    def test_rules_and_dashboards_ask_for_metrics_that_exist_by_labels_they_have(self):
        labels = {name: labels for name, (_, labels) in metric_names.documented().items()}
        labels |= {name: metric_names.TARGET_LABELS for name in metric_names.recorded()}
        labels |= {"up": frozenset(), "ALERTS": frozenset({"alertname", "alertstate", "severity"})}
        for where, query in metric_names.queries():
            with self.subTest(where):
                known = set(metric_names.TARGET_LABELS)
                asked = list(metric_names.asked(query))
                self.assertTrue(asked, "asks for nothing")
                for name, selected in asked:
                    self.assertIn(name, labels)
                    self.assertLessEqual(selected, labels[name] | metric_names.TARGET_LABELS, name)
                    known |= labels[name]
                self.assertLessEqual(metric_names.grouped(query), known)

    def test_a_name_or_label_that_does_not_exist_is_seen(self):
        query = 'sum by (le, zone) (rate(mesh_tool_calls_totals{tool=~"a|mesh_b", zone="c"}[5m])) / mesh:x:y'
        self.assertEqual(list(metric_names.asked(query)),
                         [("mesh_tool_calls_totals", {"tool", "zone"}), ("mesh:x:y", frozenset())])
        self.assertEqual(metric_names.grouped(query), {"le", "zone"})
        self.assertEqual(list(metric_names.asked("rate(mesh_tool_call_duration_seconds_bucket[5m])")),
                         [("mesh_tool_call_duration_seconds", frozenset())])


class Alerts(unittest.TestCase):
    def alerts(self):
        return [rule for rule in metric_names.rules() if "alert" in rule]

    def test_each_alert_has_a_section_in_the_runbook_and_each_section_an_alert(self):
        sections = set(re.findall(r"^### (Mesh\w+)$", _RUNBOOK, re.MULTILINE))
        self.assertEqual(sections, {alert["alert"] for alert in self.alerts()})

    def test_each_alert_says_how_bad_it_is_and_links_its_own_section(self):
        for alert in self.alerts():
            with self.subTest(alert["alert"]):
                self.assertIn(alert["labels"]["severity"], ("critical", "warning"))
                self.assertTrue(alert["annotations"]["summary"])
                self.assertEqual(alert["annotations"]["runbook_url"], f"docs/runbook.md#{alert['alert'].lower()}")


class Dashboards(unittest.TestCase):
    def test_each_can_be_loaded_by_grafana(self):
        dashboards = metric_names.dashboards()
        self.assertEqual(set(dashboards), {"overview.json", "zoho.json", "clients.json", "on_call.json"})
        self.assertEqual(len({dashboard["uid"] for dashboard in dashboards.values()}), len(dashboards))
        for file, dashboard in dashboards.items():
            with self.subTest(file):
                self.assertEqual(len({panel["id"] for panel in dashboard["panels"]}), len(dashboard["panels"]))
                variables = {variable["name"] for variable in dashboard["templating"]["list"]}
                self.assertEqual(variables, {"datasource", "namespace"})
                for panel in dashboard["panels"]:
                    place = panel["gridPos"]
                    self.assertLessEqual(place["x"] + place["w"], 24, panel["title"])
                    self.assertEqual(panel["datasource"]["uid"], "${datasource}", panel["title"])
                    for target in panel["targets"]:
                        self.assertIn("$namespace", target["expr"], panel["title"])

    def test_panels_do_not_cover_each_other(self):
        for file, dashboard in metric_names.dashboards().items():
            taken = set()
            for panel in dashboard["panels"]:
                place = panel["gridPos"]
                cells = {(x, y) for x in range(place["x"], place["x"] + place["w"])
                         for y in range(place["y"], place["y"] + place["h"])}
                self.assertFalse(taken & cells, f"{file}: {panel['title']}")
                taken |= cells


if __name__ == "__main__":
    unittest.main()
