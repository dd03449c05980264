"""Publications end with their cause; classes need two persons; reports hide at once."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.disclosures import operations, queries
from xinheng.apps.disclosures.models import Statement
from xinheng.apps.disclosures.operations import (
    Claim,
    DisclosureRefusedError,
    Ending,
    Reason,
    Refused,
    Reported,
)
from xinheng.apps.disclosures.queries import RECORD, Known, Subject
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.organizations.models import Organization
from xinheng.core.disclosures import facts
from xinheng.core.disclosures.facts import Override, Severity, Trait
from xinheng.core.measures.causes import Cause
from xinheng.core.submissions.reasons import ReasonError

pytestmark = pytest.mark.usefixtures("city")

AT = datetime(2026, 5, 4, 2, 0, tzinfo=UTC)
TODAY = date(2026, 5, 4)
SUBJECT = Subject(RECORD, queries.record_key(dataset="penalty", natural_key="a"))
OFFICE, OTHER = Actor("office", may_decide=True), Actor("other", may_decide=True)


def known():
    return queries.known(kind=RECORD, keys=[SUBJECT.key]).get(SUBJECT.key, Known())


def end(reason=Reason.REPAIRED, *, cause="7", on=TODAY, annulled_on=None):
    ending = Ending(reason, Cause("case", cause), on, annulled_on)
    return operations.end_publication(
        subject=SUBJECT, ending=ending, actor="office", at=AT
    )


def report(what="地址里有个人住址"):
    organization = Organization.objects.order_by("id").first()
    reported = Reported(SUBJECT, organization.id, "行政处罚 1 号", what)
    return operations.report(reported=reported, at=AT)


def open_report():
    return queries.list_reports(actor=OFFICE)[0].id


def decide(*, upheld, actor=OFFICE):
    return operations.decide_report(
        report=open_report(), upheld=upheld, reason="已核", actor=actor, at=AT
    )


class TestEndPublication:
    def test_is_known_and_stands_in_the_ledger(self):
        seq = end()

        entry = ledger.get_entry(seq)
        assert known().ends == (facts.End(facts.Cause.REPAIRED, TODAY),)
        assert entry.kind == "publication.ended"
        assert entry.subject == f"record:{SUBJECT.key}"

    def test_of_the_same_cause_counts_once(self):
        end(on=date(2026, 5, 6))
        end()

        assert known().ends == (facts.End(facts.Cause.REPAIRED, TODAY),)

    def test_of_an_annulled_decision_comes_within_three_days(self):
        end(Reason.ANNULLED, on=date(2026, 5, 7), annulled_on=TODAY)

        with pytest.raises(DisclosureRefusedError) as refused:
            end(Reason.ANNULLED, on=date(2026, 5, 8), annulled_on=TODAY)

        assert refused.value.reason is Refused.TOO_LATE

    def test_of_an_annulled_decision_needs_the_day(self):
        with pytest.raises(DisclosureRefusedError) as refused:
            end(Reason.ANNULLED)

        assert refused.value.reason is Refused.ANNULLED_ON


class TestState:
    def test_a_class_counts_once_a_second_person_confirms(self):
        claim = Claim("某部门公示的标准第三条", severity=Severity.SERIOUS)
        number = operations.state(
            subject=SUBJECT, claim=claim, actor=OFFICE, at=AT
        ).statement

        before = known()
        operations.confirm(statement=number, actor=OTHER, at=AT)

        assert (before.severity, known().severity) == (None, Severity.SERIOUS)

    def test_a_term_of_its_own_carries_its_citation(self):
        claim = Claim("某法第一条", until=date(2030, 1, 1))
        number = operations.state(
            subject=SUBJECT, claim=claim, actor=OFFICE, at=AT
        ).statement

        operations.confirm(statement=number, actor=OTHER, at=AT)

        assert known().override == Override(date(2030, 1, 1), "某法第一条")

    def test_a_trait_withholds_at_once(self):
        claim = Claim("适用简易程序", trait=Trait.SUMMARY_PROCEDURE)

        operations.state(subject=SUBJECT, claim=claim, actor=OFFICE, at=AT)

        assert known().traits == {Trait.SUMMARY_PROCEDURE}

    def test_refuses_the_same_person(self):
        claim = Claim("某法第一条", until=date(2030, 1, 1))
        number = operations.state(
            subject=SUBJECT, claim=claim, actor=OFFICE, at=AT
        ).statement

        with pytest.raises(DisclosureRefusedError) as refused:
            operations.confirm(statement=number, actor=OFFICE, at=AT)

        assert refused.value.reason is Refused.SAME_PERSON
        with pytest.raises(IntegrityError):
            Statement.objects.update(confirmed_by="office", confirmed_at=AT)

    @pytest.mark.parametrize(
        "claim",
        [Claim("x"), Claim("x", severity=Severity.MINOR, until=TODAY)],
    )
    def test_refuses_what_is_not_one_thing(self, claim):
        with pytest.raises(DisclosureRefusedError) as refused:
            operations.state(subject=SUBJECT, claim=claim, actor=OFFICE, at=AT)

        assert refused.value.reason is Refused.ONE_THING

    def test_needs_the_text_it_rests_on(self):
        with pytest.raises(ReasonError):
            operations.state(
                subject=SUBJECT, claim=Claim(" ", until=TODAY), actor=OFFICE, at=AT
            )

    def test_is_the_credit_offices(self):
        with pytest.raises(NotAllowedError):
            operations.state(
                subject=SUBJECT, claim=Claim("x", until=TODAY), actor=Actor("x"), at=AT
            )


class TestReport:
    def test_hides_at_once_and_is_due_in_three_working_days(self):
        report()

        (waiting,) = queries.list_reports(actor=OFFICE)
        assert known().is_hidden
        assert waiting.due_on == date(2026, 5, 8)  # the 5th is a holiday

    def test_upheld_keeps_it_hidden(self):
        report()

        decide(upheld=True)

        assert known().is_hidden
        assert queries.list_reports(actor=OFFICE) == ()

    def test_rejected_shows_it_again_and_for_good(self):
        report()
        decide(upheld=False)
        report()

        assert not known().is_hidden
        assert len(queries.list_reports(actor=OFFICE)) == 1

    def test_of_a_record_reported_before_can_still_be_upheld(self):
        report()
        decide(upheld=False)
        report()

        decide(upheld=True)

        assert known().is_hidden

    def test_refuses_a_second_one_while_the_first_is_open(self):
        report()

        with pytest.raises(DisclosureRefusedError) as refused:
            report()

        assert refused.value.reason is Refused.OPEN

    def test_keeps_no_personal_number(self):
        with pytest.raises(ReasonError):
            report("身份证 210899199001010012")

    def test_of_a_flood_hides_no_more(self, monkeypatch):
        monkeypatch.setattr(operations, "MOST_HIDING", 0)

        report()

        assert not known().is_hidden

    def test_is_decided_by_the_credit_office(self):
        report()

        with pytest.raises(NotAllowedError):
            decide(upheld=True, actor=Actor("x"))

    def test_is_decided_once(self):
        report()
        number = open_report()
        decide(upheld=True)

        with pytest.raises(DisclosureRefusedError) as refused:
            operations.decide_report(
                report=number, upheld=False, reason="x", actor=OFFICE, at=AT
            )

        assert refused.value.reason is Refused.DECIDED


class TestKnown:
    def test_is_empty_for_what_nobody_spoke_of(self):
        assert queries.known(kind=RECORD) == {}

    def test_is_the_same_asked_by_key_and_asked_for_all(self):
        end()
        report()

        assert queries.known(kind=RECORD) == queries.known(
            kind=RECORD, keys=[SUBJECT.key, "other"]
        )
