"""Deciding on rows kept aside: once, by name, never by whoever handed them in."""

from __future__ import annotations

import json

import pytest
from django.db import IntegrityError, transaction

from tests.factories import files
from tests.factories.waiting import (
    AT,
    LATER,
    OFFICE,
    clerk_of,
    misnamed,
    of_stranger,
    submit,
)
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.intake import deciding, queries
from xinheng.apps.intake.deciding import Choice, UndecidableError
from xinheng.apps.intake.models import HeldRow, Submission
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.ledger import receipts
from xinheng.apps.ledger.models import Entry
from xinheng.apps.outbox.models import Delivery
from xinheng.apps.records.models import Record
from xinheng.core.submissions.reasons import ReasonError

pytestmark = pytest.mark.usefixtures("city")

REASON = "已与登记机关核对"
PERSONAL_NUMBER = "210899199001010012"


def choice(*rows: HeldRow, actor: Actor = OFFICE, reason: str = REASON) -> Choice:
    return Choice([row.id for row in rows], actor, reason)


def kept(**wanted: object) -> list[HeldRow]:
    return list(HeldRow.objects.filter(**wanted).order_by("id"))


@pytest.fixture
def misnamed_rows(received_at):
    """Two rows in question and one that landed, of one submission."""
    rows = files.permit_rows(3)
    done = submit([misnamed(rows[0]), rows[1], misnamed(rows[2])])
    assert (done.verdict.new, done.verdict.questionable) == (1, 2)
    return kept()


