"""What a report states, when one is issued, and that a changed byte is found."""

from __future__ import annotations

import json
import random
from datetime import timedelta

import pytest

from tests.factories import redress
from tests.factories.redress import LATER
from xinheng import verifier
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.ledger import key_history, queries, receipt_codes
from xinheng.apps.organizations.models import Organization
from xinheng.apps.reports import asking, layout, operations, sealing
from xinheng.apps.reports import queries as reports
from xinheng.apps.reports.facts import NoOrganizationError
from xinheng.apps.reports.layout import UnprintableError
from xinheng.apps.reports.models import Report
from xinheng.core.reports.kinds import Kind
from xinheng.core.submissions.reasons import ReasonError
from xinheng.verifier import Term, Unverified


def data(issued):
    return json.loads(verifier.attachments(issued.pdf)[0])


def classes(document):
    return {
        each["name"]: each
        for section in document["sections"]
        for each in section["classes"]
    }


def out_of_scope(document):
    return {each["title"] for each in document["out_of_scope"]}


class TestContent:
    def test_states_facts_and_says_where_none_were_found(self, body, issue):
        document = data(issue())

        found = classes(document)
        [permit] = found["permit"]["records"]
        assert ["许可内容", "食品经营"] in [
            [title, text] for title, _, text in permit["fields"]
        ]
        assert found["penalty"]["records"] == []
        assert document["organization"]["uscc"] == body.uscc
        assert document["ledger_size"] == Report.objects.get().entry_seq
        assert "score" not in json.dumps(document)

    def test_holds_what_its_readers_may_see(self, body, issue):
        public, own = data(issue()), data(issue(Kind.OWN))
        body_of = data(issue(Kind.ADMINISTRATIVE, purpose="评标"))

        assert {"司法裁判信息", "企业贷款信息"} <= out_of_scope(public)
        assert "judgment" in classes(body_of)
        assert "loan" not in classes(body_of)
        assert out_of_scope(own) == set()

    def test_says_of_a_class_nobody_may_publish_that_it_is_not_shown(
        self, body, issue, monkeypatch
    ):
        redress.a_penalty(body)
        assert classes(data(issue()))["penalty"]["records"]
        monkeypatch.setattr("xinheng.apps.law.queries.is_adopted", lambda **_: False)

        barred = classes(data(issue()))["penalty"]
        own = classes(data(issue(Kind.OWN)))["penalty"]

        assert (barred["is_barred"], barred["records"]) == (True, [])
        assert own["is_barred"] is False
        assert [each["public"] for each in own["records"]] == [False]


class TestIssue:
    def test_stands_in_the_ledger_under_a_code(self, issue):
        issued = issue()

        entry = receipt_codes.find(issued.code)
        assert entry.kind == operations.ISSUED
        assert entry.body["sha256"] == Report.objects.get().document_sha256
        assert "sha256" in entry.body
        assert entry.seq == issued.entry

    def test_is_one_public_report_a_day_while_it_states_the_same(self, body, issue):
        first, again = issue(), issue(at=LATER + timedelta(hours=1))
        redress.a_penalty(body)
        changed = issue(at=LATER + timedelta(hours=2))
        next_day = issue(at=LATER + timedelta(days=1))

        assert first.code == again.code
        assert data(first) == data(again)
        assert len({first.code, changed.code, next_day.code}) == 3

    def test_is_logged_each_time_where_it_is_not_public(self, issue):
        assert issue(Kind.OWN).code != issue(Kind.OWN).code

    @pytest.mark.parametrize("purpose", ["", "  ", "210899199001010012", "长" * 201])
    def test_wants_a_matter_that_can_be_kept(self, issue, purpose):
        before = queries.size()

        with pytest.raises(ReasonError):
            issue(Kind.ADMINISTRATIVE, purpose=purpose)
        assert queries.size() == before

    def test_is_about_organizations_of_the_register(self, issue):
        Organization.objects.update(uscc="x")
        with pytest.raises(NoOrganizationError):
            issue()

    def test_names_the_sign_that_the_font_lacks_and_issues_nothing(self, body, issue):
        Organization.objects.update(name="示例市😀食品有限公司")
        before = queries.size()

        with pytest.raises(UnprintableError) as refused:
            issue()
        assert (refused.value.sign, refused.value.code) == ("😀", "U+1F600")
        assert queries.size() == before
        assert not Report.objects.exists()

    def test_is_pdf_a_3b_and_keeps_no_copy(self, issue, tmp_path):
        issued = issue()

        assert b"<pdfaid:part>3</pdfaid:part>" in issued.pdf
        assert b"<pdfaid:conformance>B</pdfaid:conformance>" in issued.pdf
        assert layout.STANDARD == "a-3b"
        kept = {each.name for each in tmp_path.rglob("*") if each.is_file()}
        assert kept == {"report.pem", "ledger.key"}


