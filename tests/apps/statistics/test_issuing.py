"""Issues: frozen, the same on every reading, restated and never edited."""

import random
from datetime import UTC, datetime

import pytest

from tests.factories import people
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.statistics import briefs, issuing, rendering
from xinheng.apps.statistics.briefs import Contribution
from xinheng.apps.statistics.issuing import IssueRefusedError, Refusal
from xinheng.apps.statistics.models import Bulletin
from xinheng.rulebook import catalog

FIRST, SECOND = (unit.code for unit in catalog.units()[:2])
OFFICE = Actor("office", sees_all_units=True, may_decide=True)
OTHER = Actor("office-2", sees_all_units=True, may_decide=True)
CLERK = Actor("clerk", units=frozenset({FIRST}))
AT = datetime(2019, 6, 15, 2, 0, tzinfo=UTC)
LATER = datetime(2019, 7, 15, 2, 0, tzinfo=UTC)
PERSONAL = people.number_18(random.Random(8))


def issue(at=AT, **told):
    return issuing.issue(period="2019-05", actor=OFFICE, at=at, **told)


def files(view):
    _, told = issuing.read(year=view.year, number=view.number)
    return {name: render(told) for name, render in rendering.RENDER.items()}


@pytest.fixture
def reported(report):
    report(FIRST, "permit", 3)


class TestIssue:
    def test_is_numbered_within_the_year_and_kept_in_the_ledger(self, reported):
        issued = issue(contact="信用办", distribution="各单位")

        entry = ledger.get_entry(issued.ledger_seq)
        assert issued.label == "〔2019〕第1期"
        assert entry.body["sha256"] == issued.sha256
        assert entry.body["ledger_size"] == issued.ledger_size == issued.ledger_seq

    def test_is_the_same_bytes_whatever_came_in_since(self, reported, report):
        issued = issue()
        before = files(issued)

        report(SECOND, "permit", 5)

        assert files(issued) == before
        again = issuing.count_again(year=issued.year, number=issued.number)
        assert again.sha256 == issued.sha256
        assert rendering.RENDER["pdf"](again) == before["pdf"]

    def test_carries_the_briefs_that_another_person_approved(self, reported):
        for title in ("已审核的", "未审核的"):
            told = Contribution("2019-05", "BRIEF", FIRST, title, "正文")
            number = briefs.submit(contribution=told, actor=CLERK, at=AT)
            if title == "已审核的":
                briefs.approve(brief=number, actor=OFFICE, at=AT)

        _, told = issuing.read(year=2019, number=issue().number)

        assert [each["title"] for each in told.data["briefs"]] == ["已审核的"]

    def test_is_restated_with_the_cells_that_changed(self, reported, report):
        first = issue()
        report(SECOND, "penalty", 4)

        assert issuing.has_changed(period="2019-05")
        second = issue(at=LATER)

        _, told = issuing.read(year=second.year, number=second.number)
        name = catalog.units()[1].name
        assert second.restates == first.label == told.data["restates"]
        assert told.data["changes"] == [
            {"unit": name, "column": "行政处罚", "before": 0, "now": 4}
        ]
        kept, _ = issuing.read(year=first.year, number=first.number)
        assert kept.restated_by == second.label
        assert not issuing.has_changed(period="2019-05")

    def test_counts_a_restatement_anew_just_the_same(self, reported, report):
        issue()
        report(SECOND, "penalty", 4)
        second = issue(at=LATER)

        again = issuing.count_again(year=second.year, number=second.number)

        assert again.sha256 == second.sha256

    @pytest.mark.parametrize(
        ("period", "at", "reason"),
        [
            ("2019-06", AT, Refusal.NOT_OVER),
            ("2019-07", AT, Refusal.NOT_OVER),
            ("2019-04", AT, Refusal.EMPTY),
        ],
    )
    def test_refuses_a_month_that_is_not_over_or_has_no_data(
        self, reported, period, at, reason
    ):
        with pytest.raises(IssueRefusedError) as refused:
            issuing.issue(period=period, actor=OFFICE, at=at)

        assert refused.value.refusal is reason

    def test_refuses_a_second_one_that_would_say_the_same(self, reported):
        issue()

        with pytest.raises(IssueRefusedError) as refused:
            issue(at=LATER)

        assert refused.value.refusal is Refusal.UNCHANGED

    @pytest.mark.parametrize("line", ["contact", "distribution"])
    def test_refuses_a_personal_number_and_does_not_repeat_it(self, reported, line):
        with pytest.raises(IssueRefusedError) as refused:
            issue(**{line: f"联系人 {PERSONAL}"})

        assert refused.value.refusal is Refusal.PERSONAL_ID
        assert PERSONAL not in str(refused.value)

    def test_refuses_a_character_that_no_font_can_print(self, reported):
        told = Contribution("2019-05", "BRIEF", FIRST, "题目", "正文\U0001f600")
        number = briefs.submit(contribution=told, actor=CLERK, at=AT)
        briefs.approve(brief=number, actor=OFFICE, at=AT)

        with pytest.raises(IssueRefusedError, match="GLYPH_MISSING"):
            issue()

    def test_is_for_the_credit_office_alone(self, reported):
        with pytest.raises(NotAllowedError):
            issuing.issue(period="2019-05", actor=CLERK, at=AT)


class TestRead:
    def test_finds_out_an_issue_that_was_edited(self, reported):
        issued = issue()
        row = Bulletin.objects.get()
        Bulletin.objects.update(content=row.content.replace('"total":3', '"total":4'))

        with pytest.raises(issuing.AlteredIssueError):
            issuing.read(year=issued.year, number=issued.number)

    def test_finds_out_one_whose_digest_was_edited_too(self, reported):
        issued = issue()
        row = Bulletin.objects.get()
        _, told = issuing.read(year=issued.year, number=issued.number)
        changed = row.content.replace('"total":3', '"total":4')
        told = issuing.publication.of_content(changed)
        Bulletin.objects.update(content=changed, sha256=told.sha256)

        with pytest.raises(issuing.AlteredIssueError):
            issuing.read(year=issued.year, number=issued.number)

    def test_knows_no_other(self, reported):
        with pytest.raises(issuing.UnknownIssueError):
            issuing.read(year=2019, number=7)


class TestAYear:
    def test_is_twelve_issues_with_two_restatements(self, report):
        """Every month grows by one record; March and June were reported short."""
        for month in range(1, 13):
            report(FIRST, "permit", month, period=f"2018-{month:02d}")
            at = datetime(2018 + month // 12, month % 12 + 1, 10, 2, tzinfo=UTC)
            issuing.issue(period=f"2018-{month:02d}", actor=OFFICE, at=at)
        for month in (3, 6):
            report(SECOND, "permit", 2, period=f"2018-{month:02d}")
            issuing.issue(period=f"2018-{month:02d}", actor=OTHER, at=AT)

        issues = issuing.list_issues()
        assert [each.label for each in issues][:3] == [
            "〔2019〕第3期",
            "〔2019〕第2期",
            "〔2019〕第1期",
        ]
        assert [each.restates for each in issues][:2] == [
            "〔2018〕第6期",
            "〔2018〕第3期",
        ]
        totals = []
        for month in range(1, 13):
            found = issuing.find_issue(period=f"2018-{month:02d}")
            _, told = issuing.read(year=found.year, number=found.number)
            totals.append(told.data["grand_total"])
        assert totals == [1, 2, 5, 4, 5, 8, 7, 8, 9, 10, 11, 12]
        for each in issues:
            again = issuing.count_again(year=each.year, number=each.number)
            assert again.sha256 == each.sha256, each.label
