"""Whatever happens in whatever order: every row is in exactly one place.

A row that was read is a version of a record (or was one already), rejected, open, or
closed: decided, released, or brought again. Nothing is lost, nothing is there twice.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.factories import files
from tests.factories.waiting import (
    LATER,
    NAME,
    OFFICE,
    import_strangers,
    misnamed,
    of_stranger,
    submit,
)
from tests.proofs import share
from xinheng.apps.intake import deciding, releasing
from xinheng.apps.intake.deciding import Choice, UndecidableError
from xinheng.apps.intake.models import HeldRow, RejectedKey, Submission
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.organizations.models import Organization
from xinheng.apps.records.models import Landing, Record

UNITS = ("U01", "U02")
ROWS = files.permit_rows(6)
KINDS = ("good", "other", "misnamed", "stranger", "wrong", "renamed")


def row_of(number: int, kind: str) -> dict[str, str]:
    row = ROWS[number]
    return {
        "good": row,
        "other": {**row, "许可内容": "更正后的许可内容"},
        "misnamed": misnamed(row),
        "stranger": of_stranger(row, number),
        "renamed": {**of_stranger(row, number), NAME: "示例市第三家有限公司"},
        "wrong": {**row, "许可决定日期": "2031-01-01"},
    }[kind]


class Register(RuleBasedStateMachine):
    """Clerks, the credit office and the register's import, in any order."""

    @rule(
        unit=st.sampled_from(UNITS),
        chosen=st.dictionaries(
            st.integers(0, len(ROWS) - 1), st.sampled_from(KINDS), min_size=1
        ),
    )
    def hand_in(self, unit: str, chosen: dict[int, str]) -> None:
        done = submit([row_of(n, kind) for n, kind in chosen.items()], unit=unit)
        assert done.verdict.rows_read == len(chosen)

    @rule(
        numbers=st.lists(st.integers(0, len(ROWS) - 1), min_size=1, unique=True),
        renamed=st.booleans(),
    )
    def import_register(self, numbers: list[int], renamed: bool) -> None:
        with TemporaryDirectory() as directory:
            import_strangers(Path(directory), numbers, renamed=renamed)

    @rule()
    def release(self) -> None:
        releasing.release_known(at=LATER)
        assert releasing.release_known(at=LATER) == 0

    @rule(
        act=st.sampled_from([deciding.accept, deciding.send_back]),
        chance=st.randoms(use_true_random=False),
    )
    def decide(self, act: object, chance: object) -> None:
        known = sorted(HeldRow.objects.values_list("id", flat=True))
        if known:
            rows = chance.sample(known, min(len(known), 2))  # type: ignore[attr-defined]
            with suppress(UndecidableError):
                act(Choice(rows, OFFICE, "核对"), at=LATER)  # type: ignore[operator]

    @rule(chance=st.randoms(use_true_random=False))
    def take_over(self, chance: object) -> None:
        known = sorted(HeldRow.objects.values_list("id", flat=True))
        if known:
            row = chance.choice(known)  # type: ignore[attr-defined]
            with suppress(UndecidableError):
                deciding.take_over(row=row, actor=OFFICE, reason="核对", at=LATER)

    @invariant()
    def every_submission_accounts_for_its_rows(self) -> None:
        held = Counter(HeldRow.objects.values_list("submission_id", flat=True))
        written = Counter(Record.objects.values_list("submission_id", flat=True))
        for each in Submission.objects.all():
            kept = each.questionable + each.unlinked
            parts = each.new + each.changed + each.unchanged + each.rejected + kept
            assert parts == each.rows_read
            assert held[each.id] == kept
            assert written[each.id] == each.new + each.changed

    @invariant()
    def every_release_closed_the_rows_that_it_landed(self) -> None:
        for release in Submission.objects.filter(origin="RELEASE"):
            closed = HeldRow.objects.filter(closed_by=release)
            assert closed.count() == release.rows_read > 0
            assert closed.values("submission").distinct().count() == 1
            assert not closed.filter(decision="REJECTED").exists()

    @invariant()
    def every_held_row_is_open_or_closed(self) -> None:
        accepted = HeldRow.objects.filter(decision="ACCEPTED")
        assert not accepted.filter(closed_by__isnull=True).exists()
        assert not HeldRow.objects.filter(
            closed_by__origin="RELEASE", reason="questionable", decision=""
        ).exists()

    @invariant()
    def every_waiting_key_waits_once_per_unit(self) -> None:
        waiting = HeldRow.objects.filter(closed_by__isnull=True).values_list(
            "submission__unit_id", "natural_key"
        )
        assert len(waiting) == len(set(waiting))

    @invariant()
    def every_key_has_one_version_in_force(self) -> None:
        keys = Record.objects.filter(superseded_at__isnull=True).values_list(
            "natural_key", flat=True
        )
        assert len(keys) == len(set(keys))

    @invariant()
    def every_landing_is_a_completed_submission(self) -> None:
        assert set(Landing.objects.values_list("id", "ledger_seq")) == set(
            Submission.objects.values_list("id", "ledger_seq")
        )

    @invariant()
    def no_landed_row_waits_for_its_organization(self) -> None:
        known = set(Organization.objects.values_list("uscc", flat=True))
        for row in HeldRow.objects.filter(closed_by__origin="RELEASE"):
            assert row.subject_code in known

    @invariant()
    def no_rejected_key_is_known_twice(self) -> None:
        keys = RejectedKey.objects.values_list("submission_id", "row_number")
        assert len(keys) == len(set(keys))


@pytest.mark.proof
@pytest.mark.usefixtures("city")
def test_no_row_is_lost_whatever_happens():
    class Undone(Register):
        def __init__(self) -> None:
            super().__init__()
            self.undone = transaction.atomic()
            self.undone.__enter__()

        def teardown(self) -> None:
            assert ledger.verify().problems == ()
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    case = Undone.TestCase
    case.settings = settings(
        max_examples=share(80),
        stateful_step_count=15,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    case("runTest").runTest()
