"""A change of a profile: put forward, replayed, adopted by a second person."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from tests.factories import city as cities
from tests.factories import files
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.exchange import (
    batches,
    learned,
    proposal_queries,
    proposals,
    queries,
    replaying,
)
from xinheng.apps.exchange.carriers import opening
from xinheng.apps.exchange.models import Obligation, Proposal, TargetState, Trial
from xinheng.apps.exchange.proposals import ImpossibleError, ProposalRefusedError
from xinheng.apps.exchange.sending import Clock
from xinheng.apps.ledger import queries as ledger
from xinheng.cli import senders
from xinheng.core.exchange.proposing import Fault, wish_of
from xinheng.core.exchange.upper_rules import Telling
from xinheng.core.submissions.reasons import ReasonError

FIRST = Actor("first", sees_all_units=True, may_decide=True)
SECOND = Actor("second", sees_all_units=True, may_decide=True)
CLERK = Actor("clerk", units=frozenset({"U01"}))


def wish(**changes):
    return replace(wish_of(proposals.current("province")), **changes)


def propose(world, reason="平台通知", **changes):
    return proposals.propose(
        actor=FIRST,
        target="province",
        wish=wish(**changes),
        reason=reason,
        at=world.at,
    )


def replay(world, proposal, *, most=3):
    return proposals.replay(
        actor=FIRST, proposal=proposal, most=most, on=world.at.date(), at=world.at
    )


def again(world, *, most=3, profile=None):
    with opening.opened(world.target) as carrier:
        return replaying.replay(
            world.target,
            carrier,
            most=most,
            clock=Clock(lambda: world.at, lambda _: None),
            on=world.at.date(),
            worker="test",
            profile=profile,
        )


def sent_rows():
    return sum(Trial.objects.values_list("rows", flat=True))


class TestBatches:
    def test_are_read_again_from_the_register(self, landed):
        landed.run()
        assert not any("permit_content" in row.values for row in rows())

        (batch,) = batches.list_last("province", most=3, on=landed.at.date())

        assert (batch.kind, len(batch.rows), batch.gone) == ("accepted", 6, 0)
        assert all(row.values["permit_content"] for row in batch.rows)

    def test_count_what_is_not_to_be_told_any_more(self, landed):
        landed.run()
        changed = files.permit_rows(1)
        changed[0]["许可内容"] = "改过的内容"
        cities.hand_in(changed, unit="U01")

        (batch,) = batches.list_last("province", most=3, on=landed.at.date())

        assert (len(batch.rows), batch.gone) == (5, 1)

    def test_are_the_last_ones_alone(self, landed):
        landed.rules(rows=2, telling=Telling.EXPLICIT)
        landed.run()

        found = batches.list_last("province", most=2, on=landed.at.date())

        assert [len(batch.rows) for batch in found] == [2, 2]


def rows():
    return list(Obligation.objects.all())


class TestPropose:
    def test_shows_what_differs_from_what_is_adopted(self, landed):
        landed.rules(rows=2, telling=Telling.EXPLICIT)
        landed.run()

        number = propose(landed, per_minute=30)

        found = proposal_queries.get(number)
        assert [each.key for each in found.changes] == [
            "limits.rows",
            "limits.per_minute",
        ]
        assert found.is_open

    @pytest.mark.parametrize("changes", [{"bytes": 3}, {"rows": 2_000_000}])
    def test_takes_nothing_impossible(self, landed, changes):
        with pytest.raises(ImpossibleError):
            propose(landed, **changes)

    def test_takes_no_change_that_changes_nothing(self, landed):
        with pytest.raises(ProposalRefusedError) as refused:
            propose(landed)
        assert refused.value.fault is Fault.NO_CHANGE

    def test_wants_a_reason_without_a_person(self, landed):
        with pytest.raises(ReasonError):
            propose(landed, reason=cities.PERSONAL_NUMBER, rows=5)

    def test_is_for_the_credit_office(self, landed):
        with pytest.raises(NotAllowedError):
            proposals.propose(
                actor=CLERK,
                target="province",
                wish=wish(rows=5),
                reason="x",
                at=landed.at,
            )


class TestReplay:
    def test_tells_what_the_change_mends(self, landed):
        landed.run()

        done = replay(landed, propose(landed, rows=2, date_format="%Y年%m月%d日"))

        assert (done.before.accepted, done.after.accepted) == (6, 6)
        assert done.before.changes
        assert done.after.changes == ()
        assert sent_rows() == 6

    def test_tells_what_would_be_refused(self, landed):
        long = files.permit_rows(7)[6:]
        long[0]["许可内容"] = "长" * 1_000
        cities.hand_in(long, unit="U01")
        landed.run()

        done = replay(landed, propose(landed, bytes=2_000))

        (refusal,) = done.after.refusals
        assert refusal.code == "R-SIZE"
        assert refusal.batch == Trial.objects.get().package

    def test_keeps_counts_and_nothing_of_the_rows(self, landed):
        landed.run()
        number = propose(landed, rows=2)
        replay(landed, number)

        kept = Proposal.objects.get().replayed
        assert kept["after"]["rows"] == 6
        assert all(type(each) is int for each in kept["after"].values())


class TestAdopt:
    def test_is_the_second_persons(self, landed):
        number = propose(landed, rows=2)
        replay(landed, number)

        with pytest.raises(ProposalRefusedError) as refused:
            proposals.adopt(actor=FIRST, proposal=number, at=landed.at)
        assert refused.value.fault is Fault.SAME_PERSON

        proposals.adopt(actor=SECOND, proposal=number, at=landed.at)
        assert proposals.current("province").limits.rows == 2
        entry = ledger.get_entry(ledger.size() - 1)
        assert entry.kind == "exchange.profile_adopted"

    def test_is_held_to_two_persons_by_the_database(self, landed):
        number = propose(landed, rows=2)
        replay(landed, number)

        with pytest.raises(IntegrityError), transaction.atomic():
            Proposal.objects.update(
                state="ADOPTED", decided_at=landed.at, decided_by="first"
            )

    def test_needs_a_replay(self, landed):
        with pytest.raises(ProposalRefusedError) as refused:
            proposals.adopt(
                actor=SECOND, proposal=propose(landed, rows=2), at=landed.at
            )
        assert refused.value.fault is Fault.NOT_REPLAYED

    def test_is_refused_once_something_was_learned(self, landed):
        number = propose(landed, per_minute=30)
        replay(landed, number)
        landed.rules(rows=2, telling=Telling.EXPLICIT)
        landed.run()

        with pytest.raises(ProposalRefusedError) as refused:
            proposals.adopt(actor=SECOND, proposal=number, at=landed.at)
        assert refused.value.fault is Fault.STALE

    def test_stays_when_what_was_learned_is_taken_back(self, landed):
        number = propose(landed, per_minute=30)
        replay(landed, number)
        proposals.adopt(actor=SECOND, proposal=number, at=landed.at)
        landed.rules(rows=2, telling=Telling.EXPLICIT)
        landed.run()
        assert proposals.current("province").limits.rows == 2

        learned.forget(actor=FIRST, target="province", at=landed.at)

        limits = proposals.current("province").limits
        assert limits.per_minute == 30
        assert limits.rows != 2
        (change,) = queries.list_changes(target="province")
        assert (change.is_undone, change.is_adopted) == (True, False)


class TestAgain:
    def test_sends_nothing_that_is_held(self, landed):
        landed.run()

        done = again(landed)

        assert (done.rows, done.held, done.ran.packages) == (6, 6, 0)
        assert landed.platform.twice == 0

    def test_sends_what_the_target_lost_as_the_register_has_it(self, landed):
        landed.run()
        lost = next(iter(landed.platform.held))
        del landed.platform.held[lost]

        done = again(landed)

        assert (done.held, done.ran.accepted) == (5, 1)
        assert lost in landed.platform.held
        assert queries.list_health(at=landed.at)[0].balance.accepted == 6

    def test_sends_what_was_refused_under_the_proposal_and_keeps_the_profile(
        self, landed
    ):
        landed.rules(mismatch_of=1)
        landed.run()
        landed.rules()
        before = TargetState.objects.get().version

        profile = proposals.wanted_of(Proposal.objects.get(pk=propose(landed, rows=2)))
        done = again(landed, profile=profile)

        assert (done.ran.accepted, done.ran.packages) == (6, 3)
        assert TargetState.objects.get().version == before
        assert proposals.current("province").limits.rows != 2

    def test_is_done_by_the_worker_on_a_persons_word(self, landed, settings, tmp_path):
        landed.run()
        number = propose(landed, rows=2)
        replay(landed, number)
        lost = next(iter(landed.platform.held))
        del landed.platform.held[lost]
        proposals.ask_for_real(actor=FIRST, proposal=number, most=3, at=landed.at)
        file = tmp_path / "targets.toml"
        file.write_text(
            '[[target]]\nname = "province"\nprofile = "province-service"\n'
            f'url = "{landed.server.url}"\n',
            "utf-8",
        )
        settings.TARGETS = str(file)
        assert queries.list_due(names=["province"], at=landed.at) == ("province",)

        senders.Senders(lambda **_: None).work_off()

        found = proposal_queries.get(number)
        assert (found.sent["held"], found.sent["accepted"]) == (5, 1)
        assert not found.is_waiting
