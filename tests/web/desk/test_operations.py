"""The operator's desk: every condition, the worst first, each with what to do."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import accounts
from xinheng.apps.custody.runbooks import runbooks
from xinheng.web.desk import operations


@pytest.fixture
def administrator(city) -> Client:
    client = Client()
    accounts.sign_in_verified(client, accounts.administrator(), "admin")
    return client


class TestIndex:
    def test_shows_every_condition_and_the_first_step_of_what_is_bad(
        self, administrator
    ):
        text = administrator.get("/desk/operations/").content.decode()

        assert all(book.title in text for book in runbooks().values())
        assert "立即处理" in text
        assert text.index("最近一次备份") < text.index("磁盘可用空间")
        assert "systemctl list-timers xinheng-backup.timer" in text

    def test_is_in_english_for_who_reads_english(self, administrator):
        answer = administrator.get(
            "/desk/operations/", headers={"accept-language": "en"}
        )

        assert "The last backup" in answer.content.decode()


class TestRunbook:
    def test_says_what_it_means_and_what_to_do(self, administrator):
        text = administrator.get("/desk/operations/disk_free").content.decode()

        assert "降至 20 % 时应当日查看" in text
        assert "降至 10 % 时应立即处理" in text
        assert "du -xh" in text

    def test_of_every_condition_is_there_and_of_no_other(self, administrator):
        codes = {
            code: administrator.get(f"/desk/operations/{code}").status_code
            for code in (*runbooks(), "nothing")
        }

        assert codes == dict.fromkeys(runbooks(), 200) | {"nothing": 404}


@pytest.mark.parametrize(
    ("unit", "value", "text"),
    [
        ("seconds", 0.25, "0.2 秒"),
        ("seconds", 180, "3 分钟"),
        ("seconds", 7200, "2 小时"),
        ("seconds", 400_000, "4 天"),
        ("days", 20.4, "20 天"),
        ("ratio", 0.105, "10 %"),
        ("count", 3, "3"),
    ],
)
def test_figures_are_shown_in_their_largest_unit(unit, value, text):
    assert operations.shown(unit, value) == text
