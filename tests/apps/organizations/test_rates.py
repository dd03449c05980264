"""The rates of wrong and corrected codes, and how they were counted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.factories import files
from xinheng.apps.organizations import operations, queries, rates
from xinheng.apps.organizations.models import RegisterIssue
from xinheng.core.catalog.periods import InvalidPeriodError
from xinheng.core.organizations.issues import IssueKind, IssueState
from xinheng.rulebook import samples

pytestmark = pytest.mark.django_db

MAY = datetime(2019, 5, 10, 2, 0, tzinfo=UTC)
JUNE = datetime(2019, 6, 10, 2, 0, tzinfo=UTC)
POOL = [each for each in samples.organizations(20) if each.code.startswith("91")][:4]
OFFICE = "示例市市场监督管理局"


@pytest.fixture
def told(tmp_path):
    """Four organizations, one of which ends in June, and two rows without a code."""
    rows = [(each.name, each.code) for each in POOL]
    rows += [("示例市旧一有限公司", "110108000000016"), ("示例市旧二有限公司", "无")]
    path = files.write_csv(
        tmp_path / "may.csv",
        [{"name": n, "uscc": c, "登记机关": OFFICE} for n, c in rows],
    )
    operations.import_register(path=path, actor="test", at=MAY)
    ended = {
        "name": POOL[0].name,
        "uscc": POOL[0].code,
        "变更类型": "注销",
        "变更日期": "2019-06-05",
    }
    path = files.write_csv(tmp_path / "june.csv", [ended])
    operations.import_register(path=path, actor="test", at=JUNE, is_delta=True)
    issue = RegisterIssue.objects.get(kind=IssueKind.PLACEHOLDER)
    operations.close_issue(
        issue=issue.id,
        state=IssueState.CORRECTED,
        reason="已赋码",
        actor="test",
        at=JUNE,
    )


def counted(rate):
    return rate.numerator, rate.denominator


@pytest.mark.usefixtures("told")
class TestCodeRates:
    def test_count_what_was_known_when_the_month_ended(self):
        may = queries.code_rates(month="2019-05")
        again = queries.code_rates(
            month="2019-05", active=rates.count_active("2019-05")
        )
        assert again == may
        june = queries.code_rates(month="2019-06")
        july = queries.code_rates(month="2019-07")

        assert counted(may.error_rate) == (2, 4 + 2)
        assert counted(june.error_rate) == (2, 3 + 2)
        assert counted(july.error_rate) == (1, 3 + 1)
        assert counted(may.correction_rate) == (0, 2)
        assert counted(june.correction_rate) == (1, 2)
        assert june.correction_rate.value == 0.5
        assert "÷" in june.error_rate.formula

    def test_are_null_where_there_is_nothing_to_share(self):
        before = queries.code_rates(month="2019-04")

        assert before.error_rate.value is None
        assert before.correction_rate.value is None

    def test_narrow_by_authority_and_kind(self):
        one = queries.code_rates(
            month="2019-05", authority=OFFICE, kind=IssueKind.LEGACY_ONLY
        )
        other = queries.code_rates(month="2019-05", authority="示例市民政局")

        assert counted(one.error_rate) == (1, 4 + 1)
        assert counted(other.error_rate) == (0, 0)

    def test_refuse_what_is_no_month(self):
        with pytest.raises(InvalidPeriodError):
            queries.code_rates(month="2019-13")
