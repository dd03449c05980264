"""Every page by every role, against a table that was read by hand.

`permission_matrix.toml` has one line for each page, in the order of the names:

    "desk:queues" = "- C O A -"    who is let in: visitor (V), clerk (C), credit office
                                   (O), administrator (A), the agent of an
                                   organization (G); a dash for who is not

Let in means that the page answered by itself, be it with 404 for what is not there; who
is not let in is led to sign in or gets 403. A new page without a line fails. The unit
is the clerk's own, the organization the agent's: what an agent asks about another one
is not there (404), which `test_my.py` shows.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.factories import accounts
from tests.factories import city as cities

TABLE = Path(__file__).with_name("permission_matrix.toml")
ROLES = "VCOAG"
SAMPLES = {
    "unit": "U02",  # the clerk's own
    "dataset": "permit",
    "uscc": cities.an_organization().code,  # the agent's own
    "IntConverter": 999_999,
    "UUIDConverter": "00000000-0000-0000-0000-000000000000",
    "PeriodConverter": "2019-05",
    "CodeConverter": "1-0000-0000-0000-0000",
}


def pages(resolver=None, space=""):
    """Yield name and address of every page of the site, with values that fit."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            if "api" in str(pattern.pattern) or pattern.app_name == "ninja":
                continue
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from pages(pattern, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            values = {
                name: SAMPLES.get(name, SAMPLES.get(type(converter).__name__, "none"))
                for name, converter in pattern.pattern.converters.items()
            }
            yield (
                f"{space}{pattern.name}",
                reverse(f"{space}{pattern.name}", kwargs=values),
            )


def is_let_in(client, address):
    answer = client.get(address)
    led_away = answer.status_code == 302 and answer["Location"].startswith(
        ("/desk/sign-in", "/desk/second-factor")
    )
    return not led_away and answer.status_code != 403


@pytest.fixture
def clients(city):
    accounts.clerk("zhang", unit="U02")
    clerk, office, administrator, agent = Client(), Client(), Client(), Client()
    accounts.sign_in(clerk, "zhang")
    accounts.sign_in_verified(office, accounts.credit_office(), "office")
    accounts.sign_in_verified(administrator, accounts.administrator(), "admin")
    accounts.agent("firm-jia", uscc=SAMPLES["uscc"])
    accounts.sign_in(agent, "firm-jia")
    signed_in = (Client(), clerk, office, administrator, agent)
    return dict(zip(ROLES, signed_in, strict=True))


def table():
    return tomllib.loads(TABLE.read_text("utf-8"))


class TestMatrix:
    def test_has_a_line_for_every_page_and_no_other(self):
        assert set(table()) == {name for name, _ in pages()}

    def test_stands_in_the_order_of_the_names(self):
        assert list(table()) == sorted(table())

    def test_is_what_the_pages_do(self, clients):
        # What signs the client out, or changes its language, is asked last.
        asked = sorted(pages(), key=lambda page: "sign-" in page[0])
        found = {
            name: " ".join(
                role if is_let_in(client, address) else "-"
                for role, client in clients.items()
            )
            for name, address in asked
        }

        assert found == table()
