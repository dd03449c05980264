"""What the public sees of a penalty: for its term, and never after its end."""

from __future__ import annotations

from datetime import date

import pytest

from tests.factories import penalties
from tests.factories.penalties import AT, TODAY
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.disclosures import operations
from xinheng.apps.disclosures import queries as disclosures
from xinheng.apps.disclosures.operations import Claim, Ending, Reason
from xinheng.apps.disclosures.queries import RECORD, Subject
from xinheng.apps.records import disclosing, queries
from xinheng.apps.records.models import Record, Touch
from xinheng.core.disclosures.facts import Severity
from xinheng.core.measures.causes import Cause

pytestmark = pytest.mark.usefixtures("city")


def shown(about, *, on=TODAY):
    return queries.list_public(organization=str(about.id), on=on)


@pytest.fixture
def adopted(city):
    penalties.adopt()


class TestListPublic:
    def test_shows_no_penalty_before_the_rulebook_is_adopted(self):
        about = penalties.land()

        assert shown(about) == ()

    @pytest.mark.usefixtures("adopted")
    def test_shows_a_penalty_for_its_term_and_says_until_when(self):
        about = penalties.land()

        (record,) = shown(about)

        assert record.state.until == date(2027, 5, 6)
        assert shown(about, on=date(2027, 5, 5))
        assert shown(about, on=date(2027, 5, 6)) == ()

    @pytest.mark.usefixtures("adopted")
    @pytest.mark.parametrize("types", ["罚款", "警告", "其他-示例"])
    def test_shows_none_that_may_be_minor(self, types):
        about = penalties.land(types=types)

        assert shown(about) == ()

    @pytest.mark.usefixtures("adopted")
    def test_never_publishes_at_go_live_what_is_past_its_term(self):
        about = penalties.land(decided_on=date(2024, 3, 1))

        assert shown(about) == ()

    @pytest.mark.usefixtures("adopted")
    def test_shows_a_sole_proprietors_for_the_shortest_term(self):
        about = penalties.land(about=penalties.organization(sole_proprietor=True))

        (record,) = shown(about)

        assert record.state.until == date(2026, 8, 6)


@pytest.mark.usefixtures("adopted")
class TestKnown:
    @pytest.fixture
    def about(self, adopted):
        return penalties.land()

    @pytest.fixture
    def subject(self, about):
        return Subject(RECORD, shown(about)[0].key)

    def test_an_end_takes_it_off_at_once_and_leads_the_feed_past_it(self, about):
        row = Record.objects.get()

        seq = disclosing.end_publication(
            dataset=row.dataset,
            natural_key=row.natural_key,
            ending=Ending(Reason.REPAIRED, Cause("case", "7"), TODAY),
            actor="x",
            at=AT,
        )

        assert shown(about) == ()
        assert list(Touch.objects.values_list("seq", "record")) == [(seq, row.id)]

    def test_an_end_holds_for_later_versions_of_the_record(self, about, subject):
        ending = Ending(Reason.REPAIRED, Cause("case", "7"), TODAY)
        operations.end_publication(subject=subject, ending=ending, actor="x", at=AT)

        penalties.land(types="责令停产停业")

        assert shown(about) == ()

    def test_a_report_hides_it_until_it_is_rejected(self, about, subject):
        disclosing.report_personal_data(
            organization=str(about.id), key=subject.key, what="住址", on=TODAY, at=AT
        )
        hidden = shown(about)
        office = Actor("office", may_decide=True)
        (waiting,) = disclosures.list_reports(actor=office)

        disclosing.decide_report(
            report=waiting.id, upheld=False, reason="机构地址", actor=office, at=AT
        )

        assert (hidden, len(shown(about))) == ((), 1)
        assert Touch.objects.count() == 2

    def test_only_what_is_shown_can_be_reported(self, about):
        with pytest.raises(disclosing.NotShownError):
            disclosing.report_personal_data(
                organization=str(about.id), key="0" * 64, what="x", on=TODAY, at=AT
            )

    def test_a_confirmed_class_changes_its_term(self, about, subject):
        claim = Claim("某部门的标准", severity=Severity.SERIOUS)
        number = operations.state(
            subject=subject, claim=claim, actor=Actor("a", may_decide=True), at=AT
        ).statement

        operations.confirm(statement=number, actor=Actor("b", may_decide=True), at=AT)

        assert shown(about)[0].state.until == date(2029, 5, 6)
