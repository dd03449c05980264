from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.db import connection

from xinheng.project import checks
from xinheng.project.checks import Fault

SECRET = "a-long-secret-0123456789-with-many-different-letters-in-it"


@pytest.fixture
def production(settings, tmp_path: Path):
    """Settings with which nothing is wrong."""
    settings.SECRET_KEY = SECRET
    settings.ALLOWED_HOSTS = ["credit.example.gov.cn"]
    settings.CSRF_TRUSTED_ORIGINS = []
    settings.DATA_DIR = tmp_path
    settings.KEYS_DIR = tmp_path / "keys"
    settings.ASSETS_DIR = tmp_path
    settings.INSECURE_HTTP = settings.DEMO = False
    settings.LEDGER_ORIGIN = "credit.example.gov.cn/ledger"
    return settings


def faults() -> set[str | None]:
    return {message.id for message in run_checks(tags=[checks.TAG])}


class TestFaults:
    def test_have_an_id_a_message_and_a_hint_each(self):
        ids = [fault.id for fault in checks.FAULTS]

        assert len(set(ids)) == len(ids)
        assert all(re.fullmatch(r"xinheng\.[EW]\d{3}", each) for each in ids)
        assert all(fault.message and fault.hint for fault in checks.FAULTS)

    def test_are_errors_or_warnings_by_their_id(self):
        assert checks.NO_SECRET.report().is_serious()
        assert not checks.NO_ASSETS.report().is_serious(40)


class TestCheckSettings:
    def test_finds_nothing_in_good_settings(self, production):
        assert faults() == set()

    @pytest.mark.parametrize(
        ("name", "value", "fault"),
        [
            ("SECRET_KEY", "", checks.NO_SECRET),
            ("SECRET_KEY", SECRET[:49], checks.WEAK_SECRET),
            ("SECRET_KEY", "ab" * 40, checks.WEAK_SECRET),
            ("ALLOWED_HOSTS", ["*"], checks.ANY_HOST),
            ("ALLOWED_HOSTS", [], checks.ANY_HOST),
            ("DATA_DIR", Path("/nowhere/at/all"), checks.NO_DIRECTORY),
            ("CSRF_TRUSTED_ORIGINS", ["http://a.example"], checks.PLAIN_ORIGIN),
            ("MAX_UPLOAD_BYTES", 1000, checks.SMALL_UPLOAD),
            ("LEDGER_ORIGIN", "two words", checks.BAD_LEDGER_ORIGIN),
            ("LEDGER_ORIGIN", "a+b", checks.BAD_LEDGER_ORIGIN),
            ("LEDGER_ORIGIN", "", checks.BAD_LEDGER_ORIGIN),
            ("INSECURE_HTTP", True, checks.PLAIN_HTTP),
            ("DEMO", True, checks.DEMO_ON_A_SERVER),
            ("ASSETS_DIR", Path("/nowhere/at/all"), checks.NO_ASSETS),
            ("LEDGER_ORIGIN", "xinheng.local/ledger", checks.NAMELESS_LEDGER),
        ],
    )
    def test_names_each_fault(self, production, name: str, value: object, fault: Fault):
        setattr(production, name, value)

        assert faults() == {fault.id}

    @pytest.mark.parametrize(
        ("issuer", "secret", "is_wrong"),
        [
            ("", "", False),
            ("https://login.example.org", "sesame", False),
            ("https://login.example.org", "", True),
            ("http://login.example.org", "sesame", True),
        ],
    )
    def test_wants_a_provider_whole(self, production, issuer, secret, is_wrong):
        production.OIDC_ISSUER, production.OIDC_CLIENT_SECRET = issuer, secret
        production.OIDC_CLIENT_ID = "xinheng" if issuer else ""

        assert (checks.HALF_PROVIDER.id in faults()) is is_wrong

    def test_lets_the_demo_serve_plain_http_on_this_machine(self, production):
        production.DEMO = production.INSECURE_HTTP = True
        production.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
        production.LEDGER_ORIGIN = "xinheng.local/ledger"

        assert faults() == set()

    @pytest.mark.parametrize(
        ("mode", "expected"),
        [
            (0o600, set()),
            (0o400, set()),
            (0o640, {"xinheng.E005"}),
            (0o604, {"xinheng.E005"}),
        ],
    )
    def test_looks_at_who_can_read_the_signing_key(
        self, production, mode: int, expected: set[str]
    ):
        production.KEYS_DIR.mkdir()
        key = production.KEYS_DIR / "ledger.key"
        key.write_text("key")
        key.chmod(mode)

        assert faults() == expected


class TestFindDatabaseFaults:
    @pytest.mark.parametrize(
        ("described", "expected"),
        [
            ((150_004, "UTF8", "c", "zh_CN.UTF-8"), []),
            ((150_004, "UTF8", "c", "C.UTF-8"), []),
            ((150_004, "UTF8", "i", "C"), []),
            ((150_004, "UTF8", "c", "C"), [checks.PLAIN_CTYPE]),
            ((150_004, "UTF8", "c", "POSIX"), [checks.PLAIN_CTYPE]),
            ((150_004, "SQL_ASCII", "c", "zh_CN"), [checks.NOT_UNICODE]),
            ((140_011, "UTF8", "c", "zh_CN.UTF-8"), [checks.OLD_POSTGRESQL]),
        ],
    )
    def test_names_each_fault(self, described, expected: list[Fault]):
        assert checks.find_database_faults(*described) == expected


@pytest.mark.django_db
class TestCheckDatabase:
    def test_asks_a_postgresql_database(self):
        described = checks.check_database(None, databases=["default"])

        if connection.vendor == "postgresql":
            version, encoding, _, _ = checks._describe("default")
            assert version >= 100_000
            assert encoding.isupper()
        else:
            assert described == []

    def test_asks_none_where_none_is_named(self, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert checks.check_database(None) == []
