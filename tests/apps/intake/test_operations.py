"""Handing in: every row one verdict, everything or nothing, the same twice."""

from __future__ import annotations

import io
import uuid
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from tests.factories import files
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.intake import (
    archive,
    landing,
    nil_returns,
    operations,
    queries,
    staging,
)
from xinheng.apps.intake.models import HeldRow, Submission
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.ledger import receipts
from xinheng.apps.organizations import operations as organizations
from xinheng.apps.outbox.models import Delivery
from xinheng.apps.records.models import Record
from xinheng.apps.units.queries import UnknownUnitError
from xinheng.core.catalog.periods import InvalidPeriodError
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.rulebook import samples

pytestmark = pytest.mark.usefixtures("city")

PERSONAL_NUMBER = "210899199001010012"


def hand_in(actor, rows, *, period="2019-05", unit="U01", name="permits.csv"):
    content = rows if isinstance(rows, bytes) else files.as_csv(rows)
    return operations.HandIn(actor, unit, "permit", period, name, io.BytesIO(content))


def counts(view):
    verdict = view.verdict
    return (
        verdict.new,
        verdict.changed,
        verdict.unchanged,
        verdict.rejected,
        verdict.questionable,
        verdict.unlinked,
    )


class TestSubmit:
    def test_takes_valid_rows_and_signs_for_them(self, clerk, received_at):
        done = operations.submit(hand_in(clerk, files.permit_rows(20)), at=received_at)

        assert counts(done) == (20, 0, 0, 0, 0, 0)
        assert Record.objects.filter(period="2019-05").count() == 20
        receipt = queries.receipt(actor=clerk, submission=done.id)
        assert receipts.verify(receipt) == ()
        assert Delivery.objects.filter(topic="submission.completed").count() == 1

    def test_gives_every_row_one_verdict(self, clerk, received_at):
        rows = files.permit_rows(6)
        rows[1]["许可决定日期"] = "2031-01-01"
        rows[2]["行政相对人名称"] = "示例市另一家有限公司"
        stranger = samples.organizations(500, seed=0)[450]
        rows[3]["行政相对人名称"] = stranger.name
        rows[3]["行政相对人代码_1(统一社会信用代码)"] = stranger.code

        done = operations.submit(hand_in(clerk, rows), at=received_at)

        assert counts(done) == (3, 0, 0, 1, 1, 1)
        assert done.findings["DATE_FUTURE"] == 1
        assert done.findings["NAME_MISMATCH"] == 1
        assert done.findings["UNKNOWN_ORGANIZATION"] == 1
        assert set(HeldRow.objects.values_list("row_number", "reason")) == {
            (3, "questionable"),
            (4, "unlinked"),
        }

    def test_finds_the_same_file_unchanged(self, clerk, received_at):
        rows = files.permit_rows(5)
        operations.submit(hand_in(clerk, rows), at=received_at)

        again = operations.submit(
            hand_in(clerk, rows), at=received_at + timedelta(days=1)
        )

        assert counts(again) == (0, 0, 5, 0, 0, 0)
        assert Record.objects.count() == 5

    def test_supersedes_a_corrected_row_and_keeps_its_month(self, clerk, received_at):
        rows = files.permit_rows(2)
        operations.submit(hand_in(clerk, rows), at=received_at)
        rows[0]["许可内容"] = "更正后的许可内容"
        later = received_at + timedelta(days=40)

        done = operations.submit(hand_in(clerk, rows, period="2019-07"), at=later)

        assert counts(done) == (0, 1, 1, 0, 0, 0)
        old, new = Record.objects.filter(row_number=1).order_by("recorded_at")
        assert (old.superseded_at, new.superseded_at) == (later, None)
        assert new.period == "2019-05"

    def test_keeps_aside_what_belongs_to_another_unit(self, clerk, received_at):
        rows = files.permit_rows(3)
        operations.submit(hand_in(clerk, rows), at=received_at)
        other = Actor("clerk-of-u02", units=frozenset({"U02"}))
        rows[0]["许可内容"] = "别的单位的说法"

        done = operations.submit(hand_in(other, rows, unit="U02"), at=received_at)

        assert counts(done) == (0, 0, 0, 0, 3, 0)
        assert done.findings["OTHER_UNIT"] == 3
        assert Record.objects.count() == 3

    def test_lands_a_row_once_its_organization_is_known(
        self, clerk, received_at, tmp_path
    ):
        stranger = samples.organizations(500, seed=0)[450]
        rows = files.permit_rows(1)
        rows[0]["行政相对人名称"] = stranger.name
        rows[0]["行政相对人代码_1(统一社会信用代码)"] = stranger.code
        operations.submit(hand_in(clerk, rows), at=received_at)
        organizations.import_register(
            path=files.write_register(tmp_path / "more.csv", count=500),
            actor="test",
            at=received_at,
        )

        done = operations.submit(hand_in(clerk, rows), at=received_at)

        assert counts(done) == (1, 0, 0, 0, 0, 0)
        assert str(HeldRow.objects.get().closed_by_id) == done.id

    def test_says_the_same_in_a_dry_run_and_stores_nothing(self, clerk, received_at):
        rows = files.permit_rows(4)
        rows[0]["许可决定日期"] = "昨天"
        size = ledger.size()

        dry = operations.submit(hand_in(clerk, rows), at=received_at, dry_run=True)

        assert (Submission.objects.count(), ledger.size()) == (0, size)
        real = operations.submit(hand_in(clerk, rows), at=received_at)
        assert (dry.counts, dry.findings) == (real.counts, real.findings)

    def test_counts_a_row_in_its_own_month_where_none_is_declared(
        self, clerk, received_at
    ):
        rows = files.permit_rows(3)
        rows[0]["许可决定日期"] = "2019-04-30"

        operations.submit(hand_in(clerk, rows, period=None), at=received_at)

        assert list(
            Record.objects.order_by("row_number").values_list("period", flat=True)
        ) == ["2019-04", "2019-05", "2019-05"]

    def test_wipes_staging_whatever_happens(self, clerk, received_at):
        operations.submit(hand_in(clerk, files.permit_rows(1)), at=received_at)
        with pytest.raises(UnreadableFileError):
            operations.submit(hand_in(clerk, b"\x00\x01\x02"), at=received_at)

        assert staging.list_directories() == []
        assert Submission.objects.count() == 1

    def test_refuses_who_does_not_belong_to_the_unit(self, received_at):
        stranger = Actor("clerk-of-u02", units=frozenset({"U02"}))

        with pytest.raises(NotAllowedError):
            operations.submit(hand_in(stranger, files.permit_rows(1)), at=received_at)

    @pytest.mark.parametrize(
        ("change", "error"),
        [
            ({"unit": "没有这个局"}, UnknownUnitError),
            ({"period": "2019-13"}, InvalidPeriodError),
        ],
    )
    def test_refuses_a_wrong_call(self, clerk, received_at, change, error):
        with pytest.raises(error):
            operations.submit(
                hand_in(clerk, files.permit_rows(1), **change), at=received_at
            )


