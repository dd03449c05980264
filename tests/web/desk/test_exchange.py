"""The desk of exchange: health, log, what was refused, rehearsal in one click."""

from __future__ import annotations

import pytest

from tests.apps.exchange.conftest import landed as landed
from tests.apps.exchange.conftest import world as world
from tests.factories import accounts
from xinheng.apps.exchange.models import Obligation, ProfileChange
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

        assert "已恢复为规则库中的配置" in answer.content.decode()
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
