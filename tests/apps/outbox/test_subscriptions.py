"""Subscriptions: one message of the house becomes one delivery for each who asked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import transaction

from xinheng.apps.outbox import operations, queries

AT = datetime(2019, 6, 3, 2, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def subscribe(name, *, topic="", kind="WEBHOOK"):
    operations.subscribe(
        name=name,
        kind=kind,
        address="https://receiver.example/hook",
        topic=topic,
        unit="U01",
        at=AT,
    )


def queue(subject="a", *, seq=0, topic="record.changed"):
    with transaction.atomic():
        return operations.queue(
            topic=topic, subject=subject, payload={"n": seq}, ledger_seq=seq, at=AT
        )


def claim(target):
    return operations.claim_due(worker="w", at=AT, target=target)


class TestSubscribe:
    def test_enters_and_replaces_by_name(self):
        subscribe("hook", topic="record.")
        subscribe("hook", topic="listing.")

        assert [(each.name, each.topic) for each in queries.list_subscriptions()] == [
            ("hook", "listing.")
        ]

    def test_ends_and_begins_again(self):
        subscribe("hook")
        operations.unsubscribe(name="hook", at=AT)
        assert queries.list_subscriptions() == ()

        subscribe("hook")
        assert len(queries.list_subscriptions()) == 1

    def test_refuses_a_kind_that_nobody_can_deliver(self):
        with pytest.raises(ValueError, match="PIGEON"):
            subscribe("hook", kind="PIGEON")


class TestMatches:
    @pytest.mark.parametrize(
        ("topic", "asked", "matches"),
        [
            ("record.changed", "", True),
            ("record.changed", "record.", True),
            ("record.changed", "record.changed", True),
            ("record.changed", "record", False),
            ("record.changed", "record.change", False),
            ("listing.ended", "record.", False),
        ],
    )
    def test_a_topic_is_whole_or_ends_in_a_dot(self, topic, asked, matches):
        view = queries.SubscriptionView("hook", "WEBHOOK", "", asked, "")

        assert view.matches(topic) is matches


class TestFanOut:
    def test_makes_one_delivery_for_each_who_asked(self):
        subscribe("all")
        subscribe("records", topic="record.")
        subscribe("listings", topic="listing.")
        key = queue()

        assert operations.fan_out(key=key, at=AT) == 2
        assert queries.get_delivery(key).state == "DELIVERED"
        assert [each.payload for each in claim("all")] == [{"n": 0}]
        assert [each.payload for each in claim("records")] == [{"n": 0}]
        assert claim("listings") == ()

    def test_a_second_time_makes_none(self):
        subscribe("all")
        key = queue()
        operations.fan_out(key=key, at=AT)

        assert operations.fan_out(key=key, at=AT) == 0

    def test_keeps_the_order_of_a_subject_for_each_target(self):
        subscribe("one")
        subscribe("two")
        queued = [queue(seq=number) for number in range(3)]
        for key in queued:
            operations.fan_out(key=key, at=AT)

        first = claim("one")[0]
        assert first.payload == {"n": 0}
        assert claim("one") == ()
        operations.delivered(key=first.key, at=AT)

        assert [each.payload for each in claim("one")] == [{"n": 1}]
        assert [each.payload for each in claim("two")] == [{"n": 0}]

    def test_a_target_has_its_own_key_for_a_message(self):
        subscribe("one")
        key = queue()
        operations.fan_out(key=key, at=AT)

        assert [each.key for each in claim("one")] == [f"{key}:one"]
