"""Sides of one clash are closed by one decision, and opened by its undo."""

from __future__ import annotations

import json

import pytest

from tests.factories.issues import (
    FIRST,
    HELD,
    LATER,
    SECOND,
    answer,
    by,
    decide,
    propose,
    take,
)
from tests.factories.register import valid_code
from xinheng.apps.ledger.models import Entry
from xinheng.apps.organizations import corrections, judgements, operations, workbench
from xinheng.apps.organizations.corrections import UncorrectableError
from xinheng.apps.organizations.models import Organization, RegisterIssue
from xinheng.core.identifiers import uscc
from xinheng.core.organizations.corrections import Flag
from xinheng.core.organizations.judgements import Entry as Side
from xinheng.core.organizations.judgements import EntryKind, Verdict, pair

pytestmark = pytest.mark.django_db

CODES = tuple(valid_code("91210899", number) for number in (1, 2, 3))
NAME = "示例市甲有限公司"


def several(path, count: int = 2) -> list[RegisterIssue]:
    """Return the issues of one name under several codes."""
    take(path, *((NAME, code) for code in CODES[:count]))
    return list(RegisterIssue.objects.filter(kind="MULTI_CODE").order_by("code"))


def states() -> list[str]:
    rows = RegisterIssue.objects.exclude(kind="BAD_REGION").order_by("code")
    return [row.state for row in rows]


def judge(one: RegisterIssue, other: RegisterIssue, verdict: Verdict) -> int:
    sides = [
        Side(EntryKind.ORGANIZATION, each.organization_id) for each in (one, other)
    ]
    return judgements.judge(
        pair=pair(*sides), verdict=verdict, reason="地址不同", actor=FIRST, at=LATER
    )


class TestDecide:
    def test_closes_both_sides_of_two_codes(self, tmp_path):
        one, other = several(tmp_path)

        decide(one.id, answer(Flag.DELETE))

        assert states() == ["CORRECTED", "CORRECTED"]
        item = workbench.get_issue(actor=FIRST, issue=other.id)
        assert (item.row.stage, item.closed_with) == ("CLOSED", one.id)
        assert not item.may_propose(FIRST)

    def test_says_in_the_ledger_what_it_closed(self, tmp_path):
        one, other = several(tmp_path)

        decide(one.id, answer(Flag.DELETE))

        entry = Entry.objects.get(kind="register.correction_decided")
        assert json.loads(entry.body)["also"] == [other.id]

    def test_leaves_open_what_still_clashes(self, tmp_path):
        first, second, _ = several(tmp_path, 3)

        decide(first.id, answer(Flag.DELETE))
        assert states() == ["CORRECTED", "OPEN", "OPEN"]

        decide(second.id, answer(Flag.DELETE))
        assert states() == ["CORRECTED"] * 3

    def test_closes_both_names_of_one_identifier(self, tmp_path):
        body = f"52{HELD[2:17]}"
        other = body + uscc.check_character(body)
        take(tmp_path, (NAME, HELD), ("示例市甲福利院", other))
        one = RegisterIssue.objects.filter(kind="DUP_CODE").first()

        decide(one.id, answer(Flag.NEW_CODE))

        assert states() == ["CORRECTED", "CORRECTED"]

    def test_that_keeps_one_side_asks_for_the_other(self, tmp_path):
        one, other = several(tmp_path)
        judge(one, other, Verdict.UNSURE)

        decide(one.id, answer(Flag.KEEP))

        assert states() == ["CONFIRMED", "OPEN"]

    def test_that_keeps_one_side_keeps_what_was_judged_different(self, tmp_path):
        one, other = several(tmp_path)
        judge(one, other, Verdict.DIFFERENT)

        decide(other.id, answer(Flag.KEEP))

        assert states() == ["CONFIRMED", "CONFIRMED"]

    def test_follows_no_judgement_that_was_withdrawn(self, tmp_path):
        one, other = several(tmp_path)
        number = judge(one, other, Verdict.DIFFERENT)
        judgements.withdraw(judgement=number, actor=FIRST, at=LATER)

        decide(one.id, answer(Flag.KEEP))

        assert states() == ["CONFIRMED", "OPEN"]

    def test_ends_what_was_proposed_for_the_other_side(self, tmp_path):
        one, other = several(tmp_path)
        propose(other.id, answer(Flag.DELETE))

        decide(one.id, answer(Flag.DELETE))

        with pytest.raises(UncorrectableError, match=corrections.NOT_OPEN):
            corrections.decide(issue=other.id, by=by(SECOND))
        item = workbench.get_issue(actor=SECOND, issue=other.id)
        assert not item.may_decide(SECOND)
        assert item.row.stage == "CLOSED"


class TestUndo:
    def test_opens_both_sides_with_what_was_proposed(self, tmp_path):
        one, other = several(tmp_path)
        propose(other.id, answer(Flag.DELETE))
        decide(one.id, answer(Flag.DELETE))

        corrections.undo(issue=one.id, by=by(FIRST))

        assert states() == ["OPEN", "OPEN"]
        assert not RegisterIssue.objects.filter(closed_with__isnull=False).exists()
        corrections.decide(issue=other.id, by=by(SECOND))
        assert Organization.objects.get(uscc=CODES[1]).status == "CODE_WITHDRAWN"

    def test_belongs_to_the_side_that_was_decided(self, tmp_path):
        one, other = several(tmp_path)
        decide(one.id, answer(Flag.DELETE))

        with pytest.raises(UncorrectableError, match=corrections.NOT_OPEN):
            corrections.undo(issue=other.id, by=by(FIRST))

    def test_is_refused_where_the_other_side_was_found_again(self, tmp_path):
        one, other = several(tmp_path)
        decide(one.id, answer(Flag.DELETE))
        take(tmp_path, (NAME, CODES[2]), day=4)
        operations.examine_register(actor="test", at=LATER)
        assert RegisterIssue.objects.filter(code=other.code, state="OPEN").exists()

        with pytest.raises(UncorrectableError, match=corrections.FOUND_AGAIN):
            corrections.undo(issue=one.id, by=by(FIRST))
