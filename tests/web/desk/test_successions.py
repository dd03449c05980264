"""Mergers and splits at the desk: proposed by one person, decided by another."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import accounts, files, register
from tests.factories import city as cities
from xinheng.apps.organizations.models import Organization
from xinheng.apps.records.models import Record, Succession


@pytest.fixture
def parties(city):
    """The codes of an organization with permits and of its heir."""
    cities.hand_in(files.permit_rows(3))
    giver = Record.objects.order_by("id").first().organization
    return giver.uscc, register.add("示例市承接有限公司", prefix="91210898")[0]


@pytest.fixture
def second(city):
    account, client = accounts.credit_office("second"), Client()
    accounts.sign_in_verified(client, account, "second")
    return client


def url(page, *arguments):
    return reverse(f"desk:{page}", args=arguments)


def propose(client, giver, heir, **changed):
    answers = {
        "kind": "MERGE",
        "heir": heir,
        "datasets": ["permit"],
        "effective_on": "2019-06-04",
        "evidence": "示例市登记〔2019〕2号",
    }
    return client.post(url("succession-new", giver), answers | changed, follow=True)


def act(client, **answers):
    number = Succession.objects.latest("id").id
    return client.post(url("succession", number), answers, follow=True)


class TestPermissions:
    def test_are_the_credit_offices_alone(self, client, clerk, parties):
        for page in (url("successions"), url("succession-new", parties[0])):
            assert "/desk/sign-in" in client.get(page)["Location"]
            assert clerk.get(page).status_code == 403


class TestPropose:
    def test_begins_with_a_code_of_the_register(self, office, parties):
        found = office.get(url("successions"), {"giver": f" {parties[0].lower()} "})
        assert found["Location"] == url("succession-new", parties[0])

        answer = office.get(url("successions"), {"giver": "无"})
        assert "field-error" in answer.content.decode()

    def test_tells_what_is_wrong_at_its_field(self, office, parties):
        for change, field in (
            ({"heir": parties[0]}, "heir"),
            ({"heir": register.valid_code("91210899", 990)}, "heir"),
            ({"kind": "SPLIT", "datasets": []}, "datasets"),
            ({"effective_on": "2999-01-01"}, "effective_on"),
            ({"evidence": " "}, "evidence"),
        ):
            giver, heir = parties[0], change.pop("heir", parties[1])
            answer = propose(office, giver, heir, **change)
            assert list(answer.context["form"].errors) == [field]
        assert not Succession.objects.exists()


class TestDecide:
    def test_is_for_another_person_and_leads_the_public_on(
        self, client, office, second, parties
    ):
        giver, heir = parties
        page = propose(office, giver, heir)
        assert page.context["is_own"]
        sent = {"choice": "decide", "reason": "已核对"}
        assert act(office, **sent).context["form"].errors

        page = act(second, **sent)

        assert page.context["follows"][0][0] == "permit"
        assert Record.objects.filter(organization__uscc=heir).exists()
        public = client.get(reverse("portal:organization", args=[giver]))
        assert reverse("portal:organization", args=[heir]) in public.content.decode()

    def test_can_be_undone_or_not_be_taken_up(self, office, second, parties):
        propose(office, *parties)
        act(second, choice="decide", reason="已核对")
        act(office, reason="登记机关已更正")
        assert Organization.objects.get(uscc=parties[0]).status == "REGISTERED"

        propose(office, *parties)
        act(second, choice="refuse", reason="依据不足")

        rows = office.get(url("successions")).context["rows"]
        assert [row[0].stage for row in rows] == ["REFUSED", "UNDONE"]
        assert act(office, reason="再来").status_code == 404
