"""A submission is taken back as one act: records, readers and ledger agree about it."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.factories import city as cities
from tests.factories import files
from tests.factories.issues import FIRST, SECOND
from tests.factories.waiting import CODE, misnamed, of_stranger
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.custody import rebuild
from xinheng.apps.intake import deciding, releasing, reversing
from xinheng.apps.intake.models import HeldRow, Reversal, Submission
from xinheng.apps.intake.reversing import By, NotReversibleError
from xinheng.apps.ledger.models import Entry
from xinheng.apps.outbox.models import Delivery
from xinheng.apps.records import changes
from xinheng.apps.records.models import Record
from xinheng.core.changes.cursor import Cursor
from xinheng.core.submissions.reasons import ReasonError

pytestmark = pytest.mark.usefixtures("city")

AT = cities.AT + timedelta(days=1)
CLERK = cities.clerk_of("U02")


def rows(*contents):
    """Return permits, one for each content, the same ones each time."""
    return [
        {**row, "许可内容": text}
        for row, text in zip(files.permit_rows(len(contents)), contents, strict=True)
        if text
    ]


def by(actor, reason="误报他市数据"):
    return By(actor, reason, AT)


def reverse(submission):
    reversing.propose(submission=submission.id, by=by(FIRST))
    return reversing.confirm(submission=submission.id, by=by(SECOND, "已核实"))


def in_force():
    """Return the contents in force, in the order of their keys."""
    found = Record.objects.filter(superseded_at=None).order_by("natural_key")
    return "".join(json.loads(each.body)["permit_content"] for each in found)


def held_by_reader(after=-1):
    """Return what a unit's reader of the feed holds who has read all of it."""
    reader, held = changes.Reader(frozenset({"U02"})), {}
    told = changes.list_changes(after=Cursor(after), reader=reader, on=date(2019, 7, 1))
    assert told.is_end
    for change in told.changes:
        held.pop(change.replaces, None)
        held.pop(change.id, None)
        if change.record:
            held[change.id] = change.record
    return held


