"""Metrics: who may read them, and that alerts ask for what is there."""

from __future__ import annotations

import re

import pytest
import yaml
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from tests.committed import ROOT
from tests.test_docs import anchors
from xinheng.apps.custody import runbooks
from xinheng.core.upkeep.conditions import LIMITS

ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yml"


@pytest.fixture
def named(city: None) -> set[str]:
    """Every metric that the page bears, by the names that a query uses."""
    client = Client()
    client.get("/table/")
    text = client.get("/metrics").content.decode()
    return {
        sample.name
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    } | {family.name for family in text_string_to_metric_families(text)}


class TestPage:
    def test_has_a_figure_for_each_condition(self, named):
        assert set(runbooks.METRIC.values()) <= named
        assert {
            "xinheng_http_requests_total",
            "xinheng_http_request_seconds_bucket",
            "process_resident_memory_bytes",
            "process_open_fds",
        } <= named

    def test_counts_requests_by_route_and_never_by_address(self, city):
        client = Client()
        client.get("/search?q=示例-canary")
        client.get("/no-such-page/canary")
        client.generic("CANARY", "/about/")

        text = client.get("/metrics").content.decode()

        assert 'route="portal:search"' in text
        assert 'method="OTHER"' in text
        assert "canary" not in text.lower()

    @pytest.mark.parametrize(
        ("environ", "code"),
        [
            ({}, 200),
            ({"REMOTE_ADDR": "::1"}, 200),
            ({"REMOTE_ADDR": "203.0.113.7"}, 404),
            ({"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 404),
            ({"HTTP_FORWARDED": "for=127.0.0.1"}, 404),
        ],
    )
    def test_without_a_token_is_for_this_machine(self, city, environ, code):
        assert Client().get("/metrics", **environ).status_code == code

    def test_behind_a_proxy_is_for_nobody_without_a_token(self, city, settings):
        settings.BEHIND_PROXY = True

        assert Client().get("/metrics").status_code == 404

    @pytest.mark.parametrize(
        ("shown", "code"),
        [("Bearer right", 200), ("Bearer wrong", 404), ("right", 404), ("", 404)],
    )
    def test_with_a_token_is_for_whoever_shows_it(self, city, settings, shown, code):
        settings.METRICS_TOKEN = "right"

        answer = Client().get("/metrics", headers={"Authorization": shown})

        assert answer.status_code == code


class TestAlerts:
    def test_are_those_that_the_code_makes(self):
        assert ALERTS.read_text("utf-8") == runbooks.alerts()

    def test_ask_only_for_what_the_page_bears(self, named):
        expressions = " ".join(rule["expr"] for rule in rules())

        asked = set(re.findall(r"\b(?:xinheng|process)_\w+", expressions))
        assert asked
        assert asked <= named
        labelled = set(re.findall(r'condition="(\w+)"', expressions))
        assert labelled == {limit.code for limit in LIMITS}

    def test_lead_to_a_runbook_that_is_there(self):
        for rule in rules():
            page, _, anchor = rule["annotations"]["runbook"].partition("#")
            assert f"#{anchor}" in anchors((ROOT / page).read_text("utf-8")), rule

    def test_have_one_name_each(self):
        names = [rule["alert"] for rule in rules()]

        assert len(names) == len(set(names)) == 2 + 2 * len(LIMITS)


def rules() -> list[dict]:
    read = yaml.safe_load(ALERTS.read_text("utf-8"))
    return [rule for group in read["groups"] for rule in group["rules"]]