class TestAccept:
    def test_lands_the_rows_as_a_release_of_their_own(self, misnamed_rows):
        [identifier] = deciding.accept(choice(*misnamed_rows), at=LATER)

        release = Submission.objects.get(id=identifier)
        assert (release.origin, release.rows_read, release.new) == ("RELEASE", 2, 2)
        assert release.submitted_by == "office"
        landed = Record.objects.filter(submission_id=identifier)
        assert sorted(landed.values_list("row_number", "source_unit_id", "period")) == [
            (1, "U01", "2019-05"),
            (3, "U01", "2019-05"),
        ]
        assert all(each.organization_id for each in landed)
        rows = kept()
        assert {str(row.closed_by_id) for row in rows} == {identifier}
        assert {(r.decision, r.decided_by, r.decision_reason) for r in rows} == {
            ("ACCEPTED", "office", REASON)
        }

    def test_leaves_the_first_submission_its_counts(self, misnamed_rows):
        original = misnamed_rows[0].submission_id
        before = Submission.objects.filter(id=original).values().get()

        deciding.accept(choice(*misnamed_rows), at=LATER)

        assert Submission.objects.filter(id=original).values().get() == before

    def test_is_in_the_ledger_with_the_rows_it_came_from(self, misnamed_rows):
        [identifier] = deciding.accept(choice(*misnamed_rows), at=LATER)

        entry = Entry.objects.get(kind="submission.released")
        body = json.loads(entry.body)
        assert (entry.subject, entry.actor) == (f"submission:{identifier}", "office")
        assert body["released_from"] == str(misnamed_rows[0].submission_id)
        assert (body["rows"], body["reason"]) == ("1,3", REASON)
        assert body["counts"]["rows_read"] == 2
        receipt = queries.receipt(actor=OFFICE, submission=identifier)
        assert receipts.verify(receipt) == ()
        assert ledger.verify().problems == ()
        assert Delivery.objects.filter(topic="submission.released").count() == 1

    def test_makes_one_release_for_each_submission(self, misnamed_rows):
        submit([misnamed(files.permit_rows(4)[3])], unit="U02")

        releases = deciding.accept(choice(*kept()), at=LATER)

        assert len(releases) == 2
        units = Submission.objects.filter(id__in=releases).values_list("unit_id")
        assert sorted(units) == [("U01",), ("U02",)]

    def test_supersedes_what_the_unit_reported_before(self, received_at):
        rows = files.permit_rows(1)
        submit(rows)
        submit([misnamed(rows[0])])

        [identifier] = deciding.accept(choice(*kept()), at=LATER)

        assert Submission.objects.get(id=identifier).changed == 1
        current = Record.objects.get(superseded_at__isnull=True)
        assert str(current.submission_id) == identifier

    def test_refuses_whoever_handed_the_rows_in(self, received_at):
        both = Actor("both", units=frozenset({"U01"}), may_decide=True)
        submit([misnamed(files.permit_rows(1)[0])], actor=both)

        for act in (deciding.accept, deciding.send_back):
            with pytest.raises(NotAllowedError):
                act(choice(*kept(), actor=both), at=LATER)

        assert kept()[0].decision == ""

    @pytest.mark.parametrize(
        "actor",
        [
            clerk_of("U01"),
            Actor("admin", sees_all_units=True, may_administer=True),
            Actor("service-key:1", units=frozenset({"U01"})),
        ],
    )
    def test_refuses_who_is_not_of_the_credit_office(self, misnamed_rows, actor):
        for act in (deciding.accept, deciding.send_back):
            with pytest.raises(NotAllowedError):
                act(choice(*misnamed_rows, actor=actor), at=LATER)

        assert not Record.objects.filter(row_number=1).exists()

    @pytest.mark.parametrize("act", [deciding.accept, deciding.send_back])
    def test_decides_a_row_once(self, misnamed_rows, act):
        act(choice(*misnamed_rows), at=LATER)
        size = ledger.size()

        for again in (deciding.accept, deciding.send_back):
            with pytest.raises(UndecidableError) as refused:
                again(choice(*misnamed_rows), at=LATER)
            assert refused.value.code == deciding.NOT_OPEN

        assert ledger.size() == size

    def test_decides_all_rows_or_none(self, misnamed_rows):
        deciding.send_back(choice(misnamed_rows[0]), at=LATER)

        with pytest.raises(UndecidableError):
            deciding.accept(choice(*misnamed_rows), at=LATER)

        assert kept(decision="ACCEPTED") == []
        assert Submission.objects.filter(origin="RELEASE").count() == 0

    @pytest.mark.parametrize(
        "reason", ["", "  ", "长" * 501, f"证件号码{PERSONAL_NUMBER}"]
    )
    def test_keeps_no_reason_that_says_nothing_or_too_much(self, misnamed_rows, reason):
        with pytest.raises(ReasonError) as refused:
            choice(*misnamed_rows, reason=reason)

        assert PERSONAL_NUMBER not in str(refused.value)

    @pytest.mark.parametrize("rows", [[], [10**9], range(1, deciding.MOST_ROWS + 2)])
    def test_refuses_rows_that_are_none_or_too_many(self, misnamed_rows, rows):
        with pytest.raises(UndecidableError):
            deciding.accept(Choice(rows, OFFICE, REASON), at=LATER)

    def test_does_not_land_what_waits_for_its_organization(self, received_at):
        submit([of_stranger(files.permit_rows(1)[0])])

        with pytest.raises(UndecidableError) as refused:
            deciding.accept(choice(*kept(reason="unlinked")), at=LATER)

        assert refused.value.code == deciding.NOT_OPEN

    def test_waits_for_the_organization_of_a_row_in_question(self, received_at):
        """A question comes before the missing organization; both must be answered."""
        row = of_stranger(files.permit_rows(1)[0])
        submit([{**row, "备注": "编号 110108000000016"}])
        [held] = kept(reason="questionable")

        with pytest.raises(UndecidableError) as refused:
            deciding.accept(choice(held), at=LATER)

        assert refused.value.code == deciding.UNKNOWN_ORGANIZATION


