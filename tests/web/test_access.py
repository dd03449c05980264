from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories.accounts import (
    add_unit,
    administrator,
    clerk,
    code_now,
    credit_office,
    set_up_second_factor,
    sign_in,
)
from xinheng.apps.accounts import operations
from xinheng.apps.accounts.actors import OPERATOR
from xinheng.apps.accounts.mandates import CREDIT_OFFICE, Term
from xinheng.apps.accounts.models import Mandate

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.guarded_urls")]
SIGNED_IN, OFFICE = "/guarded/signed-in", "/guarded/credit-office"
ADMINISTRATOR = "/guarded/administrator"
EVERY_GUARD = (SIGNED_IN, OFFICE, ADMINISTRATOR)


def verify(client: Client, account: str, username: str) -> None:
    set_up_second_factor(account)
    sign_in(client, username)
    client.post("/desk/second-factor", {"code": code_now(account)})


class TestSignedIn:
    @pytest.mark.parametrize("page", EVERY_GUARD)
    def test_sends_a_stranger_to_sign_in_and_back(self, client: Client, page: str):
        response = client.get(f"{page}?x=1")

        assert response.status_code == 302
        assert response["Location"] == (
            f"/desk/sign-in?next={page.replace('/', '%2F')}%3Fx%3D1"
        )

    def test_never_sends_a_form_back(self, client: Client):
        response = client.post(SIGNED_IN)

        assert response["Location"] == "/desk/sign-in"

    def test_gives_the_view_its_actor(self, client: Client):
        add_unit("a")
        account = clerk("clerk", unit="a")
        sign_in(client, "clerk")

        response = client.get(SIGNED_IN)

        assert response.content.decode() == f"{account} ['a']"

    def test_keeps_the_page_out_of_every_cache(self, client: Client):
        add_unit("a")
        clerk("clerk", unit="a")
        sign_in(client, "clerk")

        assert "no-store" in client.get(SIGNED_IN)["Cache-Control"]

    @pytest.mark.parametrize("page", [OFFICE, ADMINISTRATOR])
    def test_refuses_a_clerk_elsewhere(self, client: Client, page: str):
        add_unit("a")
        clerk("clerk", unit="a")
        sign_in(client, "clerk")

        assert client.get(page).status_code == 403


class TestSecondFactor:
    @pytest.mark.parametrize("page", EVERY_GUARD)
    @pytest.mark.parametrize("make", [credit_office, administrator])
    def test_opens_nothing_before_it_is_set_up(self, client: Client, page, make):
        make("someone")
        sign_in(client, "someone")

        response = client.get(page)

        assert response["Location"].startswith("/desk/second-factor/setup?next=")

    @pytest.mark.parametrize("page", EVERY_GUARD)
    @pytest.mark.parametrize("make", [credit_office, administrator])
    def test_opens_nothing_before_the_code(self, client: Client, page, make):
        set_up_second_factor(make("someone"))
        sign_in(client, "someone")

        response = client.get(page)

        assert response["Location"].startswith("/desk/second-factor?next=")

    @pytest.mark.parametrize(
        ("make", "opened"),
        [(credit_office, [200, 200, 403]), (administrator, [200, 403, 200])],
    )
    def test_opens_what_the_role_is_for(self, client: Client, make, opened):
        verify(client, make("someone"), "someone")

        assert [client.get(page).status_code for page in EVERY_GUARD] == opened

    def test_is_asked_for_as_soon_as_the_role_is_granted(self, client: Client):
        add_unit("a")
        account = clerk("clerk", unit="a")
        sign_in(client, "clerk")
        today = timezone.localdate()

        before = client.get(SIGNED_IN).status_code
        operations.grant_mandate(
            account=account,
            term=Term(CREDIT_OFFICE, None, today, None),
            actor=OPERATOR,
            at=timezone.now(),
        )

        assert before == 200
        assert client.get(SIGNED_IN).status_code == 302

    def test_counts_for_this_session_only(self, client: Client):
        verify(client, credit_office("office"), "office")
        another = Client()
        sign_in(another, "office")

        assert client.get(OFFICE).status_code == 200
        assert another.get(OFFICE).status_code == 302


class TestEnd:
    def test_of_a_mandate_counts_at_once(self, client: Client):
        verify(client, credit_office("office"), "office")
        before = client.get(OFFICE).status_code

        operations.end_mandate(
            mandate=Mandate.objects.get().pk,
            on=timezone.localdate(),
            actor=OPERATOR,
            at=timezone.now(),
        )

        assert (before, client.get(OFFICE).status_code) == (200, 403)

    @pytest.mark.parametrize("how", ["deactivate", "new_password", "reset"])
    def test_of_a_session_counts_at_once(self, client: Client, how: str):
        account = credit_office("office")
        verify(client, account, "office")
        at = timezone.now()

        {
            "deactivate": lambda: operations.deactivate_account(
                account=account, on=timezone.localdate(at), actor=OPERATOR, at=at
            ),
            "new_password": lambda: operations.set_password(
                account=account, password="another-long-one", actor=OPERATOR, at=at
            ),
            "reset": lambda: operations.reset_second_factor(
                account=account, actor=OPERATOR, at=at
            ),
        }[how]()

        assert client.get(SIGNED_IN)["Location"].startswith("/desk/sign-in")

    def test_comes_eight_hours_after_sign_in_whatever_is_done_meanwhile(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ):
        add_unit("a")
        clerk("clerk", unit="a")
        sign_in(client, "clerk")
        began = timezone.now()

        opened = []
        for hours in (4, 7.9, 8.1):
            later = began + timedelta(hours=hours)
            monkeypatch.setattr(timezone, "now", lambda later=later: later)
            opened.append(client.get(SIGNED_IN).status_code)
            client.get("/open/count")  # writes into the session

        assert opened == [200, 200, 302]
