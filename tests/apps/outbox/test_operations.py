"""The outbox's guarantees: with the commit, at least once, in order, one holder."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from xinheng.apps.outbox import models, operations, queries, retries
from xinheng.apps.outbox.operations import NotDeadError, NotInTransactionError
from xinheng.apps.outbox.queries import UnknownDeliveryError

AT = datetime(2019, 6, 3, 2, 0, tzinfo=UTC)


def queue(subject="submission:1", *, seq=0, topic="submission.completed", **payload):
    with transaction.atomic():
        return operations.queue(
            topic=topic, subject=subject, payload=payload, ledger_seq=seq, at=AT
        )


def claim(worker="w", *, at=AT, **options):
    return operations.claim_due(worker=worker, at=at, **options)


def keys(deliveries):
    return [delivery.key for delivery in deliveries]


def fail_until_dead(key):
    """Let a worker fail as often as it may; return when it was given up."""
    at = AT
    for _ in range(retries.MOST_ATTEMPTS):
        assert keys(claim(at=at)) == [key]
        operations.failed(key=key, worker="w", at=at, reason="503")
        at = queries.get_delivery(key).next_attempt_at
    return at


@pytest.mark.django_db
class TestQueue:
    def test_keeps_the_message_as_it_was_given(self):
        key = queue(seq=4, rows=3, note="示例")

        delivery = queries.get_delivery(key)

        assert delivery.payload == {"rows": 3, "note": "示例"}
        assert (delivery.topic, delivery.subject) == (
            "submission.completed",
            "submission:1",
        )
        assert (delivery.ledger_seq, delivery.state) == (4, "PENDING")
        assert delivery.created_at == delivery.next_attempt_at == AT

    def test_the_same_message_of_the_same_act_is_queued_once(self):
        assert queue(seq=4, rows=3) == queue(seq=4, rows=3)
        assert queries.count_by_state()["PENDING"] == 1

    @pytest.mark.parametrize(
        "other",
        [
            {"subject": "submission:2"},
            {"seq": 5},
            {"topic": "submission.refused"},
            {"rows": 4},
        ],
        ids=["subject", "act", "topic", "payload"],
    )
    def test_another_message_has_another_key(self, other):
        first = {"subject": "submission:1", "seq": 4, "rows": 3}

        assert queue(**first) != queue(**(first | other))

    def test_counts_positions_for_each_subject(self):
        for seq, subject in enumerate(["a", "b", "a", "a"]):
            queue(subject, seq=seq)

        rows = models.Delivery.objects.order_by("id")
        assert [(row.subject, row.subject_position) for row in rows] == [
            ("a", 0),
            ("b", 0),
            ("a", 1),
            ("a", 2),
        ]

    def test_leaves_nothing_where_the_act_is_rolled_back(self):
        with transaction.atomic():
            queue()
            transaction.set_rollback(True)

        assert claim() == ()

    def test_refuses_a_payload_that_can_not_be_reproduced(self):
        with pytest.raises(TypeError, match="float"):
            queue(amount=0.1)


@pytest.mark.django_db(transaction=True)
class TestQueueOutsideATransaction:
    def test_is_refused(self):
        with pytest.raises(NotInTransactionError, match=r"transaction\.atomic"):
            operations.queue(topic="t", subject="s", payload={}, ledger_seq=0, at=AT)


@pytest.mark.django_db
class TestClaimDue:
    def test_takes_the_oldest_first_up_to_the_limit(self):
        queued = [queue(f"s{number}", seq=number) for number in range(5)]

        assert keys(claim(limit=3)) == queued[:3]
        assert keys(claim(limit=3)) == queued[3:]

    def test_takes_nothing_before_it_is_due(self):
        queue()

        assert claim(at=AT - timedelta(seconds=1)) == ()

    def test_a_subject_waits_for_the_delivery_ahead(self):
        first, second = queue("a", seq=0), queue("a", seq=1)
        other = queue("b", seq=2)

        assert keys(claim()) == [first, other]
        assert claim() == ()
        operations.delivered(key=first, at=AT)
        assert keys(claim()) == [second]

    def test_a_subject_waits_while_the_delivery_ahead_is_retried(self):
        first, second = queue("a", seq=0), queue("a", seq=1)
        claim()
        operations.failed(key=first, worker="w", at=AT, reason="503")

        assert claim() == ()
        retry_at = queries.get_delivery(first).next_attempt_at
        assert keys(claim(at=retry_at)) == [first]
        operations.delivered(key=first, at=retry_at)
        assert keys(claim(at=retry_at)) == [second]

    def test_a_subject_goes_on_once_the_delivery_ahead_is_given_up(self):
        first, second = queue("a", seq=0), queue("a", seq=1)
        given_up_at = fail_until_dead(first)

        assert keys(claim(at=given_up_at)) == [second]

    def test_hands_out_again_what_was_never_reported_on(self):
        key = queue()
        claim("crashed", lease_seconds=60)

        assert claim("other", at=AT + timedelta(seconds=59)) == ()
        assert keys(claim("other", at=AT + timedelta(seconds=60))) == [key]

    def test_gives_up_what_stops_every_worker(self):
        key, at = queue(), AT
        for _ in range(retries.MOST_ATTEMPTS):
            assert keys(claim(at=at, lease_seconds=60)) == [key]
            at += timedelta(seconds=60)

        assert claim(at=at) == ()
        dead = queries.list_dead().items
        assert keys(dead) == [key]
        assert "stopped before it reported" in dead[0].last_error

    def test_the_number_of_queries_does_not_grow(self, django_assert_max_num_queries):
        for number in range(30):
            queue(f"s{number}", seq=number)

        # Savepoint, burial, choice, leases, savepoint.
        with django_assert_max_num_queries(5):
            assert len(claim()) == 30


@pytest.mark.django_db
class TestDelivered:
    def test_ends_the_delivery(self):
        key = queue()
        claim()
        operations.delivered(key=key, at=AT + timedelta(seconds=2))

        delivery = queries.get_delivery(key)
        assert delivery.state == "DELIVERED"
        assert delivery.delivered_at == AT + timedelta(seconds=2)
        assert claim(at=AT + timedelta(days=9)) == ()

    def test_a_second_report_changes_nothing(self):
        key = queue()
        claim()
        operations.delivered(key=key, at=AT)
        operations.delivered(key=key, at=AT + timedelta(days=1))
        operations.failed(key=key, worker="w", at=AT, reason="late")

        delivery = queries.get_delivery(key)
        assert (delivery.state, delivery.delivered_at) == ("DELIVERED", AT)

    def test_counts_even_when_the_lease_ran_out(self):
        key = queue()
        claim("slow", lease_seconds=1)
        claim("other", at=AT + timedelta(seconds=1))
        operations.delivered(key=key, at=AT + timedelta(seconds=2))

        assert queries.get_delivery(key).state == "DELIVERED"

    def test_says_which_key_is_unknown(self):
        with pytest.raises(UnknownDeliveryError) as caught:
            operations.delivered(key="none", at=AT)

        assert caught.value.key == "none"


@pytest.mark.django_db
class TestFailed:
    def test_waits_longer_each_time_and_is_then_given_up(self):
        key, at, waits = queue(), AT, []
        for _ in range(retries.MOST_ATTEMPTS):
            claim(at=at)
            operations.failed(key=key, worker="w", at=at, reason="503")
            due_at = queries.get_delivery(key).next_attempt_at
            waits.append((due_at - at).total_seconds())
            at = due_at

        assert tuple(waits[:-1]) == retries.RETRY_AFTER_SECONDS
        assert queries.get_delivery(key).state == "DEAD"
        assert queries.count_by_state() == {"PENDING": 0, "DELIVERED": 0, "DEAD": 1}

    def test_keeps_the_reason_short(self):
        key = queue()
        claim()
        operations.failed(key=key, worker="w", at=AT, reason="x" * 10_000)

        assert len(queries.get_delivery(key).last_error) == operations.LONGEST_ERROR

    def test_a_worker_that_lost_its_lease_is_not_heard(self):
        key = queue()
        claim("slow", lease_seconds=1)
        later = AT + timedelta(seconds=1)
        claim("other", at=later)
        operations.failed(key=key, worker="slow", at=later, reason="timeout")

        row = models.Delivery.objects.get(key=key)
        assert (row.leased_by, row.last_error) == ("other", "")


@pytest.mark.django_db
class TestRequeue:
    def test_tries_a_dead_delivery_again_from_the_start(self):
        key = queue()
        at = fail_until_dead(key)
        operations.requeue(key=key, at=at)

        assert keys(claim(at=at)) == [key]
        assert queries.get_delivery(key).attempts == 1
        assert queries.list_dead().items == ()

    def test_holds_back_what_waits_behind_it(self):
        first, second = queue("a", seq=0), queue("a", seq=1)
        at = fail_until_dead(first)
        operations.requeue(key=first, at=at)

        assert keys(claim(at=at)) == [first]
        operations.delivered(key=first, at=at)
        assert keys(claim(at=at)) == [second]

    def test_refuses_what_was_not_given_up(self):
        key = queue()

        with pytest.raises(NotDeadError):
            operations.requeue(key=key, at=AT)


@pytest.mark.django_db
class TestConstraints:
    @pytest.mark.parametrize(
        "change",
        [
            {"state": "DELIVERED"},
            {"delivered_at": AT},
            {"state": "DEAD", "leased_until": AT},
        ],
    )
    def test_refuse_states_that_contradict_themselves(self, change):
        key = queue()

        with pytest.raises(IntegrityError), transaction.atomic():
            models.Delivery.objects.filter(key=key).update(**change)

    def test_refuse_one_place_for_two_deliveries(self):
        queue("a", seq=0)
        second = queue("a", seq=1)

        with pytest.raises(IntegrityError), transaction.atomic():
            models.Delivery.objects.filter(key=second).update(subject_position=0)
