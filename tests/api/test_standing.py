"""The look-up over HTTP: keys, matters, the limit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories import standing
from tests.factories.city import an_organization
from xinheng.api import look_up_access
from xinheng.apps.accounts import service_keys
from xinheng.apps.accounts.actors import OPERATOR
from xinheng.apps.accounts.service_keys import Scope
from xinheng.apps.standing.models import LookUp

CODE = an_organization().code
ADDRESS = f"/api/v1/organizations/{CODE}/standing"


@pytest.fixture(autouse=True)
def _direct(monkeypatch):
    standing.without_threads(monkeypatch)
    monkeypatch.setattr(look_up_access, "limiter", look_up_access.Limiter())


@pytest.fixture
def key(city):
    at = timezone.now()
    return service_keys.issue_service_key(
        unit="U25",
        at=at,
        expires_at=at + timedelta(days=1),
        actor=OPERATOR,
        scope=Scope(frozenset({"procurement"}), "评标资格审查"),
    )


@pytest.fixture
def treasury(key):
    return Client(headers={"Authorization": f"Bearer {key.token}"})


def batch(client, **changes):
    asked = {"matter": "procurement", "codes": [CODE]} | changes
    return client.post("/api/v1/standing:batch", asked, content_type="application/json")


class TestStanding:
    def test_answers_and_logs(self, treasury):
        answer = treasury.get(ADDRESS, {"matter": "procurement"})

        assert answer.status_code == 200
        assert answer.json()["state"] == "nothing_found"
        assert LookUp.objects.get().purpose == "评标资格审查"

    def test_adds_the_facts_where_asked_for(self, treasury):
        told = [
            treasury.get(ADDRESS, {"matter": "procurement", **more}).json()["facts"]
            for more in ({}, {"facts": "true"})
        ]

        assert [each["records"] for each in told] == [None, []]

    @pytest.mark.parametrize(
        ("asked", "status", "code"),
        [
            ({"matter": "shopping"}, 404, "UNKNOWN_MATTER"),
            ({"matter": "land"}, 403, "NOT_ALLOWED"),
            ({}, 422, "INVALID_REQUEST"),
            ({"matter": "procurement", "on": "today"}, 422, "INVALID_REQUEST"),
            ({"matter": "procurement", "known_at": 10**9}, 404, "UNKNOWN_LEDGER_SIZE"),
            ({"matter": "procurement", "known_at": "2199-01-01"}, 404, "NOT_KNOWN_YET"),
            ({"matter": "procurement", "known_at": "2019-13-01"}, 422, "TIME"),
            ({"matter": "procurement", "purpose": " "}, 422, "REASON"),
        ],
    )
    def test_refuses_in_so_many_words(self, treasury, asked, status, code):
        answer = treasury.get(ADDRESS, asked)

        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.json()["detail_zh"]

    def test_needs_a_key_that_looks_up(self, machine):
        for client in (Client(), machine):
            assert client.get(ADDRESS, {"matter": "procurement"}).status_code == 401

    def test_ends_with_the_key(self, treasury, key):
        service_keys.revoke_service_key(
            prefix=key.prefix, actor=OPERATOR, at=timezone.now()
        )

        assert treasury.get(ADDRESS, {"matter": "procurement"}).status_code == 401

    def test_slows_down_a_key_that_asks_too_fast(self, treasury, settings):
        settings.LOOK_UPS_PER_SECOND = 1

        statuses = [
            treasury.get(ADDRESS, {"matter": "procurement"}).status_code
            for _ in range(4)
        ]
        assert statuses[:2] == [200, 200]
        assert 429 in statuses


class TestBatch:
    def test_answers_each_code(self, treasury):
        answer = batch(treasury, codes=[CODE, "9121"])

        assert [row["state"] for row in answer.json()["results"]] == [
            "nothing_found",
            "invalid",
        ]

    @pytest.mark.parametrize("codes", [[], ["x"] * 10_001, ["x" * 65]])
    def test_refuses_what_is_no_batch(self, treasury, codes):
        assert batch(treasury, codes=codes).status_code == 422

    def test_refuses_another_matter(self, treasury):
        assert batch(treasury, matter="land").json()["code"] == "NOT_ALLOWED"


class TestKeys:
    def test_that_look_up_hand_nothing_in(self, treasury):
        assert treasury.get("/api/v1/submissions/x").status_code == 401

    @pytest.mark.parametrize(
        ("scope", "reason"),
        [
            (Scope(frozenset(), "x"), "matter"),
            (Scope(frozenset({"shopping"}), "x"), "matter"),
            (Scope(frozenset({"land"}), " "), "purpose"),
        ],
    )
    def test_say_in_what_and_what_for(self, city, scope, reason):
        at = timezone.now()

        with pytest.raises(service_keys.KeyRefusedError) as refused:
            service_keys.issue_service_key(
                unit="U25",
                at=at,
                expires_at=at + timedelta(days=1),
                actor=OPERATOR,
                scope=scope,
            )
        assert refused.value.reason == reason

    def test_keep_their_scope_when_they_are_rotated(self, key):
        at = timezone.now()

        following = service_keys.rotate_service_key(
            prefix=key.prefix, at=at, expires_at=at + timedelta(days=1), actor=OPERATOR
        )
        client = Client(headers={"Authorization": f"Bearer {following.token}"})
        assert client.get(ADDRESS, {"matter": "procurement"}).status_code == 200
        assert client.get(ADDRESS, {"matter": "land"}).status_code == 403
