"""Reports as known then: no more than may be stated today, but to the firm itself."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from tests.factories import city as cities
from tests.factories import files
from xinheng import verifier
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.custody import erasure
from xinheng.apps.custody.erasure import Basis, Order
from xinheng.apps.disclosures.models import End
from xinheng.apps.ledger import as_of, key_history
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.organizations.models import Organization, OrganizationChange
from xinheng.apps.records import erasing
from xinheng.apps.records import queries as records
from xinheng.apps.records.models import Record
from xinheng.apps.reports import asking, operations, queries
from xinheng.apps.reports.facts import NoOrganizationError
from xinheng.core.reports.kinds import Kind
from xinheng.verifier import Term

CODE = "行政相对人代码_1(统一社会信用代码)"
LATER = datetime(2019, 7, 3, 2, 0, tzinfo=UTC)
NOW = datetime(2019, 7, 5, 2, 0, tzinfo=UTC)
BEFORE, AFTER = "更正前的许可内容", "更正后的许可内容"


@pytest.fixture
def first(city) -> int:
    """A size of the ledger at which a permit said one thing; it says another since."""
    about = cities.an_organization()
    row = files.permit_rows(1)[0] | {CODE: about.code, "行政相对人名称": about.name}
    cities.hand_in([{**row, "许可内容": BEFORE}])
    size = ledger.size()
    cities.hand_in([{**row, "许可内容": AFTER}], at=LATER)
    return size


def then(known_at: object, on: str = "2019-06-20"):
    return as_of.parse(known_at=str(known_at), on=on, at=NOW)


def issue(asked, kind: Kind = Kind.PUBLIC, at: datetime = NOW, **told: object):
    code = cities.an_organization().code
    order = operations.Order(code, kind, "asker", then=asked, **told)
    return operations.issue(order=order, site="", at=at)


def data(issued):
    return json.loads(verifier.attachments(issued.pdf)[0])


def permits(issued):
    return [
        record
        for section in data(issued)["sections"]
        for each in section["classes"]
        if each["name"] == "permit"
        for record in each["records"]
    ]


def said(issued) -> str:
    return json.dumps(permits(issued), ensure_ascii=False)


class TestThen:
    def test_states_what_was_known_and_verifies(self, first):
        issued = issue(then(first))

        [permit] = permits(issued)
        document = data(issued)
        assert BEFORE in said(issued)
        assert permit["corrected_at"].startswith("2019-07-03")
        assert (document["on"], document["ledger_size"]) == ("2019-06-20", first)
        assert document["then"] == {"on": "2019-06-20", "ledger_size": first}
        key = verifier.read_key(key_history.present().key.text())
        verifier.verify_document(issued.pdf, {key: Term()})
        assert AFTER in said(issue(None))
        assert "then" not in data(issue(None))

    def test_is_told_apart_by_its_code(self, first):
        past, again, today = issue(then(first)), issue(then(first)), issue(None)

        assert past.code == again.code != today.code
        found = queries.find_issued(entry=past.entry, on=NOW.date())
        assert (found.then.on, found.then.ledger_size) == (date(2019, 6, 20), first)
        assert (found.still_states, found.newer_at) == (True, None)

    def test_does_not_bring_back_what_ended_but_to_the_firm_itself(self, first):
        End.objects.create(
            kind="record",
            key=records.key_of(Record.objects.first()),
            reason="recalled",
            effective_on=date(2019, 7, 4),
            cause_kind="test",
            cause="1",
            ended_by="test",
            ended_at=NOW,
        )

        assert permits(issue(then(first))) == []
        asked = {"purpose": "评标", "unit": None}
        assert permits(issue(then(first), Kind.ADMINISTRATIVE, **asked)) == []
        assert BEFORE in said(issue(then(first), Kind.OWN))

    def test_marks_what_was_erased(self, first):
        row = Record.objects.order_by("id").first()
        name = f"{row.submission.ledger_seq}.{row.row_number}"
        order = Order(erasing.find_by_names([name]), (), Basis.COURT_ORDER, "示例判决")
        erasure.erase(order=order, actor="operator", at=LATER)

        [mark] = data(issue(then(first)))["erased"]

        assert (mark["count"], mark["basis"]) == (1, "COURT_ORDER")
        assert mark["erased_on"] == timezone.localdate(LATER).isoformat()

    def test_is_about_what_the_register_knew(self, first):
        with pytest.raises(NoOrganizationError):
            issue(then(0))

    def test_gives_nobody_the_past_of_another_that_bore_the_code(self, first):
        code = cities.an_organization().code
        heir = Organization.objects.exclude(uscc=code).first()
        before = Organization.objects.get(uscc=code)
        before.uscc, heir.uscc = heir.uscc, "x"
        heir.save()
        before.save()
        heir.uscc = code
        heir.save()
        OrganizationChange.objects.create(
            organization=before,
            field="uscc",
            before=code,
            after=before.uscc,
            effective_on=date(2019, 7, 1),
            recorded_at=LATER,
        )
        past = then(ledger.size())
        asked = {"uscc": code, "site": "", "at": NOW}

        [bears, bore] = [
            Actor("agent", organizations=frozenset({str(row.pk)}))
            for row in (heir, before)
        ]
        assert asking.issue_own(**asked, actor=bore, then=past).pdf
        assert asking.issue_own(**asked, actor=bears).pdf
        with pytest.raises(NotAllowedError):
            asking.issue_own(**asked, actor=bears, then=past)