class TestAsking:
    def test_gives_the_own_report_to_the_agent_alone(self, body):
        told = {"uscc": body.uscc, "site": "", "at": LATER}

        assert asking.issue_own(actor=body.agent, **told).pdf
        for stranger in (body.clerk, redress.FIRST):
            with pytest.raises(NotAllowedError):
                asking.issue_own(actor=stranger, **told)

    def test_gives_one_in_a_matter_to_officials_alone(self, body):
        told = {"uscc": body.uscc, "purpose": "评标", "site": "", "at": LATER}

        assert asking.issue_in_matter(actor=body.clerk, **told).pdf
        with pytest.raises(NotAllowedError):
            asking.issue_in_matter(actor=body.agent, **told)

    def test_shows_the_organization_who_took_it_and_what_for(self, body):
        asking.issue_in_matter(
            uscc=body.uscc, purpose="评标", actor=body.clerk, site="", at=LATER
        )

        [access] = reports.list_accesses(actor=body.agent, organization=body.key).items
        assert (access.unit_name, access.purpose) == ("示例市U02", "评标")
        nobody = reports.list_accesses(actor=body.clerk, organization=body.key)
        assert nobody.items == ()


class TestSuperseded:
    def test_says_so_once_the_register_states_otherwise(self, body, issue):
        entry = issue().entry
        on = LATER.date()
        assert reports.find_issued(entry=entry, on=on).still_states is True

        redress.a_penalty(body)
        told = reports.find_issued(entry=entry, on=on)
        assert (told.still_states, told.newer_at) == (False, None)

        issue(at=LATER + timedelta(hours=1))
        told = reports.find_issued(entry=entry, on=on)
        assert told.newer_at == LATER + timedelta(hours=1)

    def test_is_no_matter_of_a_newer_one_that_states_the_same(self, issue):
        entry = issue().entry
        issue(at=LATER + timedelta(days=1))

        assert reports.find_issued(entry=entry, on=LATER.date()).newer_at is None


class TestVerified:
    """One report, changed in every way that a byte can be."""

    @pytest.fixture
    def keys(self, issue):
        self.issued = issue()
        key = verifier.read_key(key_history.present().key.text())
        return {key: Term()}

    def is_found(self, pdf, keys):
        try:
            verifier.verify_document(pdf, keys)
            seal = data(self.issued)["certificate_sha256"]
            sealing.require(pdf, fingerprint=seal)
        except (Unverified, sealing.BrokenSealError):
            return True
        return False

    def test_stands_as_it_was_issued(self, keys):
        assert not self.is_found(self.issued.pdf, keys)

    def test_finds_every_changed_byte(self, keys):
        pdf, chance = self.issued.pdf, random.Random(7)
        gap = pdf.index(b"/Contents <3082") + len("/Contents ")
        places = [chance.randrange(len(pdf)) for _ in range(60)]
        places += [chance.randrange(gap - 2, gap + 1600) for _ in range(120)]

        unseen = []
        for place in places:
            changed = bytearray(pdf)
            changed[place] ^= 1 << chance.randrange(8)
            if not self.is_found(bytes(changed), keys):
                unseen.append(place)

        assert unseen == []

    @pytest.mark.parametrize("added", [b"\n", b" ", b"%%EOF\n"])
    def test_finds_what_was_added(self, keys, added):
        assert self.is_found(self.issued.pdf + added, keys)

    def test_is_bound_to_its_data_and_its_key(self, keys, issue, monkeypatch):
        mine, other = self.issued.pdf, issue(Kind.OWN).pdf
        stranger = {key._replace(raw=bytes(32)): term for key, term in keys.items()}
        with pytest.raises(Unverified, match="KEY"):
            verifier.verify_document(mine, stranger)

        mixed = [verifier.attachments(mine)[0], *verifier.attachments(other)[1:]]
        monkeypatch.setattr(verifier, "attachments", lambda pdf: mixed)
        with pytest.raises(Unverified, match="REPORT"):
            verifier.verify_document(other, keys)

    def test_is_bound_to_its_signature(self, keys, monkeypatch):
        data, signature, receipt = verifier.attachments(self.issued.pdf)
        forged = (b"B" if signature[:1] == b"A" else b"A") + signature[1:]
        monkeypatch.setattr(
            verifier, "attachments", lambda pdf: [data, forged, receipt]
        )

        with pytest.raises(Unverified, match="SIGNATURE"):
            verifier.verify_document(self.issued.pdf, keys)

    def test_is_believed_under_no_other_certificate(self, keys):
        with pytest.raises(sealing.BrokenSealError):
            sealing.require(self.issued.pdf, fingerprint="0" * 64)
