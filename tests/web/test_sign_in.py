from __future__ import annotations

import re

import pytest
from django.contrib.auth import hashers
from django.test import Client
from django.utils import timezone

from tests.factories.accounts import PASSWORD, open_account, sign_in
from tests.factories.pages import Page
from xinheng.apps.accounts import operations
from xinheng.apps.accounts.actors import OPERATOR

pytestmark = pytest.mark.django_db


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


class TestSignIn:
    def test_begins_a_session_under_a_new_key(self, client: Client):
        open_account("wang")
        session = client.session
        session["language"] = "en"
        session.save()
        before = session.session_key

        response = sign_in(client, "wang")

        assert response["Location"] == "/desk/"
        assert client.session.session_key != before
        assert is_signed_in(client)

    def test_reads_full_width_and_capital_letters_of_the_name(self, client: Client):
        open_account("wang.wu")

        sign_in(client, " Ｗang.WU ")

        assert is_signed_in(client)

    def test_never_trims_the_password(self, client: Client):
        open_account("wang")

        sign_in(client, "wang", f" {PASSWORD}")

        assert not is_signed_in(client)

    @pytest.mark.parametrize(
        ("next_page", "led_to"),
        [
            ("/table/", "/table/"),
            ("https://evil.example/", "/desk/"),
            ("//evil.example/", "/desk/"),
            ("javascript:alert(1)", "/desk/"),
            ("", "/desk/"),
        ],
    )
    def test_leads_on_within_this_site_only(
        self, client: Client, next_page: str, led_to: str
    ):
        open_account("wang")

        response = sign_in(client, "wang", next=next_page)

        assert response["Location"] == led_to

    def test_gives_the_same_answer_to_every_wrong_pair(self, client: Client):
        open_account("wang")
        closed = open_account("closed")
        operations.deactivate_account(
            account=closed, on=timezone.localdate(), actor=OPERATOR, at=timezone.now()
        )

        pages = {
            re.sub(r'(csrfmiddlewaretoken|name="username")[^>]*', "", text)
            for text in (
                sign_in(Client(), "wang", "wrong").content.decode(),
                sign_in(Client(), "nobody", "wrong").content.decode(),
                sign_in(Client(), "closed", PASSWORD).content.decode(),
            )
        }

        assert len(pages) == 1

    def test_takes_one_hash_for_every_wrong_pair(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ):
        open_account("wang")
        closed = open_account("closed")
        operations.deactivate_account(
            account=closed, on=timezone.localdate(), actor=OPERATOR, at=timezone.now()
        )
        hasher = type(hashers.get_hasher())
        counted: list[str] = []
        encode = hasher.encode

        def count(self, *args, **kwargs):
            counted.append("hash")
            return encode(self, *args, **kwargs)

        monkeypatch.setattr(hasher, "encode", count)
        hashes = []
        for username in ("wang", "nobody", "closed"):
            counted.clear()
            sign_in(Client(), username, "wrong")
            hashes.append(len(counted))

        assert hashes == [1, 1, 1]

    def test_names_each_empty_field_once_and_links_to_it(self, client: Client):
        response = sign_in(client, "", "")

        page = Page(response.content.decode())
        fields = {each.get("id") for each in page.find("input")}
        links = [each["href"] for each in page.find("a") if each["href"][0] == "#"]
        assert {"#id_username", "#id_password"} <= set(links)
        assert {"id_username", "id_password"} <= fields

    def test_leads_on_who_is_signed_in_already(self, client: Client):
        open_account("wang")
        sign_in(client, "wang")

        assert client.get("/desk/sign-in")["Location"] == "/desk/"

    def test_refuses_a_form_without_its_token(self):
        open_account("wang")
        strict = Client(enforce_csrf_checks=True)

        assert sign_in(strict, "wang").status_code == 403
        assert not is_signed_in(strict)

    def test_keeps_no_password_and_asks_for_none_to_be_kept(self, client: Client):
        response = sign_in(client, "wang", "my-secret-words")

        assert "my-secret-words" not in response.content.decode()
        assert "no-store" in response["Cache-Control"]

    def test_says_it_in_english_too(self, client: Client):
        response = client.get("/desk/sign-in", headers={"Accept-Language": "en"})

        assert "Account name" in response.content.decode()


class TestSignOut:
    def test_ends_the_session(self, client: Client):
        open_account("wang")
        sign_in(client, "wang")

        response = client.post("/desk/sign-out")

        assert response.status_code == 302
        assert not is_signed_in(client)

    def test_is_not_done_by_a_link(self, client: Client):
        open_account("wang")
        sign_in(client, "wang")

        assert client.get("/desk/sign-out").status_code == 405
        assert is_signed_in(client)
