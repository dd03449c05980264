"""A submission is taken back at the desk: one person proposes, another confirms."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from django.test import Client
from django.urls import reverse

from tests.factories import accounts, files
from tests.factories import city as cities
from xinheng.apps.records.models import Record
from xinheng.cli.commands import reverse as taking_back


@pytest.fixture
def wrong(city):
    return cities.hand_in(files.permit_rows(2)).id


@pytest.fixture
def second(city):
    account, client = accounts.credit_office("second"), Client()
    accounts.sign_in_verified(client, account, "second")
    return client


def page(submission):
    return reverse("desk:reversal", args=[submission])


def in_force():
    return Record.objects.filter(superseded_at=None).count()


def test_is_proposed_by_one_person_and_confirmed_by_another(
    office, second, clerk, wrong
):
    shown = reverse("desk:submission", args=[wrong])
    assert page(wrong) in office.get(shown).content.decode()
    assert page(wrong) not in clerk.get(shown).content.decode()

    empty = office.post(page(wrong), {"reason": " "})
    assert list(empty.context["form"].errors) == ["reason"]
    office.post(page(wrong), {"reason": "误报"})

    answers = {"choice": "confirm", "reason": "已核实"}
    refused = office.post(page(wrong), answers)
    assert refused.context["form"].non_field_errors()
    assert in_force() == 2
    waiting = second.get(reverse("desk:queues")).content.decode()
    assert page(wrong) in waiting

    second.post(page(wrong), answers)

    assert in_force() == 0
    assert clerk.get(shown).context["reversal"].withdrawn == 2
    assert office.get(page(wrong)).context["form"] is None


def test_may_be_refused(office, second, wrong):
    office.post(page(wrong), {"reason": "误报"})

    second.post(page(wrong), {"choice": "refuse", "reason": "数据无误"})

    shown = office.get(reverse("desk:submission", args=[wrong]))
    assert shown.context["reversal"] is None
    assert in_force() == 2


def test_the_command_line_proposes_it(wrong, monkeypatch):
    monkeypatch.setattr(taking_back, "prepare", lambda *_, **__: None)

    def run(*more):
        called = [wrong, "--reason", "误报", "--json", *more]
        return CliRunner().invoke(taking_back.command, called)

    dry = json.loads(run("--dry-run").stdout)
    assert (dry["withdrawn"], dry["entry"]) == (2, None)
    done = json.loads(run().stdout)
    assert done["confirm_at"] == page(wrong)

    again = run()

    assert again.exit_code == 1
    assert json.loads(again.stdout)["error"]["code"] == "OPEN_ALREADY"
    assert in_force() == 2
