from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.core.management import call_command
from django.test import AsyncClient, Client
from django.utils import timezone

from tests.factories import loops
from tests.factories.accounts import PASSWORD, open_account, sign_in
from xinheng.apps.accounts import lockout

pytestmark = pytest.mark.django_db
# Of a division that does not exist; the check character is right.
PERSONAL_NUMBER = "210899199001010012"
LIMIT = settings.AXES_FAILURE_LIMIT


def fail(client: Client, times: int, username: str = "wang", **extra: str) -> int:
    codes = [
        client.post(
            "/desk/sign-in", {"username": username, "password": "wrong"}, **extra
        ).status_code
        for _ in range(times)
    ]
    return codes[-1]


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


class TestLockout:
    def test_comes_with_the_fifth_wrong_password(self, client: Client):
        open_account("wang")

        codes = [fail(client, 1) for _ in range(LIMIT)]

        assert codes == [200] * (LIMIT - 1) + [429]
        assert sign_in(client, "wang").status_code == 429
        assert not is_signed_in(client)

    def test_looks_the_same_for_a_name_that_nobody_bears(self, client: Client):
        open_account("wang")
        fail(client, LIMIT)
        fail(client, LIMIT, "nobody")

        pages = {
            re.sub(r'value="[^"]*"', "", sign_in(client, name).content.decode())
            for name in ("wang", "nobody")
        }

        assert len(pages) == 1
        assert "锁定" in pages.pop()

    def test_leaves_the_owner_another_way_in(self, client: Client):
        open_account("wang")
        fail(client, LIMIT, REMOTE_ADDR="192.0.2.1")

        response = client.post(
            "/desk/sign-in",
            {"username": "wang", "password": PASSWORD},
            REMOTE_ADDR="192.0.2.2",
        )

        assert response.status_code == 302
        assert is_signed_in(client)

    def test_is_over_after_half_an_hour_however_often_one_tries(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ):
        open_account("wang")
        fail(client, LIMIT)
        began = timezone.now()

        codes = []
        for minutes in (10, 29, 31):
            later = began + timedelta(minutes=minutes)
            monkeypatch.setattr("axes.handlers.proxy.now", lambda later=later: later)
            codes.append(sign_in(client, "wang").status_code)

        assert codes == [429, 429, 302]

    def test_begins_anew_after_a_right_password(self, client: Client):
        open_account("wang")
        fail(client, LIMIT - 1)
        sign_in(client, "wang")
        client.post("/desk/sign-out")

        assert fail(client, LIMIT - 1) == 200

    def test_meets_who_tries_many_names_from_one_address(self, client: Client):
        open_account("wang")
        tries = LIMIT * lockout.NAMES_PER_ADDRESS

        codes = [fail(client, 1, f"name-{number}") for number in range(tries)]

        assert codes[:-1] == [200] * (tries - 1)
        assert codes[-1] == 429
        assert sign_in(client, "wang").status_code == 429

    def test_holds_for_one_network_of_ipv6(self, client: Client):
        open_account("wang")

        codes = [
            fail(client, 1, REMOTE_ADDR=f"2001:db8::{number}")
            for number in range(1, LIMIT + 1)
        ]

        assert codes[-1] == 429

    def test_works_where_no_address_is_known(self, client: Client):
        open_account("wang")

        assert fail(client, LIMIT, REMOTE_ADDR="") == 429

    @pytest.mark.django_db(transaction=True)
    def test_works_in_the_asynchronous_server(self):
        open_account("wang")
        client = AsyncClient()

        async def post() -> int:
            answers = {"username": "wang", "password": "wrong"}
            response = await client.post("/desk/sign-in", answers)
            return response.status_code

        codes = [loops.run(post()) for _ in range(LIMIT + 1)]

        assert codes == [200] * (LIMIT - 1) + [429, 429]

    def test_keeps_nothing_of_what_was_typed(
        self, client: Client, capfd: pytest.CaptureFixture[str]
    ):
        body = {"username": PERSONAL_NUMBER, "password": PERSONAL_NUMBER}
        for _ in range(LIMIT + 1):
            client.post(f"/desk/sign-in?next={PERSONAL_NUMBER}", body)
        dumped = io.StringIO()
        call_command("dumpdata", stdout=dumped)

        written = capfd.readouterr()

        assert AccessAttempt.objects.exists()
        assert PERSONAL_NUMBER not in dumped.getvalue()
        assert PERSONAL_NUMBER not in written.out + written.err

    def test_keeps_no_log_of_who_came_in(self, client: Client):
        open_account("wang")

        sign_in(client, "wang")

        assert not AccessLog.objects.exists()


class TestClientAddress:
    @pytest.mark.parametrize(
        ("behind_proxy", "forwarded", "address"),
        [
            (False, "198.51.100.7", "192.0.2.1"),
            (True, "", "192.0.2.1"),
            (True, "198.51.100.7", "198.51.100.7"),
            (True, "203.0.113.9, 198.51.100.7", "198.51.100.7"),
            (True, "198.51.100.7, nonsense", "192.0.2.1"),
            (True, "::ffff:198.51.100.7", "198.51.100.7"),
            (True, "2001:db8:1:2:3::4", "2001:db8:1:2::"),
        ],
    )
    def test_trusts_the_last_proxy_only(
        self, rf, settings, behind_proxy: bool, forwarded: str, address: str
    ):
        settings.BEHIND_PROXY = behind_proxy
        request = rf.get(
            "/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="192.0.2.1"
        )

        assert lockout.client_address(request) == address
