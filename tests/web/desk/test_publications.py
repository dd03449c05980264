"""The credit office states the class of a penalty; another person confirms it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories import accounts, penalties
from xinheng.apps.disclosures.models import Statement
from xinheng.apps.records import queries
from xinheng.apps.records.models import Record

LIST = "/desk/publications/"
MINOR = {"what": "minor", "citation": "《示例市裁量基准》第三条"}


@pytest.fixture
def about(city):
    at = timezone.now()
    penalties.adopt(at)
    return penalties.land(decided_on=timezone.localdate(at), at=at)


@pytest.fixture
def address(about):
    return f"{LIST}{about.uscc}/{queries.key_of(Record.objects.get())}"


@pytest.fixture
def other(city):
    account = accounts.credit_office("second-office")
    client = Client()
    accounts.sign_in_verified(client, account, "second-office")
    return client


def is_public(about):
    return bool(
        queries.list_public(organization=str(about.id), on=timezone.localdate())
    )


def text_of(answer):
    assert answer.status_code == 200
    return answer.content.decode()


class TestClass:
    def test_counts_once_another_person_confirmed_it(
        self, office, other, about, address
    ):
        found = text_of(office.get(LIST, {"uscc": about.uscc}))
        stated = text_of(office.post(address, MINOR, follow=True))
        confirming = f"{LIST}statements/{Statement.objects.get().id}"
        before = is_public(about)
        own = office.post(confirming, {"confirmed": "on"})
        done = text_of(other.post(confirming, {"confirmed": "on"}, follow=True))

        assert address in found
        assert confirming in stated
        assert "认定人不能自行确认" in text_of(own)
        assert "已确认" in done
        assert (before, is_public(about)) == (True, False)
        assert "现行规则不公示轻微处罚" in text_of(other.get(address))

    def test_a_trait_counts_at_once(self, office, about, address):
        office.post(address, {"what": "classified", "citation": "《保守国家秘密法》"})

        assert not is_public(about)
        assert "/statements/" not in text_of(office.get(LIST))

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"what": ""}, "what"),
            ({"what": "grave"}, "what"),
            ({"citation": " "}, "citation"),
            ({"citation": "210899199001010012"}, "citation"),
            ({"what": "term"}, "until"),
            ({"what": "term", "until": "4.6.2029"}, "until"),
        ],
    )
    def test_says_at_the_field_what_is_wrong(self, office, address, change, field):
        answer = office.post(address, {**MINOR, **change})

        assert list(answer.context["form"].errors) == [field]
        assert not Statement.objects.exists()

    def test_echoes_no_personal_number(self, office, city):
        page = text_of(office.get(LIST, {"uscc": "210899199001010012"}))

        assert "210899199001010012" not in page

    def test_is_not_there_for_another_record(self, office, about):
        assert office.get(f"{LIST}{about.uscc}/none").status_code == 404
        assert office.get(f"{LIST}statements/99").status_code == 404


class TestUnclassified:
    def test_lists_penalties_whose_class_is_unknown(self, office, city):
        at = timezone.now()
        penalties.adopt(at)
        about = penalties.land(decided_on=timezone.localdate(at), at=at, types="罚款")

        page = text_of(office.get(LIST))

        assert about.uscc in page
        assert "程度未知" in page
