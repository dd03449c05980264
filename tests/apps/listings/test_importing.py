"""Imported listings wait; what lacks anything never comes into force."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from tests.factories import listings, register
from tests.factories.listings import BASIS, EXCLUSION, FIRST, SECOND, UNIT, by
from xinheng.apps.accounts.actors import OPERATOR, Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.ledger.models import Entry
from xinheng.apps.listings import importing, operations
from xinheng.apps.listings.importing import ImportRow, Source
from xinheng.apps.listings.models import Listing
from xinheng.apps.listings.operations import RefusedError
from xinheng.core.listings.completeness import Claim, Lack
from xinheng.core.listings.procedure import Event

pytestmark = pytest.mark.django_db
OWN = Source(EXCLUSION, UNIT)
ELSEWHERE = Source(EXCLUSION, UNIT, "示例省人力资源和社会保障厅")
WHOLE = Claim(
    basis=BASIS,
    facts="示例：逾期未支付工资",
    notice_served_on=date(2019, 5, 6),
    notice_proof="送达回证 1 号",
    window_closes_on=date(2019, 5, 13),
    decision_no="示列入〔2019〕1号",
    decided_on=date(2019, 5, 14),
    expires_on=date(2021, 5, 14),
)
NO_PROOF = dataclasses.replace(WHOLE, notice_proof="", notice_served_on=None)


@pytest.fixture
def code(settings) -> str:
    return listings.found(settings)


def take(*rows: tuple[str, Claim], source=OWN, actor=FIRST):
    numbered = [
        ImportRow(number, f"K{number}", code, claim)
        for number, (code, claim) in enumerate(rows, 1)
    ]
    return importing.take(source=source, rows=numbered, by=by(actor))


def whole(*rows: tuple[str, str, Claim]):
    numbered = [
        ImportRow(number, key, code, claim)
        for number, (key, code, claim) in enumerate(rows, 1)
    ]
    return importing.take_whole(
        source=ELSEWHERE,
        rows=numbered,
        document="示例省名单 2019-06",
        on=date(2019, 6, 12),
        by=by(FIRST),
    )


def accept(actor=SECOND) -> None:
    listing = Listing.objects.latest("id").id
    operations.record(listing=listing, event=Event.ACCEPT, told={}, by=by(actor))


def states() -> list[str]:
    return list(Listing.objects.order_by("id").values_list("state", flat=True))


class TestTake:
    def test_keeps_a_whole_row_until_another_person_accepts_it(self, code):
        taken = take((code, WHOLE))

        assert (taken.complete, taken.questionable) == (1, 0)
        assert states() == ["IMPORTED"]
        with pytest.raises(RefusedError, match="SAME_PERSON"):
            accept(FIRST)
        accept()
        assert states() == ["IN_FORCE"]

    def test_never_lets_a_row_without_proof_of_notice_into_force(self, code):
        taken = take((code, NO_PROOF))

        assert taken.questionable == 1
        assert {Lack.NOTICE, Lack.PROOF} <= set(Listing.objects.get().lacks)
        with pytest.raises(RefusedError, match="INCOMPLETE"):
            accept()
        assert states() == ["IMPORTED"]

    def test_mends_a_row_that_waits(self, code):
        take((code, NO_PROOF))

        taken = take((code, WHOLE))

        assert (taken.mended, taken.complete) == (1, 1)
        accept()
        assert states() == ["IN_FORCE"]

    def test_leaves_what_is_in_force_alone(self, code):
        take((code, WHOLE))
        accept()

        assert take((code, WHOLE)).unchanged == 1

    def test_refuses_row_by_row_with_the_rule(self, code):
        sole = register.add("示例市甲经营部", prefix="92210899")[0]
        unknown = register.valid_code("91210899", 777)
        person = dataclasses.replace(WHOLE, facts="证件 11010519491231002X")

        taken = take((sole, WHOLE), (unknown, WHOLE), (code, person), (code, WHOLE))

        assert taken.refused == [
            (1, "SOLE_PROPRIETOR"),
            (2, "UNKNOWN_ORGANIZATION"),
            (3, "PERSONAL_ID"),
        ]
        assert taken.complete == 1
        assert Entry.objects.filter(kind="listing.import").count() == 1

    def test_demands_the_lists_own_basis_of_what_was_decided_here(self, code):
        other = dataclasses.replace(WHOLE, basis="《别的法》第一条")

        assert take((code, other)).questionable == 1
        assert take((code, other), source=ELSEWHERE).complete == 1

    def test_is_for_the_authority_the_office_and_an_operator(self, code):
        with pytest.raises(NotAllowedError):
            take((code, WHOLE), actor=Actor("clerk", units=frozenset({UNIT})))
        assert take((code, WHOLE), actor=OPERATOR).complete == 1


class TestTakeWhole:
    @pytest.fixture
    def others(self, code) -> list[str]:
        return register.add("示例市第二公司", "示例市第三公司")

    def test_adds_ends_and_corrects_from_month_to_month(self, code, others):
        whole(("a", code, WHOLE), ("b", others[0], WHOLE))
        for row in Listing.objects.order_by("id"):
            operations.record(
                listing=row.id, event=Event.ACCEPT, told={}, by=by(SECOND)
            )
        corrected = dataclasses.replace(WHOLE, decision_no="示列入〔2019〕2号")

        taken = whole(("b", others[0], corrected), ("c", others[1], WHOLE))

        assert (taken.removed, taken.complete, taken.unchanged) == (1, 2, 0)
        assert states() == ["REVOKED", "REVOKED", "IMPORTED", "IMPORTED"]
        reasons = Listing.objects.filter(state="REVOKED").order_by("id")
        assert list(reasons.values_list("reason", flat=True)) == [
            importing.LEFT,
            importing.CORRECTED,
        ]

    def test_changes_nothing_where_the_list_is_the_same(self, code, others):
        whole(("a", code, WHOLE), ("b", others[0], WHOLE))

        taken = whole(("a", code, WHOLE), ("b", others[0], WHOLE))

        assert taken.unchanged == 2
        assert states() == ["IMPORTED", "IMPORTED"]

    def test_leaves_a_key_that_stands_twice_to_a_person(self, code, others):
        taken = whole(("a", code, WHOLE), ("a", others[0], WHOLE))

        assert taken.unclear == 1
        assert states() == []
