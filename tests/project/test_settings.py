from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

ROOT = Path(__file__).resolve().parents[2]
SHOW = """
import json
from xinheng.project import settings
names = [name for name in dir(settings) if name.isupper()]
print(json.dumps({name: getattr(settings, name) for name in names}, default=str))
"""


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own, with nothing set but `environment`."""
    own = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**own, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def read(**environment: str) -> dict[str, object]:
    done = run("-c", SHOW, **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


class TestSettings:
    def test_fail_closed_where_nothing_is_set(self):
        found = read()

        assert found["SECRET_KEY"] == ""
        assert found["DEBUG"] is False
        assert found["DEMO"] is False
        assert "*" not in found["ALLOWED_HOSTS"]
        assert found["SECURE_PROXY_SSL_HEADER"] is None
        assert found["SECURE_SSL_REDIRECT"] is True
        assert found["SECURE_HSTS_SECONDS"] >= 31_536_000
        for cookie in ("SESSION", "CSRF", "LANGUAGE"):
            assert found[f"{cookie}_COOKIE_SECURE"] is True
            assert found[f"{cookie}_COOKIE_HTTPONLY"] is True
        assert found["SESSION_COOKIE_NAME"].startswith("__Host-")
        assert found["CSRF_COOKIE_NAME"].startswith("__Host-")

    def test_hash_passwords_with_argon2_alone(self):
        assert read()["PASSWORD_HASHERS"] == [
            "django.contrib.auth.hashers.Argon2PasswordHasher"
        ]

    def test_trust_a_proxy_only_where_there_is_one(self):
        found = read(XINHENG_BEHIND_PROXY="1")

        assert found["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]

    def test_keep_no_connection_between_requests(self):
        found = read(DATABASE_URL="postgres://someone@127.0.0.1:5432/register")

        assert found["DATABASES"]["default"]["CONN_MAX_AGE"] == 0

    def test_name_the_variable_that_is_wrong(self):
        done = run("-c", SHOW, XINHENG_DEMO="perhaps")

        assert "XINHENG_DEMO is 1 or 0" in done.stderr

    def test_pass_djangos_own_check_of_a_deployment(self, tmp_path: Path):
        done = run(
            *("manage.py", "check", "--deploy", "--fail-level", "WARNING"),
            XINHENG_DIR=str(tmp_path),
            XINHENG_ASSETS=str(tmp_path),
            XINHENG_SECRET_KEY="0123456789-abcdefghijklmnopqrstuvwxyz-0123456789-ABCDE",
            XINHENG_HOSTS="credit.example.gov.cn",
            XINHENG_LEDGER_ORIGIN="credit.example.gov.cn/ledger",
        )

        assert done.returncode == 0, done.stderr

    def test_stop_the_server_without_a_secret(self, tmp_path: Path):
        done = run("manage.py", "check", XINHENG_DIR=str(tmp_path))

        assert done.returncode != 0
        assert "xinheng.E001" in done.stderr


@pytest.mark.django_db
class TestHeaders:
    @pytest.fixture(
        params=["/healthz", "/about/", "/desk/sign-in", "/desk/", "/no/such/page"]
    )
    def response(self, request, client: Client):
        return client.get(request.param)

    def test_allow_nothing_inline_and_nothing_foreign(self, response):
        policy = dict(
            each.strip().split(" ", 1)
            for each in response["Content-Security-Policy"].split(";")
        )

        assert policy["default-src"] == "'none'"
        assert policy["frame-ancestors"] == "'none'"
        assert policy["base-uri"] == "'none'"
        assert policy["form-action"] == "'self'"
        assert set(" ".join(policy.values()).split()) == {"'none'", "'self'"}

    @pytest.mark.parametrize(
        ("header", "value"),
        [
            ("X-Frame-Options", "DENY"),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "same-origin"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
        ],
    )
    def test_guard_every_page(self, response, header: str, value: str):
        assert response[header] == value

    def test_promise_tls_for_a_year(self, client: Client, settings):
        settings.SECURE_HSTS_SECONDS = 31_536_000

        response = client.get("/about/", secure=True)

        assert response["Strict-Transport-Security"] == "max-age=31536000"

    def test_believe_no_forwarded_scheme_without_a_proxy(self, rf):
        request = rf.get("/", headers={"X-Forwarded-Proto": "https"})

        assert settings.SECURE_PROXY_SSL_HEADER is None
        assert not request.is_secure()

    def test_give_out_cookies_for_this_site_only(self, client: Client):
        response = client.get("/desk/sign-in")

        cookie = response.cookies[settings.CSRF_COOKIE_NAME]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"
