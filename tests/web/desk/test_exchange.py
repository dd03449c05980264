"""The desk of exchange: health, log, what was refused, rehearsal in one click."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.apps.exchange.conftest import landed as landed
from tests.apps.exchange.conftest import world as world
from tests.factories import accounts
from tests.factories import city as cities
from xinheng.apps.exchange.models import (
    NeighborState,
    Obligation,
    Oddity,
    ProfileChange,
    Received,
)
from xinheng.apps.ledger import queries as ledger
from xinheng.core.exchange.upper_rules import Telling

REFUSED = "/desk/exchange/refused/"


@pytest.fixture
def refused(landed):
    """Every permit of U01 came back with 1001, under a limit that was learned."""
    landed.rules(mismatch_of=1, rows=4, telling=Telling.EXPLICIT)
    landed.run()
    return landed


class TestIndex:
    def test_shows_every_platform_with_its_balance(self, refused, office):
        page = office.get("/desk/exchange/").content.decode()

        assert "province" in page
        assert "被退回" in page

    def test_says_that_none_is_configured(self, office):
        assert "尚未配置任何平台" in office.get("/desk/exchange/").content.decode()

    def test_takes_few_questions_of_the_database(
        self, refused, office, django_assert_max_num_queries
    ):
        office.get("/desk/exchange/")

        with django_assert_max_num_queries(20):
            office.get("/desk/exchange/")


class TestTarget:
    def test_shows_what_was_sent_and_answered(self, refused, office):
        page = office.get("/desk/exchange/to/province").content.decode()

        assert "单包不得超过 4 行" in page

    def test_takes_back_what_was_learned(self, landed, office):
        landed.rules(rows=2)
        landed.run()
        assert (
            "limits.rows" in office.get("/desk/exchange/to/province").content.decode()
        )

        answer = office.post("/desk/exchange/to/province/forget", follow=True)

        assert "已撤回试出的调整" in answer.content.decode()
        assert not ProfileChange.objects.filter(undone_at=None).exists()

    def test_knows_no_other(self, office):
        assert office.get("/desk/exchange/to/nobody").status_code == 404
        assert office.post("/desk/exchange/to/nobody/forget").status_code == 404


class TestUnresolved:
    def test_shows_a_clerk_the_own_units_rows_alone(self, refused, client, clerk):
        accounts.clerk("wang", unit="U01")
        accounts.sign_in(client, "wang")

        assert "请核对名称" in client.get(REFUSED).content.decode()
        assert "请核对名称" not in clerk.get(REFUSED).content.decode()

    def test_is_sent_again_by_the_office_alone(self, refused, office, clerk):
        first = Obligation.objects.first()

        assert clerk.post(f"{REFUSED}{first.pk}/again").status_code == 403
        answer = office.post(f"{REFUSED}{first.pk}/again", follow=True)

        assert "将再次报送" in answer.content.decode()
        assert office.post(f"{REFUSED}{first.pk}/again").status_code == 404


class TestRehearse:
    def test_shows_what_would_come_of_it_and_sends_nothing(self, landed, office):
        page = office.post(
            "/desk/exchange/rehearse/province-message", {"seed": "4"}
        ).content.decode()

        assert "该平台的隐藏规则" in page
        assert landed.platform.packages == 0
        assert not Obligation.objects.exists()

    @pytest.mark.parametrize("seed", ["", "x", "9" * 40, "-1"])
    def test_takes_any_seed_for_one(self, office, seed):
        answer = office.post("/desk/exchange/rehearse/province-drop", {"seed": seed})

        assert answer.status_code == 200

    def test_knows_no_other_profile(self, office):
        assert office.post("/desk/exchange/rehearse/nobody").status_code == 404


class TestChanges:
    """One person puts a change forward and replays it, another one adopts it."""

    def propose(self, office, **said):
        asked = {"date_format": "%Y-%m-%d", "reason": "平台通知", "rows": "3", **said}
        return office.post("/desk/exchange/to/province/propose", asked)

    def test_are_shown_replayed_and_adopted_by_another(self, landed, office):
        landed.run()
        address = self.propose(office)["Location"]
        page = office.get(address).content.decode()
        assert "limits.rows" in page
        assert "须由另一人采纳" in page

        page = office.post(f"{address}/replay").content.decode()
        assert "试用的批次" in page
        assert "须由另一人采纳" in office.post(f"{address}/adopt").content.decode()

        second = Client()
        other = accounts.credit_office("second")
        accounts.sign_in_verified(second, other, "second")
        page = second.post(f"{address}/adopt", follow=True).content.decode()

        assert "已采纳" in page

    def test_say_at_its_field_what_is_impossible(self, landed, office):
        page = self.propose(office, bytes="3").content.decode()

        assert 'href="#id_bytes"' in page
        assert "平台不可能有这样的要求" in page

    def test_say_that_a_reason_is_missing(self, landed, office):
        assert 'href="#id_reason"' in self.propose(office, reason="").content.decode()

    def test_are_dropped_and_not_sent_before_a_replay(self, landed, office):
        address = self.propose(office)["Location"]
        assert "请先重放" in office.post(f"{address}/send").content.decode()

        page = office.post(f"{address}/drop", follow=True).content.decode()

        assert "未采纳" in page
        assert "其间已作出决定" in office.post(f"{address}/drop").content.decode()


class TestFeedback:
    ADDRESS = "/desk/exchange/to/province/feedback"

    @pytest.fixture
    def named(self, landed, settings, tmp_path):
        (tmp_path / "targets.toml").write_text(
            '[[target]]\nname = "province"\nprofile = "province-service"\n'
            f'url = "{landed.server.url}"\n',
            "utf-8",
        )
        settings.TARGETS = str(tmp_path / "targets.toml")
        return landed

    def test_is_taken_and_what_can_not_be_followed_is_kept(self, named, office):
        text = "数据集,键,结果\npermit,从未|报送|过,成功\n"
        file = SimpleUploadedFile("反馈.csv", text.encode())

        page = office.post(self.ADDRESS, {"file": file}).content.decode()

        assert "从未向该平台报送过这一行" in page
        assert (
            "从未|报送|过" in office.get("/desk/exchange/to/province").content.decode()
        )
        kept = Oddity.objects.get()
        office.post(f"/desk/exchange/kept/{kept.pk}/close")
        assert not Oddity.objects.exists()

    def test_says_that_a_file_is_none(self, named, office):
        file = SimpleUploadedFile("x.csv", b"<html>")

        page = office.post(self.ADDRESS, {"file": file}).content.decode()

        assert 'href="#id_file"' in page


class TestReceived:
    def test_names_the_neighbor_and_what_it_signed(self, city, office):
        note = ledger.get_head().note
        neighbor = NeighborState.objects.create(name="second", note=note)
        Received.objects.create(
            neighbor=neighbor,
            version="3.1",
            key="k",
            dataset="permit",
            uscc="91210899MA00000000",
            source_unit="第二市某局",
            values={"permit_content": "第二市的内容"},
            received_at=cities.AT,
            signed_size=7,
        )

        page = office.get("/desk/exchange/from/second").content.decode()

        for text in ("第二市某局", "第二市的内容", "签署至 7 条", "对方平台的记录"):
            assert text in page
        assert "second" in office.get("/desk/exchange/").content.decode()
        other = office.get("/desk/exchange/from/second?code=91210899MA00000001")
        assert "第二市的内容" not in other.content.decode()


class TestRehearseBatches:
    def test_shows_the_batches_that_were_tried(self, landed, office):
        landed.run()

        page = office.post("/desk/exchange/to/province/rehearse", {"seed": "3"})

        assert "试用的批次" in page.content.decode()
