"""From the register to the platform and back: over HTTP, settled, in balance."""

from __future__ import annotations

import json

import pytest

from tests.factories import city as cities
from tests.factories import files
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.exchange import feeding, learned, operations, queries, sending
from xinheng.apps.exchange.carriers import opening
from xinheng.apps.exchange.carriers.carrier import CarrierError
from xinheng.apps.exchange.models import Obligation, TargetState, Trial
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.outbox.models import Delivery
from xinheng.core.exchange.upper_rules import DAY, Telling

OFFICE = Actor("office", sees_all_units=True, may_decide=True)


def health(world):
    return queries.list_health(at=world.at)[0]


def states():
    return sorted(Obligation.objects.values_list("state", flat=True))


class TestFeed:
    def test_owes_every_record_once(self, landed):
        assert landed.feed() == 6
        assert landed.feed() == 0
        assert health(landed).balance.due == health(landed).balance.open == 6

    def test_owes_nothing_of_another_region(self, landed):
        elsewhere = sending.Target(
            name="province",
            profile="province-service",
            url=landed.server.url,
            divisions=("9999",),
        )

        assert feeding.feed(elsewhere, on=landed.at.date(), at=landed.at) == 0

    def test_overtakes_what_did_not_leave(self, landed):
        landed.feed()
        changed = files.permit_rows(1)
        changed[0]["许可内容"] = "改过的内容"
        cities.hand_in(changed, unit="U01")

        assert landed.feed() == 1
        assert health(landed).balance.due == 6
        assert health(landed).balance.withdrawn == 1


class TestRun:
    def test_tells_everything_once_and_enters_it(self, landed):
        ran = landed.run()

        assert (ran.accepted, ran.refused, ran.stopped) == (6, 0, "")
        assert len(landed.platform.held) == 6
        assert health(landed).balance.accepted == health(landed).balance.due == 6
        assert landed.run().packages == 0
        entry = ledger.get_entry(ledger.size() - 1)
        assert (entry.kind, entry.subject) == ("exchange.ran", "target:province")

    def test_keeps_nothing_of_the_content_once_it_is_settled(self, landed):
        landed.run()

        kept = set().union(*(row.values for row in Obligation.objects.all()))
        assert kept <= {"authority_uscc", "decision_no", "uscc"}

    def test_sends_a_correction_as_the_same_record(self, landed):
        landed.run()
        changed = files.permit_rows(1)
        changed[0]["许可内容"] = "改过的内容"
        cities.hand_in(changed, unit="U01")

        ran = landed.run(hours=1)

        assert (ran.accepted, len(landed.platform.held)) == (1, 6)
        assert landed.platform.twice == 0

    def test_tells_the_unit_what_was_refused(self, landed):
        landed.rules(mismatch_of=1)

        ran = landed.run()

        assert ran.refused == 6
        told = queries.list_unresolved(actor=Actor("c", units=frozenset({"U01"})))
        assert {each.code for each in told.items} == {"1001"}
        assert not queries.list_unresolved(
            actor=Actor("c", units=frozenset({"U02"}))
        ).items
        message = Delivery.objects.filter(topic="exchange.refused").first()
        assert json.loads(message.payload)["units"] == ["U01"]

    def test_sends_a_refused_row_again_when_the_office_says_so(self, landed):
        landed.rules(mismatch_of=1)
        landed.run()
        landed.rules()
        first = Obligation.objects.first()

        operations.send_again(actor=OFFICE, obligation=first.pk, at=landed.at)

        assert landed.run(hours=1).accepted == 1
        with pytest.raises(operations.NotRefusedError):
            operations.send_again(actor=OFFICE, obligation=first.pk, at=landed.at)

    def test_keeps_what_it_learned_and_shows_it(self, landed):
        landed.rules(rows=2, date_format="%Y%m%d", telling=Telling.EXPLICIT)

        landed.run()

        shown = queries.list_changes(target="province")
        assert {each.key for each in shown} == {"limits.rows", "date_format"}
        state = TargetState.objects.get()
        assert learned.profile_of(landed.target, state).limits.rows == 2
        assert learned.forget(actor=OFFICE, target="province", at=landed.at) == 2
        state.refresh_from_db()
        assert learned.profile_of(landed.target, state) == landed.target.base

    def test_waits_for_feedback_and_sends_nothing_meanwhile(self, landed):
        landed.rules(late_seconds=3 * DAY)

        assert landed.run().waiting == 6
        assert landed.run(days=1).packages == 0
        assert landed.run(days=3).accepted == 6
        assert landed.platform.packages == 1

    def test_logs_every_trial_with_its_version_and_answer(self, landed):
        landed.rules(rows=3, telling=Telling.EXPLICIT)

        landed.run()

        log = queries.list_trials().items
        assert [(each.rows, each.kind) for each in log] == [
            (3, "accepted"),
            (3, "accepted"),
            (6, "refused"),
        ]
        assert "3" in log[-1].message


class TestOutages:
    def test_leave_everything_open_and_nothing_twice(self, landed):
        landed.server.shared.deliver = lambda *_, **__: None

        assert landed.run().accepted == 0
        assert health(landed).last_error
        del landed.server.shared.deliver

        assert landed.run(days=7).accepted == 6
        assert landed.platform.twice == 0

    def test_a_process_that_died_in_between_is_taken_up_again(self, landed):
        landed.run()
        Obligation.objects.update(state="SENT", settled_at=None)

        ran = landed.run(hours=1)

        assert (ran.accepted, ran.packages, landed.platform.packages) == (6, 0, 1)

    def test_a_second_process_waits(self, landed):
        landed.feed()
        TargetState.objects.update(leased_until=landed.at.replace(year=2030))

        with pytest.raises(sending.BusyError):
            landed.run()

    def test_an_address_inside_is_refused_unless_it_is_allowed(self, landed, settings):
        settings.EXCHANGE_NETWORKS = []

        with pytest.raises(CarrierError) as refused:
            landed.run()

        assert refused.value.code == "ADDRESS_INNER_ADDRESS"
        assert not Trial.objects.exclude(kind="").exists()


class TestCompare:
    def test_finds_what_the_platform_no_longer_holds(self, landed):
        landed.run()
        landed.platform.held.popitem()

        with opening.opened(landed.target) as carrier:
            found = operations.compare(target="province", carrier=carrier)

        assert (found.asked, found.missing, found.is_told) == (6, 1, True)
