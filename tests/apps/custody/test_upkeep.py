"""The conditions of an installation, each moved by what it stands for."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.x509.oid import NameOID
from django.db import connection

from xinheng.apps.accounts import service_keys
from xinheng.apps.accounts.actors import OPERATOR
from xinheng.apps.custody import backup, drills, runbooks, tracing, upkeep
from xinheng.apps.intake.models import SourceState, Submission
from xinheng.apps.law import operations as law
from xinheng.apps.ledger import guards
from xinheng.apps.ledger.models import Node
from xinheng.apps.outbox.models import Delivery
from xinheng.cli.main import cli
from xinheng.core.upkeep.conditions import BY_CODE, LIMITS, State

AT = datetime(2019, 6, 3, 2, 5, tzinfo=UTC)

# What depends on the machine that runs the tests; PostgreSQL's clock is years ahead.
OF_THE_MACHINE = {"clock_drift", "disk_free"}


def measured(*, at: datetime = AT) -> dict[str, tuple[float | None, State]]:
    found = upkeep.measure(at=at)
    return {each.code: (each.value, each.state) for each in found}


def certificate(path: Path, *, ends: datetime) -> str:
    key = ed25519.Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "example.org")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(ends - timedelta(days=90))
        .not_valid_after(ends)
        .sign(key, None)
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return str(path)


@pytest.mark.django_db
class TestMeasure:
    def test_of_a_new_register_asks_for_backup_and_drill_and_adoption(self, city):
        found = measured()

        assert list(found) == [each.code for each in LIMITS]
        assert {
            code
            for code, (_, state) in found.items()
            if state in {State.WARN, State.BAD} and code not in OF_THE_MACHINE
        } == {"backup_age", "restore_drill_age", "rulebook_unadopted"}

    def test_a_file_that_waits_and_one_whose_worker_was_lost(self, city):
        for attempts, minutes in ((0, 20), (2, 200)):
            Submission.objects.create(
                unit_id="U01",
                dataset="permit",
                edition="2019",
                file_name="a.csv",
                file_digest="0" * 64,
                file_bytes=1,
                submitted_by="a1",
                received_at=AT - timedelta(minutes=minutes),
                state=Submission.State.PROCESSING,
                attempts=attempts,
            )

        found = measured()

        assert found["submissions_waiting_age"] == (200 * 60, State.BAD)
        assert found["submissions_retried"] == (1, State.WARN)

    def test_a_source_that_fails(self, city):
        SourceState.objects.create(name="folder", failures=2, last_error="X")

        assert measured()["sources_failing"] == (1, State.WARN)

    def test_messages_due_given_up_and_never_reported_on(self, city):
        Delivery.objects.all().delete()
        for number, (state, due, leased) in enumerate(
            [("PENDING", 60, None), ("PENDING", 3000, 100), ("DEAD", 9000, None)]
        ):
            Delivery.objects.create(
                key=str(number),
                topic="t",
                subject="s",
                subject_position=number,
                payload="{}",
                ledger_seq=0,
                state=state,
                next_attempt_at=AT - timedelta(seconds=due),
                leased_until=leased and AT - timedelta(seconds=leased),
                created_at=AT,
            )

        found = measured()

        assert found["deliveries_age"] == (3000, State.WARN)
        assert found["deliveries_dead"] == (1, State.WARN)
        assert found["leases_expired"] == (1, State.WARN)

    def test_a_drill_that_failed_counts_until_one_passes(self, city):
        def note(has_passed: bool, hours: int) -> None:
            drills.note(
                has_passed=has_passed,
                manifest_sha256="0" * 64,
                reason="BACKUP_DAMAGED",
                actor="operator",
                at=AT + timedelta(hours=hours),
            )

        note(True, 0)
        note(False, 1)
        later = AT + timedelta(hours=2)
        assert measured(at=later)["restore_drill_failed"] == (1, State.BAD)

        note(True, 2)

        found = measured(at=later)
        assert found["restore_drill_failed"] == (0, State.FINE)
        assert found["restore_drill_age"] == (0, State.FINE)

    def test_a_certificate_by_the_days_that_it_is_good_for(
        self, city, settings, tmp_path
    ):
        ends = AT + timedelta(days=20)
        settings.CERTIFICATE = certificate(tmp_path / "site.pem", ends=ends)
        assert measured()["certificate_left"] == (20, State.WARN)
        assert measured(at=ends)["certificate_left"] == (0, State.BAD)

        (tmp_path / "site.pem").write_text("no certificate")
        assert measured()["certificate_left"] == (0, State.BAD)

        settings.CERTIFICATE = ""
        assert measured()["certificate_left"] == (None, State.UNKNOWN)

    def test_a_key_of_a_unit_that_ends(self, city):
        service_keys.issue_service_key(
            unit="U02", expires_at=AT + timedelta(days=2), actor=OPERATOR, at=AT
        )

        assert measured()["service_key_left"] == (2, State.BAD)
        # Ended long ago and never taken back: nobody waits for it any more.
        assert measured(at=AT + timedelta(days=40))["service_key_left"][0] is None

    def test_a_signing_key_that_is_gone(self, city, settings, tmp_path):
        settings.KEYS_DIR = tmp_path / "elsewhere"

        assert measured()["signing_key_missing"] == (1, State.BAD)

    def test_a_ledger_whose_tree_was_changed(self, city):
        assert measured()["ledger_contradicted"] == (0, State.FINE)

        guards.remove(connection)
        Node.objects.all().update(hash=b"\1" * 32)
        guards.install(connection)

        assert measured()["ledger_contradicted"] == (1, State.BAD)

    def test_a_clock_that_was_set_back(self, city):
        back = AT - timedelta(days=3650)

        assert measured(at=back)["clock_drift"][1] == State.BAD

    def test_a_full_disk(self, city, monkeypatch):
        usage = type("Usage", (), {"free": 5, "total": 100})
        monkeypatch.setattr(upkeep.shutil, "disk_usage", lambda _: usage)

        assert measured()["disk_free"] == (0.05, State.BAD)

    def test_an_adopted_rulebook(self, city):
        row = law.propose(
            lawyer="示例", effective_on=date(2019, 6, 1), actor="a", at=AT
        )
        assert measured()["rulebook_unadopted"] == (1, State.WARN)

        law.adopt(adoption=row.id, actor="b", at=AT)

        assert measured()["rulebook_unadopted"] == (0, State.FINE)

    def test_entries_that_no_witness_saw_by_the_hours_of_the_settings(
        self, city, settings
    ):
        settings.WITNESS_HOURS = 10_000_000
        assert measured()["witness_age"][1] == State.FINE

        settings.WITNESS_HOURS = 0
        assert measured()["witness_age"][1] == State.BAD


@pytest.mark.django_db(transaction=True)
def test_a_backup_by_its_age(city, tmp_path):
    backup.make(directory=tmp_path / "kept", actor="operator", at=AT)

    assert measured()["backup_age"] == (0, State.FINE)
    assert measured(at=AT + timedelta(hours=30))["backup_age"][1] == State.WARN


class TestRunbooks:
    def test_there_is_one_for_each_condition_with_steps_in_both_languages(self):
        books = runbooks.runbooks()

        assert set(books) == set(BY_CODE)
        assert all(each.steps_zh and each.steps_en for each in books.values())
        assert {len(each.steps_zh) - len(each.steps_en) for each in books.values()} == {
            0
        }

    def test_every_command_that_one_names_is_there(self):
        import re

        import click

        strangers = []
        context = click.Context(cli)
        for book in runbooks.runbooks().values():
            for step in (*book.steps_zh, *book.steps_en):
                for words in re.findall(r"xinheng ((?:[a-z][a-z-]*(?: |$))+)", step):
                    command = cli
                    for word in words.split():
                        if not isinstance(command, click.Group):
                            break
                        found = command.get_command(context, word)
                        strangers += [] if found else [words]
                        command = found or click.Command("none")

        assert strangers == []


def test_traces_tell_a_name_and_times_and_no_exception(settings, tmp_path):
    settings.TRACES = str(tmp_path / "spans.jsonl")

    with pytest.raises(ValueError, match="secret"), tracing.span("work"):
        raise ValueError("secret of the sender")
    with tracing.span("again") as span:
        span.set_attribute("submission.state", "COMPLETED")

    lines = (tmp_path / "spans.jsonl").read_text("utf-8").splitlines()
    spans = [json.loads(line) for line in lines]
    assert [span["name"] for span in spans] == ["work", "again"]
    assert spans[1]["attributes"] == {"submission.state": "COMPLETED"}
    assert "secret" not in "".join(lines)


def test_nothing_is_traced_without_the_setting(settings, tmp_path):
    settings.TRACES = ""

    with tracing.span("work") as span:
        assert not span.is_recording()