class TestConfirm:
    def test_withdraws_what_was_new_and_returns_what_was_changed(self):
        cities.hand_in(rows("甲", "乙"))
        wrong = cities.hand_in(rows("甲", "误", "误"))

        done = reverse(wrong)

        assert (done.withdrawn, done.restored, done.stays) == (1, 1, 0)
        assert in_force() == "甲乙"
        assert len(held_by_reader()) == 2
        assert rebuild.verify().differences == ()

    def test_leads_a_reader_of_the_feed_past_both(self):
        cities.hand_in(rows("甲", "乙"))
        wrong = cities.hand_in(rows("甲", "误", "误"))
        seq = Submission.objects.get(id=wrong.id).ledger_seq
        reverse(wrong)

        reader = changes.Reader(frozenset({"U02"}))
        told = changes.list_changes(
            after=Cursor(seq, 2**30), reader=reader, on=date(2019, 7, 1)
        ).changes

        returned = [each for each in told if each.record]
        assert [each.replaces for each in returned] == [f"{seq}.2"]
        assert [each.id for each in told if not each.record] == [f"{seq}.3"]

    def test_leaves_what_was_corrected_since(self):
        wrong = cities.hand_in(rows("误", "误"))
        cities.hand_in(rows("正"))

        done = reverse(wrong)

        assert (done.withdrawn, done.restored, done.stays) == (1, 0, 1)
        assert in_force() == "正"
        assert rebuild.verify().differences == ()

    def test_never_returns_what_was_taken_back_itself(self):
        cities.hand_in(rows("甲"))
        second = cities.hand_in(rows("误"))
        third = cities.hand_in(rows("差"))

        assert reverse(second).stays == 1
        assert reverse(third).restored == 1

        assert in_force() == "甲"
        assert rebuild.verify().differences == ()

    def test_takes_back_what_it_had_returned_before(self):
        first = cities.hand_in(rows("误"))
        second = cities.hand_in(rows("差"))

        assert reverse(second).restored == 1
        assert reverse(first).withdrawn == 1

        assert in_force() == ""
        assert rebuild.verify().differences == ()

    def test_lets_the_rows_be_handed_in_again(self):
        wrong = cities.hand_in(rows("甲", "乙"))
        reverse(wrong)

        again = cities.hand_in(rows("甲", "乙"))

        assert again.verdict.new == 2
        assert rebuild.verify().differences == ()

    def test_sends_back_what_waits(self):
        first, second = files.permit_rows(2)
        wrong = cities.hand_in([first, of_stranger(second)])
        # From now on the register knows the organization.
        HeldRow.objects.update(subject_code=first[CODE])
        waiting = HeldRow.objects.get()

        done = reverse(wrong)

        assert done.sent_back == 1
        waiting.refresh_from_db()
        assert (waiting.decision, waiting.decided_by) == ("REJECTED", "second")
        assert releasing.release_known(at=AT) == 0

    def test_goes_with_what_was_released_from_it(self):
        wrong = cities.hand_in([*rows("误"), misnamed(files.permit_rows(2)[1])])
        row = HeldRow.objects.get()
        deciding.accept(deciding.Choice([row.id], FIRST, "名称已核对"), at=AT)
        assert Record.objects.filter(superseded_at=None).count() == 2

        done = reverse(wrong)

        assert (done.withdrawn, done.releases) == (2, 1)
        assert in_force() == ""
        assert rebuild.verify().differences == ()

    def test_tells_ledger_and_receivers_in_one_entry(self):
        wrong = cities.hand_in(rows("误"))

        reverse(wrong)

        entry = Entry.objects.latest("seq")
        body = json.loads(entry.body)
        assert (entry.kind, entry.actor) == ("submission.reversed", "second")
        assert body["unit"] == "U02"
        assert body["counts"]["withdrawn"] == 1
        told = Delivery.objects.get(topic="submission.reversed")
        assert told.ledger_seq == entry.seq

    def test_needs_another_person_of_the_credit_office(self):
        wrong = cities.hand_in(rows("误"))
        reversing.propose(submission=wrong.id, by=by(FIRST))

        with pytest.raises(NotReversibleError, match="SAME_PERSON"):
            reversing.confirm(submission=wrong.id, by=by(FIRST))
        with pytest.raises(NotAllowedError):
            reversing.confirm(submission=wrong.id, by=by(CLERK))
        with transaction.atomic(), pytest.raises(IntegrityError):
            Reversal.objects.update(stage="REFUSED", decided_by="first", decided_at=AT)

        assert in_force() == "误"


class TestPropose:
    def test_is_refused_where_it_can_not_be(self):
        wrong = cities.hand_in(rows("误"))
        with pytest.raises(NotAllowedError):
            reversing.propose(submission=wrong.id, by=by(CLERK))
        with pytest.raises(ReasonError):
            reversing.propose(submission=wrong.id, by=by(FIRST, " "))
        with pytest.raises(NotReversibleError, match="NOT_OPEN"):
            reversing.confirm(submission=wrong.id, by=by(SECOND))
        refused = cities.hand_in(b"\x00")
        with pytest.raises(NotReversibleError, match="NOT_COMPLETED"):
            reversing.propose(submission=refused.id, by=by(FIRST))

        reverse(wrong)

        with pytest.raises(NotReversibleError, match="OPEN_ALREADY"):
            reversing.propose(submission=wrong.id, by=by(FIRST))

    def test_can_be_made_anew_after_it_was_refused(self):
        wrong = cities.hand_in(rows("误"))
        reversing.propose(submission=wrong.id, by=by(FIRST))
        reversing.refuse(submission=wrong.id, by=by(SECOND, "数据无误"))

        assert reversing.list_proposed() == ()
        reverse(wrong)

        assert in_force() == ""
        view = reversing.find_reversal(submission=wrong.id, actor=CLERK)
        assert (view.stage, view.withdrawn) == ("DONE", 1)


class TestPreview:
    def test_says_what_confirming_does_and_changes_nothing(self):
        cities.hand_in(rows("甲"))
        wrong = cities.hand_in(rows("误", "误"))

        said = reversing.preview(submission=wrong.id, actor=FIRST)

        assert in_force() == "误误"
        assert reverse(wrong) == said
