"""Files that prove a correction: kept with it, opened by who sees the issue."""

from __future__ import annotations

import json
import random

import pytest

from tests.factories import accounts, pdfs, people, pictures
from tests.factories.issues import FIRST, LATER, REGISTRAR, SECOND, answer, by, claimed
from xinheng.apps.evidence.operations import Handed
from xinheng.apps.evidence.queries import UnknownEvidenceError
from xinheng.apps.ledger.models import Entry
from xinheng.apps.organizations import corrections, workbench
from xinheng.apps.organizations.models import Correction, CorrectionFile
from xinheng.apps.organizations.workbench import UnknownIssueError
from xinheng.core.evidence.faults import EvidenceError
from xinheng.core.organizations.corrections import Flag, Subject

pytestmark = pytest.mark.django_db

SCAN = Handed("执照.png", pictures.png())
PAGE = Handed("决定书.pdf", pdfs.pdf(pdfs.page(b"(No. 15) Tj")))
PERSONAL = people.number_18(random.Random(3)).encode()


@pytest.fixture(autouse=True)
def archive(settings, tmp_path):
    settings.ARCHIVE_DIR = tmp_path / "archive"


def propose(issue: int, *files: Handed, actor=FIRST) -> None:
    given = answer(Flag.DELETE, Subject.CLAIMANT)
    corrections.propose(issue=issue, answer=given, actor=actor, at=LATER, files=files)


def files_of(issue: int) -> list[str]:
    live = workbench.get_issue(actor=FIRST, issue=issue).live
    assert live is not None
    return [ref.name for ref in live.files]


class TestPropose:
    def test_keeps_the_files(self, tmp_path):
        issue = claimed(tmp_path).id

        propose(issue, SCAN, PAGE, SCAN)

        assert files_of(issue) == ["决定书.pdf", "执照.png"]
        entry = Entry.objects.get(kind="register.correction_proposed")
        assert len(json.loads(entry.body)["files"]) == 2

    def test_replaces_the_files_with_the_proposal(self, tmp_path):
        issue = claimed(tmp_path).id
        propose(issue, SCAN)

        propose(issue, PAGE)

        assert files_of(issue) == ["决定书.pdf"]

    def test_is_refused_whole_with_a_personal_number(self, tmp_path):
        issue = claimed(tmp_path).id
        named = Handed("a.pdf", pdfs.pdf(pdfs.page(b"(%b) Tj" % PERSONAL)))

        with pytest.raises(EvidenceError):
            propose(issue, SCAN, named)
        assert not Correction.objects.exists()
        assert not CorrectionFile.objects.exists()


class TestOpenFile:
    def test_gives_it_to_who_sees_the_issue(self, tmp_path):
        issue = claimed(tmp_path).id
        propose(issue, SCAN)
        [digest] = CorrectionFile.objects.values_list("file_id", flat=True)
        asked = {"issue": issue, "digest": digest}

        assert workbench.open_file(actor=FIRST, **asked)[1] == SCAN.content
        with pytest.raises(UnknownIssueError):
            workbench.open_file(actor=REGISTRAR, **asked)

    def test_gives_it_to_the_unit_that_was_asked(self, tmp_path):
        issue = claimed(tmp_path).id
        accounts.add_unit("U02")
        corrections.assign(issue=issue, unit="U02", by=by(FIRST))
        propose(issue, SCAN, actor=REGISTRAR)
        [digest] = CorrectionFile.objects.values_list("file_id", flat=True)

        found = workbench.open_file(actor=REGISTRAR, issue=issue, digest=digest)

        assert found[1] == SCAN.content

    def test_opens_no_file_of_another_issue(self, tmp_path):
        issue = claimed(tmp_path).id
        propose(issue, SCAN)

        for digest in ("0" * 64, "..", ""):
            with pytest.raises(UnknownEvidenceError):
                workbench.open_file(actor=FIRST, issue=issue, digest=digest)

    def test_still_opens_it_after_an_undo(self, tmp_path):
        issue = claimed(tmp_path).id
        propose(issue, SCAN)
        corrections.decide(issue=issue, by=by(SECOND))
        corrections.undo(issue=issue, by=by(FIRST))
        [digest] = CorrectionFile.objects.values_list("file_id", flat=True)

        ref, content = workbench.open_file(actor=FIRST, issue=issue, digest=digest)

        assert (ref.name, content) == (SCAN.name, SCAN.content)
