"""Acts at the desk, each with its receipt; and what is shown when none can be done."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from tests.factories import city, files
from xinheng.apps.ledger import queries, receipt_codes
from xinheng.apps.records import queries as records


class TestActs:
    def test_shows_the_clerk_what_it_did(self, clerk):
        clerk.post("/desk/nil-return/U02/permit/2019-05", {"confirmed": "on"})
        last = queries.list_entries(limit=10_000)[-1]

        page = clerk.get("/desk/acts/").content.decode()

        assert last.kind == "nil_return.filed"
        assert receipt_codes.code_of(last) in page

    def test_shows_the_office_all_of_them(self, office):
        page = office.get("/desk/acts/", {"before": "2"}).content.decode()

        assert page.count("/verify/") >= 2

    def test_leads_to_a_receipt_and_hides_those_of_others(self, clerk):
        city.hand_in(files.permit_rows(4), unit="U01")
        last = queries.list_entries(limit=10_000)[-1]

        assert clerk.get(f"/desk/acts/{last.seq}").status_code == 404


class TestClosedLedger:
    def test_an_act_is_refused_whole_and_said_in_plain_words(self, clerk):
        before = queries.size()
        (Path(settings.KEYS_DIR) / "ledger.key").unlink()

        answer = clerk.post("/desk/nil-return/U02/permit/2019-05", {"confirmed": "on"})

        assert answer.status_code == 503
        assert "未作任何改动" in answer.content.decode()
        assert queries.size() == before
        assert records.latest_period() is None