class TestPersonalNumbers:
    def test_are_nowhere_after_a_submission(self, clerk, received_at, tmp_path, capfd):
        rows = files.permit_rows(3)
        rows[1]["备注"] = f"联系人证件号码{PERSONAL_NUMBER}"

        done = operations.submit(hand_in(clerk, rows), at=received_at)

        assert done.verdict.rejected == 1
        assert done.findings["PERSONAL_ID"] == 1
        rejects = queries.rejects_csv(actor=clerk, submission=done.id).decode()
        kept = "".join(map(str, Submission.objects.values_list())) + "".join(
            map(str, Record.objects.values_list("body", "natural_key"))
        )
        logged = capfd.readouterr()
        for text in (rejects, kept, logged.out, logged.err):
            assert PERSONAL_NUMBER not in text
        for path in tmp_path.rglob("*"):
            if path.is_file():
                assert PERSONAL_NUMBER.encode() not in path.read_bytes()

    def test_in_a_file_name_refuse_the_file(self, clerk, received_at):
        named = hand_in(clerk, files.permit_rows(1), name=f"{PERSONAL_NUMBER}.csv")

        for take in (operations.receive, operations.submit):
            with pytest.raises(UnreadableFileError):
                take(named, at=received_at)

        assert Submission.objects.count() == 0


class TestArchivedRows:
    def test_are_those_that_the_register_took(self, clerk, received_at):
        mine = files.permit_rows(4)
        operations.submit(hand_in(clerk, mine[:2]), at=received_at)
        other = Actor("clerk-of-u02", units=frozenset({"U02"}))

        done = operations.submit(hand_in(other, mine, unit="U02"), at=received_at)

        assert counts(done) == (2, 0, 0, 0, 2, 0)
        row = Submission.objects.get(id=done.id)
        kept = pl.read_parquet(archive.path("accepted", row.accepted_digest))
        assert kept["row"].to_list() == [3, 4]
        found = pl.read_parquet(archive.path("findings", row.findings_digest))
        foreign = found.filter(pl.col("rule") == "OTHER_UNIT")
        assert foreign["row"].to_list() == [1, 2]

    def test_are_none_where_none_was_taken(self, clerk, received_at):
        rows = files.permit_rows(1)
        rows[0]["许可决定日期"] = "昨天"

        done = operations.submit(hand_in(clerk, rows), at=received_at)

        assert Submission.objects.get(id=done.id).accepted_digest == ""


