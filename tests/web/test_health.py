from __future__ import annotations

from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from xinheng.web import health


class TestAlive:
    def test_answers_without_the_database(self, client: Client):
        # Without the database mark, any query raises.
        response = client.get("/healthz", headers={"Cookie": "session=anything"})

        assert response.status_code == 200
        assert response.json() == {"status": "alive"}
        assert "Cookie" not in response.get("Vary", "")
        assert "no-store" in response["Cache-Control"]
        assert not response.cookies

    def test_answers_over_plain_http_where_tls_is_asked_for(
        self, client: Client, settings
    ):
        settings.SECURE_SSL_REDIRECT = True

        codes = {path: client.get(path).status_code for path in ("/healthz", "/about/")}

        assert codes == {"/healthz": 200, "/about/": 301}

    @pytest.mark.parametrize("path", ["/healthz", "/readyz"])
    def test_takes_no_form(self, client: Client, path: str):
        assert client.post(path).status_code == 405


@pytest.mark.django_db
class TestReady:
    def test_answers_where_every_part_works(self, client: Client):
        response = client.get("/readyz")

        assert response.status_code == 200
        assert response.json() == {"status": "ready"}

    def test_says_that_the_database_does_not_answer(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ):
        def refuse():
            raise OperationalError("password authentication failed for user postgres")

        monkeypatch.setattr(connection, "cursor", refuse)

        response = client.get("/readyz")

        assert response.status_code == 503
        assert response.json() == {"status": "unready", "failed": "database"}
        assert "password" not in response.content.decode()

    def test_says_that_a_migration_is_not_applied(self, client: Client):
        MigrationRecorder(connection).record_unapplied("accounts", "0001_initial")

        response = client.get("/readyz")

        assert response.status_code == 503
        assert response.json()["failed"] == "migrations"

    def test_serves_after_a_later_release_migrated_already(self, client: Client):
        MigrationRecorder(connection).record_applied("accounts", "9999_later")

        assert client.get("/readyz").status_code == 200

    def test_says_that_the_ledger_cannot_be_read(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ):
        def refuse() -> int:
            raise OperationalError("no such table")

        monkeypatch.setattr(health.ledger, "size", refuse)

        response = client.get("/readyz")

        assert response.status_code == 503
        assert response.json()["failed"] == "ledger"

    def test_says_that_the_directory_cannot_be_written(
        self, client: Client, settings, tmp_path: Path
    ):
        settings.DATA_DIR = tmp_path / "gone"

        response = client.get("/readyz")

        assert response.status_code == 503
        assert response.json()["failed"] == "data_directory"

    def test_leaves_nothing_behind(self, client: Client, settings, tmp_path: Path):
        settings.DATA_DIR = tmp_path

        client.get("/readyz")

        assert list(tmp_path.iterdir()) == []
