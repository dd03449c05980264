"""Names that the register does not hold become issues of the register."""

from __future__ import annotations

import pytest

from tests.factories import files
from tests.factories.waiting import AT, CODE, LATER, NAME, misnamed, submit
from xinheng.apps.intake import misnamed as recording
from xinheng.apps.intake import register_news
from xinheng.apps.organizations.models import RegisterIssue

pytestmark = pytest.mark.django_db


def mismatches():
    return RegisterIssue.objects.filter(kind="NAME_MISMATCH")


class TestRecord:
    def test_keeps_the_unit_and_the_submission(self, city):
        register_news.subscribe(at=AT)
        rows = files.permit_rows(2)
        done = submit([misnamed(rows[0]), rows[1]], unit="U02")

        register_news.work_off(worker="w", at=LATER)

        issue = mismatches().get()
        assert (issue.unit_id, str(issue.submission)) == ("U02", done.id)
        assert issue.name == "示例市另一家有限公司"
        assert issue.organization.name != issue.name

    def test_tells_the_same_name_once(self, city):
        row, other = files.permit_rows(2)
        row = misnamed(row)
        same = {column: row[column] for column in (CODE, NAME, "行政相对人类别")}
        first = submit([row], unit="U02")
        second = submit([{**other, **same}], unit="U01")

        assert recording.record(submission=first.id, at=LATER) == 1
        assert recording.record(submission=second.id, at=LATER) == 0
        assert mismatches().count() == 1
