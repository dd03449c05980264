"""Documents say everything that the law wants said, and are kept by their digest."""

from __future__ import annotations

import dataclasses

import pytest

from tests.factories import listings
from tests.factories.listings import FIRST, OFFICE, by, listed, propose, record
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.ledger.models import Entry
from xinheng.apps.listings import documents
from xinheng.apps.listings.documents import NotNowError
from xinheng.apps.listings.models import Document
from xinheng.apps.typesetting import FontMissingError
from xinheng.core.listings.procedure import Event, State
from xinheng.rulebook import list_schemes
from xinheng.rulebook import listing_documents as core
from xinheng.rulebook.listing_documents import (
    DocumentKind,
    Matter,
    MissingBlockError,
)

MATTER = Matter(
    scheme=list_schemes.scheme(listings.EXCLUSION),
    organization="示例市安川食品有限公司",
    code="91210899MA0000007L",
    authority="人社局",
    basis=listings.BASIS,
    facts="示例：逾期未支付工资",
    decision_no="示列入〔2019〕1号",
    decided_on=listings.DECIDED_ON,
    expires_on=listings.EXPIRES_ON,
    ended_on=listings.EXPIRES_ON,
)


def issue(listing, kind, actor=FIRST):
    return documents.issue(listing=listing, kind=kind, by=by(actor))


class TestCompose:
    def test_of_a_decision_names_term_way_out_and_remedies(self):
        found = core.compose(DocumentKind.DECISION, MATTER, on=listings.DECIDED_ON)

        text = "".join(body for _, body in found.blocks)
        for part in ("2021年6月12日", "付清拖欠工资", "书面申请", "行政复议"):
            assert part in text

    def test_of_a_notice_names_the_time_to_answer(self):
        found = core.compose(DocumentKind.NOTICE, MATTER, on=listings.SERVED_ON)

        assert "5 个工作日" in dict(found.blocks)["你单位的权利"]

    @pytest.mark.parametrize(
        ("kind", "lost", "block"),
        [
            (DocumentKind.NOTICE, {"facts": ""}, "事实"),
            (DocumentKind.NOTICE, {"basis": " "}, "依据"),
            (DocumentKind.DECISION, {"expires_on": None}, "决定和期限"),
            (DocumentKind.REMOVAL, {"decision_no": ""}, "原列入决定"),
        ],
    )
    def test_refuses_to_leave_a_block_out(self, kind, lost, block):
        with pytest.raises(MissingBlockError, match=block):
            core.compose(
                kind, dataclasses.replace(MATTER, **lost), on=listings.SERVED_ON
            )

    def test_refuses_a_decision_without_remedies(self):
        scheme = dataclasses.replace(MATTER.scheme, remedy=None)

        with pytest.raises(MissingBlockError, match="救济途径"):
            core.compose(
                DocumentKind.DECISION,
                dataclasses.replace(MATTER, scheme=scheme),
                on=listings.SERVED_ON,
            )


class TestRender:
    def test_gives_the_same_bytes_for_the_same_document(self):
        found = core.compose(DocumentKind.DECISION, MATTER, on=listings.DECIDED_ON)

        content = documents.render(found)

        assert content.startswith(b"%PDF")
        assert content == documents.render(found)

    def test_says_how_to_install_a_font_that_is_missing(self, settings):
        settings.FONTS = ["Example Absent"]
        found = core.compose(DocumentKind.DECISION, MATTER, on=listings.DECIDED_ON)

        with pytest.raises(FontMissingError, match="fonts-noto-cjk"):
            documents.render(found)


@pytest.mark.django_db
class TestIssue:
    @pytest.fixture
    def code(self, settings, tmp_path) -> str:
        settings.ARCHIVE_DIR = tmp_path
        return listings.found(settings)

    def test_keeps_a_document_once_with_its_entry(self, code):
        listing = propose(code)

        digest = issue(listing, DocumentKind.NOTICE)
        assert issue(listing, DocumentKind.NOTICE) == digest

        assert Document.objects.get().sha256 == digest
        assert Entry.objects.filter(kind="listing.document").count() == 1
        content = documents.read(listing=listing, digest=digest)
        assert content is not None
        assert content.startswith(b"%PDF")
        assert documents.read(listing=listing, digest="0" * 64) is None

    def test_waits_for_what_the_document_is_about(self, code):
        listing = propose(code)
        with pytest.raises(NotNowError):
            issue(listing, DocumentKind.DECISION)
        record(listing, Event.DROP)
        with pytest.raises(NotNowError):
            issue(listing, DocumentKind.NOTICE)

        ended = listed(code)
        record(ended, Event.REVOKE)
        assert issue(ended, DocumentKind.REMOVAL)

    def test_issues_no_decision_that_was_made_elsewhere(self):
        state = State.IN_FORCE

        assert documents.kinds_of(state, is_own=True) == (DocumentKind.DECISION,)
        assert documents.kinds_of(state, is_own=False) == ()

    def test_is_for_the_authority_alone(self, code):
        with pytest.raises(NotAllowedError):
            issue(propose(code), DocumentKind.NOTICE, OFFICE)