class TestHeldRows:
    def test_stay_open_until_their_own_unit_brings_the_key_again(
        self, clerk, received_at
    ):
        rows = files.permit_rows(2)
        rows[0]["行政相对人名称"] = "示例市另一家有限公司"
        operations.submit(hand_in(clerk, rows), at=received_at)
        other = Actor("clerk-of-u02", units=frozenset({"U02"}))

        operations.submit(hand_in(other, rows, unit="U02"), at=received_at)
        still_open = HeldRow.objects.get(submission__unit_id="U01").closed_by_id
        again = operations.submit(hand_in(clerk, rows), at=received_at)

        assert still_open is None
        first, second = HeldRow.objects.filter(submission__unit_id="U01").order_by("id")
        assert (str(first.closed_by_id), second.closed_by_id) == (again.id, None)


class TestMidnight:
    """The evening in UTC is the next day, and may be the next month, in China."""

    EVENING = datetime(2019, 5, 31, 16, 30, tzinfo=UTC)

    def test_counts_a_row_without_a_date_in_the_month_it_came(self, clerk, monkeypatch):
        seen = []
        land = landing.records.land

        def look(batch, *, at):
            seen.append(batch.received_period)
            return land(batch, at=at)

        monkeypatch.setattr(landing.records, "land", look)

        operations.submit(hand_in(clerk, files.permit_rows(1)), at=self.EVENING)

        assert seen == ["2019-06"]

    def test_takes_a_decision_of_that_day(self, clerk):
        rows = files.permit_rows(1)
        rows[0]["许可决定日期"] = "2019-06-01"

        done = operations.submit(hand_in(clerk, rows, period=None), at=self.EVENING)

        assert "DATE_FUTURE" not in done.findings

    def test_lets_a_nil_return_be_filed_for_the_month_that_has_begun(self, clerk):
        filed = nil_returns.file_nil_return(
            actor=clerk,
            unit="U01",
            dataset="permit",
            period="2019-06",
            at=self.EVENING,
        )

        assert filed.period == "2019-06"


class TestProcess:
    def test_takes_who_waited_longest(self, clerk, received_at):
        later = operations.receive(
            hand_in(clerk, files.permit_rows(1)), at=received_at + timedelta(hours=1)
        )
        first = operations.receive(hand_in(clerk, files.permit_rows(1)), at=received_at)

        order = [operations.process_next(at=received_at) for _ in range(2)]

        assert [each.id for each in order if each] == [first, later]

    def test_counts_its_attempts(self, clerk, received_at, monkeypatch):
        operations.receive(hand_in(clerk, files.permit_rows(1)), at=received_at)
        monkeypatch.setattr(landing, "land", lambda *given, **named: 1 / 0)
        for _ in range(operations.MOST_ATTEMPTS):
            with pytest.raises(ZeroDivisionError):
                operations.process_next(at=received_at)

        done = operations.process_next(at=received_at)

        assert done is not None
        assert (done.state, done.error_code) == ("FAILED", "GAVE_UP")

    def test_works_off_what_was_received(self, clerk, received_at):
        identifier = operations.receive(
            hand_in(clerk, files.permit_rows(7)), at=received_at
        )
        waiting = queries.get_submission(actor=clerk, submission=identifier)

        done = operations.process_next(at=received_at)

        assert waiting.state == "RECEIVED"
        assert done is not None
        assert (done.id, done.state) == (identifier, "COMPLETED")
        assert operations.process_next(at=received_at) is None
        assert staging.list_directories() == []

    def test_tells_why_a_file_was_refused(self, clerk, received_at):
        identifier = operations.receive(
            hand_in(clerk, "列甲,列乙\n1,2\n".encode()), at=received_at
        )

        done = operations.process(submission=identifier, at=received_at)

        assert done.state == "REFUSED"
        assert done.error_zh
        assert done.error_en

    def test_is_idempotent(self, clerk, received_at):
        identifier = operations.receive(
            hand_in(clerk, files.permit_rows(2)), at=received_at
        )
        first = operations.process(submission=identifier, at=received_at)

        second = operations.process(submission=identifier, at=received_at)

        assert second == first

    def test_gives_up_after_too_many_deaths(self, clerk, received_at):
        identifier = operations.receive(
            hand_in(clerk, files.permit_rows(2)), at=received_at
        )
        Submission.objects.update(attempts=operations.MOST_ATTEMPTS, state="PROCESSING")

        done = operations.process(submission=identifier, at=received_at)

        assert (done.state, done.error_code) == ("FAILED", "GAVE_UP")

    def test_leaves_alone_what_another_process_holds(self, clerk, received_at):
        identifier = operations.receive(
            hand_in(clerk, files.permit_rows(2)), at=received_at
        )
        with staging.hold(uuid.UUID(identifier)):
            assert operations.process_next(at=received_at) is None


class TestSweep:
    def test_wipes_what_nobody_holds_and_keeps_what_waits(self, clerk, received_at):
        waiting = operations.receive(
            hand_in(clerk, files.permit_rows(1)), at=received_at
        )
        dead = uuid.uuid4()
        with staging.hold(dead):
            staging.write(io.BytesIO(b"left behind"), dead, file_name="x.csv")

        assert operations.sweep() == 1
        assert staging.list_directories() == [uuid.UUID(waiting)]
