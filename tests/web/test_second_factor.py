from __future__ import annotations

import json
import re

import pytest
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.factories.accounts import (
    add_unit,
    clerk,
    code_now,
    credit_office,
    set_up_second_factor,
    sign_in,
    wrong_code,
)
from tests.factories.pages import Page

pytestmark = pytest.mark.django_db


class TestSecondFactorSetup:
    def test_shows_a_drawing_that_the_policy_allows(self, client: Client):
        account = credit_office("office")
        sign_in(client, "office")

        text = client.get("/desk/second-factor/setup").content.decode()

        secret = TOTPDevice.objects.get(user_id=account).config_url
        page = Page(text)
        assert "qr-code" in {each.get("class") for each in page.find("svg")}
        assert not [tag for tag, attributes in page.tags if "style" in attributes]
        assert "data:" not in text
        assert re.search(r"secret=([A-Z2-7]+)", secret)[1] in text.replace(" ", "")

    def test_leads_on_with_the_first_right_code(self, client: Client):
        account = credit_office("office")
        sign_in(client, "office")
        client.get("/desk/second-factor/setup")
        before = client.session.session_key

        response = client.post(
            "/desk/second-factor/setup", {"code": code_now(account), "next": "/table/"}
        )

        assert response["Location"] == "/table/"
        assert TOTPDevice.objects.get().confirmed
        assert client.session.session_key != before

    def test_shows_the_same_secret_after_a_wrong_code(self, client: Client):
        account = credit_office("office")
        sign_in(client, "office")
        client.get("/desk/second-factor/setup")

        response = client.post(
            "/desk/second-factor/setup", {"code": wrong_code(account)}
        )

        assert response.status_code == 200
        assert not TOTPDevice.objects.get().confirmed

    def test_never_shows_the_secret_again(self, client: Client):
        set_up_second_factor(credit_office("office"))
        sign_in(client, "office")

        response = client.get("/desk/second-factor/setup")

        assert response["Location"] == "/desk/second-factor"

    def test_is_not_for_strangers(self, client: Client):
        response = client.get("/desk/second-factor/setup")

        assert response["Location"] == "/desk/sign-in"


class TestSecondFactor:
    def test_takes_the_code_and_leads_on(self, client: Client):
        account = credit_office("office")
        set_up_second_factor(account)
        sign_in(client, "office")
        before = client.session.session_key
        code = code_now(account)

        response = client.post(
            "/desk/second-factor", {"code": f"{code[:3]} {code[3:]}", "next": "/table/"}
        )

        assert response["Location"] == "/table/"
        assert client.session.session_key != before
        assert client.session["otp_device_id"]

    @pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "12345６7"])
    def test_says_what_a_code_looks_like(self, client: Client, code: str):
        set_up_second_factor(credit_office("office"))
        sign_in(client, "office")

        response = client.post("/desk/second-factor", {"code": code})

        assert response.status_code == 200
        assert "otp_device_id" not in client.session
        assert TOTPDevice.objects.get().throttling_failure_count == 0

    def test_makes_who_guesses_wait(self, client: Client):
        account = credit_office("office")
        set_up_second_factor(account)
        sign_in(client, "office")
        for _ in range(2):
            client.post("/desk/second-factor", {"code": wrong_code(account)})

        response = client.post("/desk/second-factor", {"code": code_now(account)})

        assert response.status_code == 200
        assert "otp_device_id" not in client.session
        assert 'href="#id_code"' in response.content.decode()

    def test_waits_ten_minutes_and_no_longer(self, client: Client):
        set_up_second_factor(credit_office("office"))

        sign_in(client, "office")

        assert client.session.get_expiry_age() <= 600

    def test_is_not_asked_of_a_clerk(self, client: Client):
        add_unit("a")
        clerk("clerk", unit="a")
        sign_in(client, "clerk")

        assert client.get("/desk/second-factor")["Location"] == "/desk/"
        assert client.session.get_expiry_age() > 7 * 60 * 60

    def test_holds_nothing_but_ids_in_the_session(self, client: Client):
        account = credit_office("office")
        set_up_second_factor(account)
        sign_in(client, "office")
        client.post("/desk/second-factor", {"code": code_now(account)})

        kept = json.dumps(dict(client.session.items()))

        assert "office" not in kept
        assert "示例甲" not in kept