class TestTakeOver:
    @pytest.fixture
    def foreign(self, received_at):
        """A row of U02 whose record is U01's."""
        rows = files.permit_rows(1)
        submit(rows)
        submit([{**rows[0], "许可内容": "另一单位的说法"}], unit="U02")
        return kept()[0]

    def test_is_not_done_by_accepting(self, foreign):
        with pytest.raises(UndecidableError) as refused:
            deciding.accept(choice(foreign), at=LATER)

        assert refused.value.code == deciding.OTHER_UNIT
        assert Record.objects.get().source_unit_id == "U01"

    def test_names_the_new_unit_and_keeps_the_old_version(self, foreign):
        [identifier] = deciding.take_over(
            row=foreign.id, actor=OFFICE, reason=REASON, at=LATER
        )

        old, new = Record.objects.order_by("id")
        assert (old.source_unit_id, old.superseded_at) == ("U01", LATER)
        assert str(old.superseded_by_id) == identifier
        assert (new.source_unit_id, new.superseded_at) == ("U02", None)
        body = json.loads(Entry.objects.get(kind="submission.released").body)
        assert body["taken_over"] == 1

    def test_of_nothing_is_just_accepting(self, misnamed_rows):
        deciding.take_over(
            row=misnamed_rows[0].id, actor=OFFICE, reason=REASON, at=LATER
        )

        body = json.loads(Entry.objects.get(kind="submission.released").body)
        assert body["taken_over"] == 0


class TestSendBack:
    def test_closes_nothing_and_leaves_the_row_to_the_unit(self, misnamed_rows):
        deciding.send_back(choice(*misnamed_rows), at=LATER)

        assert {(r.decision, r.closed_by_id) for r in kept()} == {("REJECTED", None)}
        entry = Entry.objects.get(kind="submission.sent_back")
        assert json.loads(entry.body) == {"rows": "1,3", "reason": REASON}
        assert Record.objects.count() == 1

    def test_is_over_once_the_unit_brings_the_key_again(self, misnamed_rows):
        deciding.send_back(choice(*misnamed_rows), at=LATER)

        mended = submit(files.permit_rows(3), at=LATER)

        assert mended.verdict.new == 2
        assert {str(row.closed_by_id) for row in kept()} == {mended.id}

    def test_takes_rows_that_wait_for_their_organization_too(self, received_at):
        submit([of_stranger(files.permit_rows(1)[0])])

        deciding.send_back(choice(*kept()), at=LATER)

        assert kept()[0].decision == "REJECTED"


class TestAskRegister:
    @pytest.fixture
    def waiting(self, received_at):
        rows = files.permit_rows(2)
        submit([of_stranger(row, n) for n, row in enumerate(rows)])
        return kept()

    @pytest.mark.parametrize("actor", [clerk_of("U01"), OFFICE])
    def test_names_who_asked_and_when(self, waiting, actor):
        asked = deciding.ask_register(
            rows=[row.id for row in waiting], actor=actor, at=LATER
        )

        assert asked == 2
        assert {(row.asked_by, row.asked_at) for row in kept()} == {
            (actor.account_id, LATER)
        }
        assert Entry.objects.filter(kind="register.asked").count() == 1

    def test_asks_once(self, waiting):
        deciding.ask_register(rows=[waiting[0].id], actor=OFFICE, at=AT)

        again = deciding.ask_register(
            rows=[row.id for row in waiting], actor=OFFICE, at=LATER
        )

        assert again == 1
        assert kept()[0].asked_at == AT

    @pytest.mark.parametrize(
        "actor", [clerk_of("U02"), Actor("admin", may_administer=True)]
    )
    def test_is_not_for_other_units(self, waiting, actor):
        with pytest.raises(NotAllowedError):
            deciding.ask_register(rows=[waiting[0].id], actor=actor, at=LATER)

    def test_is_not_for_rows_in_question(self, misnamed_rows):
        with pytest.raises(UndecidableError):
            deciding.ask_register(rows=[misnamed_rows[0].id], actor=OFFICE, at=LATER)


class TestHeldRow:
    @pytest.mark.parametrize(
        "change",
        [
            {"decision": "ACCEPTED"},
            {"decision": "REJECTED", "decided_by": "x"},
            {"asked_by": "x"},
            {"asked_at": LATER},
        ],
    )
    def test_is_decided_and_asked_about_by_somebody_only(self, misnamed_rows, change):
        with pytest.raises(IntegrityError), transaction.atomic():
            HeldRow.objects.update(**change)
