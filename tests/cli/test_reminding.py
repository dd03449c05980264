"""The worker's daily round escalates what is late and closes what lapsed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import redress
from tests.factories.issues import HELD, NEW, take
from tests.factories.redress import AT, FIRST, SECOND, by
from xinheng.apps.cases.models import Case
from xinheng.apps.objections import filing, operations
from xinheng.apps.objections.filing import Contest
from xinheng.apps.organizations.models import RegisterIssue
from xinheng.cli.reminding import Daily
from xinheng.core.objections.filing import Kind

pytestmark = pytest.mark.django_db


class TestDaily:
    def test_looks_through_the_register_for_codes_that_clash(self, tmp_path):
        take(tmp_path, *(("示例市同名有限公司", code) for code in (HELD, NEW)))
        RegisterIssue.objects.all().delete()

        Daily().work_off(at=AT)

        assert [each.kind for each in RegisterIssue.objects.all()] == ["MULTI_CODE"] * 2

    def test_tells_late_authorities_and_closes_what_nobody_appealed(self):
        redress.collect("permit")
        body = redress.a_body()
        record = redress.a_permit(body)
        late, lapsed = (
            filing.object_to_record(
                record=record.id, contest=Contest(kind, "有误"), by=by(body.agent)
            )
            for kind in (Kind.PERIOD, Kind.LINKAGE)
        )
        operations.take(case=lapsed, act="accept", by=by(FIRST))
        told = by(body.clerk, reason="属本单位")
        operations.take(case=lapsed, act="verify", by=told)
        told = by(SECOND, reason="属本单位", outcome="rejected")
        operations.take(case=lapsed, act="decide", by=told)

        Daily().work_off(at=AT + timedelta(days=40))

        assert Case.objects.get(id=late).was_overdue
        assert Case.objects.get(id=late).state == "submitted"
        assert Case.objects.get(id=lapsed).state == "closed"
