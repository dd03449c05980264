"""What people wrote in lists, cases, tasks and files goes from everywhere."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.apps.custody.test_erasure import everything
from tests.factories import listings, pdfs, redress
from tests.factories.listings import by, record
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.custody import backup, erasure, restore, subjects
from xinheng.apps.custody.erasure import Basis, Order
from xinheng.apps.custody.subjects import UnknownSubjectError
from xinheng.apps.evidence import operations as evidence
from xinheng.apps.evidence import queries as evidence_queries
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.ledger import receipts
from xinheng.apps.listings import documents, queries
from xinheng.apps.listings.models import Listing
from xinheng.apps.measures import reporting
from xinheng.apps.measures.models import Application, Task
from xinheng.apps.objections import filing
from xinheng.apps.objections import operations as objections
from xinheng.apps.objections.filing import Contest
from xinheng.apps.organizations.models import Organization
from xinheng.apps.outbox import operations as outbox
from xinheng.apps.outbox.models import Delivery
from xinheng.apps.records import erasing, open_data
from xinheng.apps.records.models import Record
from xinheng.apps.standing import snapshot, sources
from xinheng.core.listings.procedure import Event
from xinheng.core.objections.corrections import Change
from xinheng.core.objections.filing import Kind
from xinheng.rulebook.listing_documents import DocumentKind

AT = datetime(2019, 7, 1, 2, 0, tzinfo=UTC)
WORDS = "独一无二的话"
SHOWN = "独一无二许可内容"
ENDED_ON = date(2019, 6, 20)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def said(settings, tmp_path) -> dict[str, str]:
    """The words in a listing that ended, its tasks, a case, its file, open data."""
    settings.DATA_DIR, settings.ARCHIVE_DIR = tmp_path, tmp_path / "archive"
    settings.STAGING_DIR = tmp_path / "staging"
    settings.STAGING_DIR.mkdir()
    code = listings.found(settings)
    return {"code": code, "listing": a_listing(), **a_case(code)}


def a_listing() -> str:
    code = Organization.objects.get().uscc
    listing = listings.propose(code, facts=f"{WORDS}一")
    record(listing, Event.SERVE, notice_proof=f"{WORDS}二")
    documents.issue(listing=listing, kind=DocumentKind.NOTICE, by=by())
    record(listing, Event.STATE, statement=f"{WORDS}三")
    record(listing, Event.ANSWER, answer=f"{WORDS}四")
    told = {"expires_on": listings.EXPIRES_ON, "decision_no": "示列入〔2019〕1号"}
    record(listing, Event.DECIDE, actor=listings.SECOND, **told)
    outbox.subscribe(
        name="hook",
        kind="WEBHOOK",
        address="https://example.invalid/",
        topic="",
        unit="",
        at=AT,
    )
    decline(f"{WORDS}五")
    record(
        listing, Event.REVOKE, reason=f"{WORDS}六", effective_on=ENDED_ON, on=ENDED_ON
    )
    for key in Delivery.objects.filter(target="").values_list("key", flat=True):
        outbox.fan_out(key=key, at=AT)
    return f"listing:{listing}"


def decline(reason: str) -> None:
    """Give a unit a task (no memorandum was in force in 2019), which it declines."""
    Application.objects.update(measure="M-PROC", memorandum="wage-arrears-restriction")
    task = Task.objects.create(
        application=Application.objects.get(),
        unit_id=listings.UNIT,
        state="OPEN",
        acknowledge_by=AT.date(),
        report_by=AT.date(),
    )
    clerk = Actor("clerk", units=frozenset({listings.UNIT}))
    report = reporting.Report(reporting.Outcome.DECLINED, reason=reason)
    reporting.report(actor=clerk, task=task.id, report=report, at=AT)


def a_case(code: str) -> dict[str, str]:
    redress.collect("permit")
    key = str(Organization.objects.get().pk)
    agent = Actor("agent", organizations=frozenset({key}))
    clerk = Actor("clerk", units=frozenset({listings.UNIT}))
    body = redress.Body(key, code, agent, clerk, listings.UNIT)
    permit = redress.a_permit(body)
    Record.objects.filter(id=permit.id).update(
        body=permit.body.replace("食品经营", SHOWN)
    )
    file = evidence.store(
        content=pdfs.pdf(pdfs.page(f"({WORDS})".encode() + b" Tj")),
        name=f"{WORDS}.pdf",
        actor="agent",
        at=AT,
    )
    contest = Contest(
        Kind.CONTENT,
        f"{WORDS}七",
        (Change("permit_content", SHOWN, f"{WORDS}八"),),
        (file.digest,),
    )
    case = filing.object_to_record(
        record=permit.id, contest=contest, by=redress.by(agent)
    )
    objections.take(case=case, act="withdraw", by=redress.by(agent))
    return {"case": f"case:{case}", "file": file.digest}


def erase(said) -> erasure.Erased:
    order = Order(
        (), (), Basis.COURT_ORDER, "示例判决", (said["listing"], said["case"])
    )
    return erasure.erase(order=order, actor="operator", at=AT)


class TestErase:
    def test_leaves_the_words_nowhere_and_a_ledger_that_verifies(self, said, tmp_path):
        before = everything(tmp_path)
        for number in "一二三四五六七八":
            assert f"{WORDS}{number}".encode() in before
        [pdf] = (tmp_path / "archive" / documents.PLACE).rglob("*.pdf")
        listing = int(said["listing"].partition(":")[2])
        entry = queries.list_events(listing=listing)[0].ledger_seq
        receipt = receipts.receipt(seq=entry, size=ledger.size())

        done = erase(said)

        after = everything(tmp_path)
        assert WORDS.encode() not in after
        assert not pdf.exists()
        assert done.subjects == 3  # the task went with its listing
        assert ledger.verify().problems == ()
        assert receipts.verify(receipt) == ()
        with pytest.raises(evidence_queries.UnknownEvidenceError):
            evidence_queries.open(said["file"])

    def test_has_the_look_up_forget_the_list(self, said):
        view = snapshot.load()
        assert view.effects[said["code"]]

        erase(said)

        assert snapshot.advance(view, ledger.size()).effects[said["code"]] == ()
        assert sources.effects_of(said["code"]) == ()
        assert said["code"] not in snapshot.load().effects

    def test_makes_open_data_anew(self, said, tmp_path):
        open_data.make(at=AT)
        [row] = Record.objects.all()
        assert open_data.current().files[0].rows == 1
        order = Order(
            erasing.find_by_names([f"{row.submission.ledger_seq}.{row.row_number}"]),
            (),
            Basis.COURT_ORDER,
            "示例判决",
        )
        erasure.erase(order=order, actor="operator", at=AT)

        assert open_data.current().serial == 2
        assert not any(
            SHOWN.encode() in path.read_bytes()
            for path in (tmp_path / "open").rglob("*.*")
            if path.is_file()
        )

    def test_refuses_what_has_effect_still(self, said):
        listing = listings.listed(said["code"], decision_no="示列入〔2019〕2号")

        for name in (f"listing:{listing}", "listing:999", "case:x", "what:1", "task:0"):
            with pytest.raises(UnknownSubjectError):
                subjects.with_parts([name], on=AT.date())

    def test_twice_finds_nothing(self, said):
        erase(said)

        with pytest.raises(UnknownSubjectError):
            erase(said)


class TestRestore:
    def test_erases_what_an_older_backup_still_holds(self, said, settings, tmp_path):
        kept = backup.make(directory=tmp_path / "kept", actor="o", at=AT).directory
        documented = [*(kept / "archive" / documents.PLACE).rglob("*.pdf")]
        erase(said)
        call_command("flush", verbosity=0, interactive=False)
        shutil.rmtree(settings.ARCHIVE_DIR)

        done = restore.restore(directory=kept, at=AT)

        assert documented
        assert done.erased_again == 1
        assert WORDS.encode() not in everything(Path(settings.ARCHIVE_DIR))
        assert not [*(Path(settings.ARCHIVE_DIR) / documents.PLACE).rglob("*.pdf")]
        assert ledger.verify().problems == ()
        assert Listing.objects.get().erased_at is not None
