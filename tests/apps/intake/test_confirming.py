"""Columns that a person confirms before the file is checked."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from tests.factories import files
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.intake import confirming, mappings, operations, queries, staging
from xinheng.apps.intake.models import Submission
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.matching import Why
from xinheng.rulebook import catalog

pytestmark = pytest.mark.usefixtures("city")


def renamed(count, **headers):
    names = dict(headers)
    return [
        {names.get(header, header): cell for header, cell in row.items()}
        for row in files.permit_rows(count)
    ]


@pytest.fixture
def wait(clerk, received_at):
    """Hand rows in; the file waits for its columns to be confirmed."""

    def hand_in(rows, **options):
        return operations.receive(
            operations.HandIn(
                clerk,
                "U01",
                "permit",
                "2019-05",
                "permits.csv",
                io.BytesIO(files.as_csv(rows)),
                confirm_by=received_at + confirming.CONFIRM_WITHIN,
                **options,
            ),
            at=received_at,
        )

    return hand_in


@pytest.fixture
def begin(clerk, wait):
    def begun(rows, *, is_asked=False):
        submission = wait(rows)
        waits = confirming.begin(actor=clerk, submission=submission, is_asked=is_asked)
        return submission, waits

    return begun


class TestBegin:
    def test_lets_a_file_with_known_columns_go_on(self, begin, clerk, received_at):
        submission, waits = begin(files.permit_rows(2))

        assert not waits
        assert operations.process_next(at=received_at).id == submission

    def test_asks_where_a_header_is_unknown(self, begin):
        rows = [row | {"办件编号": "1"} for row in files.permit_rows(2)]

        assert begin(rows)[1]

    def test_asks_where_a_required_column_is_missing(self, begin):
        rows = files.permit_rows(2)
        for row in rows:
            del row["许可机关"]

        assert begin(rows)[1]

    def test_asks_where_a_person_wants_to_look(self, begin):
        assert begin(files.permit_rows(2), is_asked=True)[1]

    def test_leaves_a_large_file_alone_unless_asked(self, begin, monkeypatch):
        monkeypatch.setattr(confirming, "MOST_BYTES", 10)
        rows = renamed(2, 许可机关="发证的机关")

        assert not begin(rows)[1]
        assert begin(rows, is_asked=True)[1]

    def test_leaves_a_file_that_cannot_be_read_to_the_worker(
        self, begin, clerk, wait, received_at
    ):
        submission = operations.receive(
            operations.HandIn(
                clerk,
                "U01",
                "permit",
                None,
                "a.csv",
                io.BytesIO(b""),
                confirm_by=received_at + timedelta(hours=1),
            ),
            at=received_at,
        )

        assert not confirming.begin(actor=clerk, submission=submission, is_asked=True)
        assert operations.process_next(at=received_at).state == "REFUSED"


class TestWaiting:
    def test_is_taken_by_no_worker(self, begin, received_at):
        submission, _ = begin(renamed(2, 许可机关="发证的机关"))

        assert operations.process_next(at=received_at) is None
        assert operations.process(submission=submission, at=received_at).counts is None
        assert operations.sweep() == 0
        assert staging.directory(Submission.objects.get().id).is_dir()

    def test_expires_and_is_wiped(self, begin, clerk, received_at):
        submission, _ = begin(renamed(2, 许可机关="发证的机关"))
        late = received_at + confirming.CONFIRM_WITHIN

        operations.process_next(at=late)

        ended = queries.get_submission(actor=clerk, submission=submission)
        assert (ended.state, ended.error_code) == ("REFUSED", "NOT_CONFIRMED")
        assert not staging.directory(Submission.objects.get().id).exists()

    def test_is_shown_only_to_its_unit(self, begin, received_at):
        from tests.factories.city import clerk_of

        submission, _ = begin(renamed(2, 许可机关="发证的机关"))

        with pytest.raises(queries.UnknownSubmissionError):
            confirming.look(actor=clerk_of("U02"), submission=submission)


class TestConfirm:
    def test_reads_the_column_as_it_was_chosen(self, begin, clerk, received_at):
        submission, _ = begin(renamed(3, 许可机关="发证的机关"))
        shown = confirming.look(actor=clerk, submission=submission)
        assert shown.missing == ("authority_name",)

        confirming.confirm(
            actor=clerk,
            submission=submission,
            chosen={"发证的机关": "authority_name"},
            at=received_at,
        )

        done = operations.process_next(at=received_at)
        assert (done.verdict.new, done.verdict.rejected) == (3, 0)
        assert done.chosen_columns == {"发证的机关": "authority_name"}

    def test_is_remembered_for_the_next_file(self, begin, clerk, received_at):
        submission, _ = begin(renamed(3, 许可机关="发证的机关"))
        confirming.confirm(
            actor=clerk,
            submission=submission,
            chosen={"发证的机关": "authority_name"},
            at=received_at,
        )

        _, waits = begin(renamed(3, 许可机关=" 发证的机关（必填）"))

        assert not waits
        operations.process_next(at=received_at)
        assert operations.process_next(at=received_at).verdict.unchanged == 3

    def test_refuses_columns_that_cannot_be(self, begin, clerk, received_at):
        submission, _ = begin(renamed(2, 许可机关="发证的机关"))

        with pytest.raises(UnreadableFileError):
            confirming.confirm(
                actor=clerk,
                submission=submission,
                chosen={"发证的机关": "decision_no"},
                at=received_at,
            )

        assert Submission.objects.get().confirm_by is not None
        assert not mappings.list_remembered(actor=clerk, unit="U01", dataset="permit")

    def test_can_be_said_once(self, begin, clerk, received_at):
        submission, _ = begin(renamed(2, 许可机关="发证的机关"))
        chosen = {"发证的机关": "authority_name"}
        confirming.confirm(
            actor=clerk, submission=submission, chosen=chosen, at=received_at
        )

        with pytest.raises(confirming.NotWaitingError):
            confirming.confirm(
                actor=clerk, submission=submission, chosen=chosen, at=received_at
            )


class TestCancel:
    def test_ends_and_wipes(self, begin, clerk, received_at):
        submission, _ = begin(files.permit_rows(1))

        confirming.cancel(actor=clerk, submission=submission, at=received_at)

        ended = queries.get_submission(actor=clerk, submission=submission)
        assert (ended.state, ended.error_code) == ("REFUSED", "CANCELLED")
        assert staging.list_directories() == []

    def test_comes_too_late_for_a_worker(self, begin, clerk, received_at):
        submission, _ = begin(files.permit_rows(1))

        with (
            staging.hold(Submission.objects.get().id),
            pytest.raises(confirming.NotWaitingError),
        ):
            confirming.cancel(actor=clerk, submission=submission, at=received_at)


class TestRemembered:
    def test_can_be_forgotten_by_its_unit_only(self, clerk, received_at):
        from tests.factories.city import clerk_of

        mappings.remember(
            actor=clerk,
            unit="U01",
            dataset="permit",
            chosen={"甲": "decision_no", "乙": "", "——": "decision_no", "丙" * 201: ""},
            at=received_at,
        )
        kept = mappings.list_remembered(actor=clerk, unit="U01", dataset="permit")
        assert [(each.header, each.field) for each in kept] == [
            ("乙", ""),
            ("甲", "decision_no"),
        ]

        with pytest.raises(NotAllowedError):
            mappings.forget(actor=clerk_of("U02"), unit="U01", dataset="permit")
        assert mappings.forget(actor=clerk, unit="U01", dataset="permit") == 2

    def test_names_no_field_that_the_dataset_no_longer_has(self, clerk, received_at):
        mappings.remember(
            actor=clerk,
            unit="U01",
            dataset="permit",
            chosen={"甲": "gone", "乙": "decision_no"},
            at=received_at,
        )
        permit = catalog.dataset("permit")

        known = mappings.remembered(unit="U01", dataset=permit)

        assert known == {"乙": "decision_no"}

    def test_is_told_as_such(self, begin, clerk, received_at):
        mappings.remember(
            actor=clerk,
            unit="U01",
            dataset="permit",
            chosen={"发证的机关": "authority_name"},
            at=received_at,
        )
        submission, _ = begin(renamed(1, 许可机关="发证的机关"), is_asked=True)

        shown = confirming.look(actor=clerk, submission=submission)

        assert Why.REMEMBERED in {column.why for column in shown.columns}
