"""Signing in through an OpenID provider: a real one, and one that lies."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from django.test import Client
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import ECKey

from tests.factories import accounts
from tests.factories.city import an_organization
from xinheng.apps.accounts import identities, oidc
from xinheng.apps.accounts.actors import OPERATOR
from xinheng.apps.accounts.models import AccountName, Identity, User
from xinheng.apps.agents.models import AgentMandate
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.organizations.models import Organization

CODE = an_organization().code
BACK = "/desk/oidc/callback"
LIAR = "https://login.example.org"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """Run the provider as a process of its own; its users come with their claims."""
    port = free_port()
    agent = {"sub": "subject-of-agent", "uscc": CODE, "name": "王某某"}
    told = [agent, {"sub": "nobody"}, {"sub": "stranger", "uscc": "91210899MA00000000"}]
    users = [f"--user-claims={json.dumps(each)}" for each in told]
    run = [sys.executable, "-m", "oidc_provider_mock", f"--port={port}", *users]
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen(
        [*run, "--require-nonce"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            wait_for(address)
            yield address
        finally:
            process.terminate()


def wait_for(address: str) -> None:
    for _ in range(200):
        try:
            httpx.get(f"{address}/.well-known/openid-configuration", timeout=5)
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the provider does not answer")


@pytest.fixture
def through(city: None, settings: Any, provider: str) -> None:
    configure(settings, provider)


def configure(settings: Any, issuer: str) -> None:
    settings.OIDC_ISSUER = issuer
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = "xinheng", "sesame"
    settings.INSECURE_HTTP = True


def leave(client: Client, **query: str) -> str:
    """Begin to sign in and return where the browser is sent."""
    return client.get(f"/desk/oidc/sign-in?{urlencode(query)}")["Location"]


def come_back(client: Client, page: str, *, subject: str) -> Any:
    """Sign in at the provider as a subject and follow it back."""
    answer = httpx.post(page, data={"sub": subject})
    there = urlsplit(answer.headers["Location"])
    return client.get(f"{there.path}?{there.query}")


def sign_in(client: Client, subject: str, **query: str) -> Any:
    return come_back(client, leave(client, **query), subject=subject)


@pytest.mark.usefixtures("through")
class TestSignIn:
    def test_leads_an_agent_to_the_organization(self, client):
        done = sign_in(client, "subject-of-agent", next="/my/")

        assert done["Location"] == "/my/"
        assert client.get("/my/")["Location"] == f"/my/{CODE}/"
        assert client.get(f"/my/{CODE}/").status_code == 200

    def test_keeps_the_subject_and_the_mandate_and_nothing_else(self, client):
        sign_in(client, "subject-of-agent")

        assert not AccountName.objects.exists()
        user = User.objects.get()
        assert not user.has_usable_password()
        told = [f"{each.subject}{each.body}" for each in ledger.list_entries(limit=999)]
        kept = [*told, user.username, json.dumps(dict(client.session.items()))]
        assert not any("王某某" in each for each in kept)
        assert not any("subject-of-agent" in each for each in kept)
        assert Identity.objects.get().subject == "subject-of-agent"

    def test_is_the_same_account_the_next_time(self, client):
        for browser in (client, Client()):
            sign_in(browser, "subject-of-agent")

        assert User.objects.count() == AgentMandate.objects.count() == 1

    def test_ends_a_mandate_that_is_no_longer_vouched_for(self, client):
        sign_in(client, "subject-of-agent")
        other = Organization.objects.exclude(uscc=CODE).first()
        AgentMandate.objects.update(organization=other)

        sign_in(Client(), "subject-of-agent")

        ended = AgentMandate.objects.get(expires_on__isnull=False)
        assert ended.organization == other
        assert AgentMandate.objects.get(expires_on__isnull=True)
        assert client.get(f"/my/{other.uscc}/").status_code == 404

    @pytest.mark.parametrize("subject", ["nobody", "stranger"])
    def test_lets_in_nobody_without_an_organization(self, client, subject):
        done = sign_in(client, subject)

        assert done.status_code == 403
        assert "信用办" in done.content.decode()
        assert not User.objects.exists()
        assert client.get("/my/")["Location"].startswith("/desk/sign-in")

    def test_lets_in_no_closed_account(self, client):
        sign_in(client, "subject-of-agent")
        User.objects.update(is_active=False)

        assert sign_in(Client(), "subject-of-agent").status_code == 403

    def test_asks_linked_staff_for_the_second_factor_all_the_same(
        self, client, provider
    ):
        office = accounts.credit_office()
        accounts.set_up_second_factor(office)
        identities.link(
            account=office,
            issuer=provider,
            subject="nobody",
            actor=OPERATOR,
            at=timezone.now(),
        )

        sign_in(client, "nobody")

        led = client.get("/desk/queues/holds/")["Location"]
        assert led.startswith("/desk/second-factor")


@pytest.mark.usefixtures("through")
class TestOtherRequests:
    def test_lead_to_the_provider_with_state_nonce_and_pkce(self, client, provider):
        page = leave(client)

        asked = parse_qs(urlsplit(page).query)
        assert page.startswith(provider)
        assert asked["code_challenge_method"] == ["S256"]
        assert asked["scope"] == ["openid"]
        assert len(asked["state"][0]) > 40
        assert len(asked["nonce"][0]) > 40

    def test_of_another_browser_are_refused(self, client):
        page = leave(client)

        assert come_back(Client(), page, subject="subject-of-agent").status_code == 400

    def test_that_come_twice_are_refused(self, client):
        answer = httpx.post(leave(client), data={"sub": "subject-of-agent"})
        there = urlsplit(answer.headers["Location"])

        first = client.get(f"{there.path}?{there.query}")
        again = client.get(f"{there.path}?{there.query}")

        assert (first.status_code, again.status_code) == (302, 400)

    def test_that_the_provider_denies_end_in_one_clear_page(self, client):
        answer = httpx.post(leave(client), data={"action": "deny"})
        state = client.session["oidc"]["state"]
        there = parse_qs(urlsplit(answer.headers["Location"]).query)
        assert there["error"] == ["access_denied"]

        done = client.get(f"{BACK}?error=access_denied&state={state}")

        assert done.status_code == 403

    def test_lead_to_no_foreign_page(self, client):
        done = sign_in(client, "subject-of-agent", next="https://evil.example.org/")

        assert done["Location"] == "/desk/"


class Lies:
    """A provider that answers what a test makes it say."""

    def __init__(self) -> None:
        self.key = ECKey.generate_key("P-256", {"kid": "one"})
        self.signer = self.key
        self.claims: dict[str, Any] = {}
        self.nonce = ""
        self.issuer = LIAR

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("openid-configuration"):
            names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            told = {name: f"{LIAR}/{name}" for name in names}
            return httpx.Response(200, json={"issuer": self.issuer, **told})
        if request.url.path == "/jwks_uri":
            return httpx.Response(200, json={"keys": [self.key.as_dict(private=False)]})
        now = int(time.time())
        plain = {
            "iss": LIAR,
            "aud": "xinheng",
            "sub": "subject",
            "iat": now,
            "exp": now + 300,
            "nonce": self.nonce,
            "uscc": CODE,
        }
        header = {"alg": "ES256", "kid": "one"}
        token = jwt.encode(header, {**plain, **self.claims}, self.signer)
        return httpx.Response(200, json={"id_token": token, "access_token": "x"})


@pytest.fixture
def lies(city, settings, monkeypatch) -> Lies:
    configure(settings, LIAR)
    said = Lies()
    transport = httpx.MockTransport(said)
    monkeypatch.setattr(oidc, "client", lambda: httpx.Client(transport=transport))
    return said


def answer_of(client: Client, lies: Lies) -> Any:
    leave(client)
    remembered = client.session["oidc"]
    lies.nonce = lies.nonce or remembered["nonce"]
    return client.get(f"{BACK}?code=x&state={remembered['state']}")


class TestBelieved:
    def test_is_a_token_that_is_right_in_all(self, client, lies):
        assert answer_of(client, lies).status_code == 302

    @pytest.mark.parametrize(
        "claims",
        [
            {"iss": "https://other.example.org"},
            {"aud": "another-client"},
            {"aud": ["xinheng", "another"]},
            {"exp": 1},
            {"nonce": "of-another-sign-in"},
            {"sub": ""},
            {"sub": "x" * 256},
            {"exp": None},
        ],
        ids=lambda claims: f"{claims}"[:40],
    )
    def test_is_no_token_for_others_too_old_or_of_another(self, client, lies, claims):
        lies.claims = claims

        done = answer_of(client, lies)

        assert done.status_code == 403
        assert "不可信" in done.content.decode()
        assert not User.objects.exists()

    def test_is_no_token_that_another_key_signed(self, client, lies):
        lies.signer = ECKey.generate_key("P-256", {"kid": "one"})

        assert answer_of(client, lies).status_code == 403

    def test_is_no_provider_of_another_name(self, client, lies):
        lies.issuer = "https://other.example.org"

        assert client.get("/desk/oidc/sign-in").status_code == 403

    def test_is_no_sign_in_that_took_too_long(self, client, lies, monkeypatch):
        leave(client)
        remembered = client.session["oidc"]
        lies.nonce = remembered["nonce"]
        later = timezone.now() + timedelta(minutes=11)
        monkeypatch.setattr("django.utils.timezone.now", lambda: later)

        done = client.get(f"{BACK}?code=x&state={remembered['state']}")

        assert done.status_code == 400

    def test_says_that_the_provider_cannot_be_reached(self, client, lies, monkeypatch):
        gone = httpx.MockTransport(lambda request: httpx.Response(503))
        monkeypatch.setattr(oidc, "client", lambda: httpx.Client(transport=gone))

        assert client.get("/desk/oidc/sign-in").status_code == 502


class TestWithoutAProvider:
    def test_there_is_no_such_way_in(self, client, city):
        assert client.get("/desk/oidc/sign-in").status_code == 404
        assert client.get(f"{BACK}?code=x&state=y").status_code == 404
        assert "oidc" not in client.get("/desk/sign-in").content.decode()
