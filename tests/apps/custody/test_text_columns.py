"""Every text column is decided about, and what is to go goes from everywhere."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

from tests.apps.custody.test_erasing_subjects import said as said
from tests.apps.custody.test_erasure import everything
from tests.factories import listings
from xinheng.apps.assessments.models import Appeal, Entry, Result, Round, SchemeVersion
from xinheng.apps.campaigns.models import Campaign, Target
from xinheng.apps.cases.models import Case
from xinheng.apps.commitments.models import Commitment
from xinheng.apps.custody import backup, erasure, restore, subjects
from xinheng.apps.custody.erasure import Basis, Order
from xinheng.apps.disclosures.models import Report as DataReport
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.organizations import search, search_index, suggestions
from xinheng.apps.organizations.models import (
    Correction,
    Judgement,
    Organization,
    OrganizationChange,
    RegisterIssue,
)
from xinheng.apps.records.models import Succession
from xinheng.apps.repairs.models import Repair
from xinheng.apps.reports.models import Consent, Report
from xinheng.apps.standing.models import LookUp
from xinheng.apps.units.models import Unit

AT = datetime(2019, 7, 1, 2, 0, tzinfo=UTC)
ON = date(2019, 6, 20)
WORDS = "无双词"
FOREIGN = frozenset({"sessions", "axes", "auth", "contenttypes"})
DECISIONS = tomllib.loads(
    (Path(__file__).parent / "text_columns.toml").read_text(encoding="utf-8")
)
TEXTS = (models.CharField, models.TextField, models.JSONField)
# Where the heir has rows too, which stay.
OF = {
    "organizations.Organization": "uscc",
    "organizations.OrganizationName": "organization__uscc",
    "organizations.OrganizationChange": "organization__uscc",
}
ELSEWHERE = {"code", "record", "entry", "account", "staging", "upstream", "kept"}


def text_columns(model: type[models.Model]) -> set[str]:
    return {
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, TEXTS) and not field.choices
    }


def decided(kinds: set[str] | None = None) -> Iterator[tuple[str, str, str]]:
    for label, of_model in DECISIONS.items():
        for kind, columns in of_model.items():
            if kind != "why" and (kinds is None or kind in kinds):
                yield from ((label, column, kind) for column in columns)


class TestDecisions:
    def test_are_made_about_every_text_column_and_no_other(self):
        known = {
            (model._meta.label, column)
            for model in apps.get_models(include_auto_created=True)
            if model._meta.app_label not in FOREIGN
            for column in text_columns(model)
        }

        named = [(label, column) for label, column, _ in decided()]

        assert set(named) == known
        assert len(named) == len(set(named))

    def test_name_subjects_that_there_are_and_say_why_something_stays(self):
        kinds = {kind for _, _, kind in decided()} - ELSEWHERE

        assert kinds == set(subjects.KINDS)
        for label, of_model in DECISIONS.items():
            assert ("kept" in of_model) == ("why" in of_model), label


@pytest.fixture
def written(said) -> list[str]:
    """Words of their own in every column that a subject empties; the subjects."""
    code = said["code"]
    named = a_row_of_each(code)
    for number, (label, column, _) in enumerate(decided(set(subjects.KINDS))):
        rows = apps.get_model(label)._base_manager.all()
        if label in OF:
            rows = rows.filter(**{OF[label]: code})
        assert rows.update(**{column: words(number)}), label
    return [said["listing"], said["case"], f"evidence:{said['file']}", *named]


def words(number: int) -> str:
    return f"{WORDS}{number}号"


def a_row_of_each(code: str) -> list[str]:
    body = Organization.objects.get(uscc=code)
    Organization.objects.filter(id=body.id).update(status="DEREGISTERED")
    heir = listings.register.add("示例市乙有限公司")
    other = Organization.objects.get(uscc=heir[0])
    OrganizationChange.objects.create(
        organization=body,
        field="name",
        before="x",
        after="y",
        effective_on=ON,
        recorded_at=AT,
    )
    issue = RegisterIssue.objects.create(
        kind="CHECK", organization=body, name="x", name_key="x", found_at=AT
    )
    RegisterIssue.objects.update(state="DISMISSED", closed_at=AT)
    Correction.objects.create(
        issue=issue, stage="ASSIGNED", assigned_by="a", assigned_at=AT
    )
    Judgement.objects.create(
        one=f"issue:{issue.id}",
        other=f"organization:{body.id}",
        verdict="SAME",
        reason="x",
        judged_by="a",
        judged_at=AT,
    )
    succession = Succession.objects.create(
        kind="MERGE",
        giver=body,
        heir=other,
        effective_on=ON,
        evidence="x",
        stage="DECIDED",
        proposed_by="a",
        proposed_at=AT,
        decided_by="b",
        decided_at=AT,
    )
    case = Case.objects.get()
    Repair.objects.create(case=case)
    return [
        f"organization:{code}",
        f"succession:{succession.id}",
        *rows_about(body, code),
        f"assessment:{a_round()}",
    ]


def rows_about(body: Organization, code: str) -> list[str]:
    promised = Commitment.objects.create(
        organization=body,
        type="REPAIR",
        matter="x",
        text="x",
        is_public=True,
        made_on=ON,
        valid_to=ON,
        made_by="a",
        recorded_at=AT,
    )
    reported = DataReport.objects.create(
        kind="record",
        key="k",
        organization=body,
        title="x",
        what="x",
        hides=True,
        state="UPHELD",
        reported_at=AT,
        due_on=ON,
        decided_by="a",
        decided_at=AT,
    )
    LookUp.objects.create(
        at=AT,
        channel="API",
        asker="a",
        matter="procurement",
        purpose="x",
        codes=code,
        count=1,
        ledger_size=1,
    )
    Consent.objects.create(
        organization=body,
        receiver="x",
        purpose="x",
        code_digest="d",
        given_by="a",
        given_at=AT,
        given_on=date(2019, 6, 1),
        expires_on=ON,
    )
    Report.objects.create(
        entry_seq=0,
        organization=body,
        kind="ADMINISTRATIVE",
        issued_at=AT,
        issued_on=ON,
        asker="a",
        purpose="x",
        document_sha256="d",
        stated_sha256="d",
    )
    about = (f"look-ups:{code}", f"reports:{code}", a_target(body))
    return [f"commitment:{promised.id}", f"data-report:{reported.id}", *about]


def a_target(body: Organization) -> str:
    campaign = Campaign.objects.create(
        title="x",
        basis="x",
        lead_id=Unit.objects.values_list("code", flat=True).first(),
        opened_on=ON,
        opened_by="a",
        opened_at=AT,
        state="OPEN",
    )
    target = Target.objects.create(
        campaign=campaign,
        organization=body,
        unit_id=campaign.lead_id,
        matter="x",
        basis_no="x",
        added_by="a",
        added_at=AT,
        state="WITHDRAWN",
        ended_by="b",
        ended_on=ON,
    )
    target.acts.create(kind="PROGRESS", held_on=ON, recorded_by="a", recorded_at=AT)
    return f"target:{target.id}"


def a_round() -> int:
    scheme = SchemeVersion.objects.create(
        name="s",
        edition="1",
        content="",
        sha256="d",
        proposed_by="a",
        proposed_at=AT,
    )
    round_ = Round.objects.create(
        scheme=scheme,
        first_month="2019-01",
        last_month="2019-05",
        state="CLOSED",
        opened_by="a",
        opened_at=AT,
        published_by="b",
        published_at=AT,
        appeal_until=ON,
        ledger_size=1,
    )
    told = {"round": round_, "unit_id": listings.UNIT, "item": "i"}
    Entry.objects.create(**told)
    result = Result.objects.create(**told, of=5, reason="", points=1)
    Appeal.objects.create(
        result=result,
        text="x",
        filed_by="a",
        filed_on=ON,
        answer="x",
        answered_by="b",
        answered_on=ON,
    )
    return round_.id


def left(*roots: Path) -> list[str]:
    """Return the columns whose words are found anywhere."""
    found = everything(*roots).decode("utf-8", "replace")
    return [
        f"{label}.{column}"
        for number, (label, column, _) in enumerate(decided(set(subjects.KINDS)))
        if words(number) in found
    ]


@pytest.mark.django_db(transaction=True)
class TestEveryColumn:
    def test_loses_its_words_here_and_from_a_backup_that_is_restored(
        self, written, settings, tmp_path
    ):
        body = Organization.objects.get(uscc=code_of(written))
        search_index.refresh(pl.Series([body.id]))
        indexed = suggestions._version()
        assert search.search(text=body.name).total == 1
        assert len(left(tmp_path)) == len(list(decided(set(subjects.KINDS))))
        kept = backup.make(directory=tmp_path / "kept", actor="o", at=AT).directory

        order = Order((), (), Basis.COURT_ORDER, "示例判决", tuple(written))
        erasure.erase(order=order, actor="operator", at=AT)

        assert left(Path(settings.ARCHIVE_DIR)) == []
        assert search.search(text=body.name).total == 0
        assert suggestions._version() != indexed
        assert ledger.verify().problems == ()

        call_command("flush", verbosity=0, interactive=False)
        shutil.rmtree(settings.ARCHIVE_DIR)
        done = restore.restore(directory=kept, at=AT)

        assert done.erased_again == 1
        assert left(Path(settings.ARCHIVE_DIR)) == []
        assert search.search(text=body.name).total == 0
        assert ledger.verify().problems == ()


def code_of(names: list[str]) -> str:
    [code] = [each.partition(":")[2] for each in names if each.startswith("org")]
    return code
