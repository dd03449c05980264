"""Made-up organizations with five permits each, written below the apps."""

from __future__ import annotations

import json
from datetime import date
from uuid import UUID

import polars as pl
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from benches import _organizations, search
from xinheng.apps import bulk
from xinheng.apps.catalog import operations as catalog
from xinheng.apps.organizations import search_index
from xinheng.apps.records.models import Landing, Record
from xinheng.cli import founding
from xinheng.rulebook import catalog as rulebook

UNIT, PERIOD, ASKED = "U02", "2019-05", 5_000
LANDING = UUID(int=1)
AT_ONCE = 100_000  # organizations whose permits are written in one statement


def write(rows: int, each: int) -> None:
    """Fill an empty database, and print codes and names to ask for."""
    call_command("migrate", verbosity=0)
    founding.found()
    at = timezone.now()
    permit = rulebook.dataset("permit")
    catalog.activate(datasets=[permit], on=date(2019, 1, 1), actor="bench", at=at)
    register = _organizations.organizations(rows)
    with transaction.atomic():
        search._load(register)
        search_index.rebuild()
        Landing.objects.create(id=LANDING, recorded_at=at, ledger_seq=0)
        for begin in range(0, rows, AT_ONCE):
            codes = register["code"][begin : begin + AT_ONCE]
            _permits(codes, begin, each, at, permit.edition)
    search._vacuum()
    asked = register.sample(min(rows, ASKED), seed=1)
    pieces = [name[:4] for name in asked["name"]]
    print(json.dumps({"codes": asked["code"].to_list(), "pieces": pieces}))


def _permits(codes: pl.Series, begin: int, each: int, at: object, edition: str) -> None:
    landing = Landing._meta.pk.get_db_prep_value(LANDING, connection)
    frame = pl.DataFrame({"uscc": codes}).with_row_index("organization", begin + 1)
    frame = frame.join(pl.DataFrame({"no": range(each)}), how="cross")
    number = pl.format("示许决〔2019〕{}-{}号", "organization", "no")
    body = pl.concat_str(
        pl.lit('{"decided_on":"2019-05-06","decision_no":"'),
        number,
        pl.lit('","permit_content":"食品经营","permit_type":"普通","uscc":"'),
        "uscc",
        pl.lit('"}'),
    )
    bulk.insert(
        Record._meta.db_table,
        frame.select(
            id=(pl.col("organization").cast(pl.Int64) - 1) * each + pl.col("no") + 1,
            dataset=pl.lit("permit"),
            edition=pl.lit(edition),
            organization_id=pl.col("organization").cast(pl.Int64),
            source_unit_id=pl.lit(UNIT),
            period=pl.lit(PERIOD),
            natural_key=pl.concat_str("uscc", number, separator="\n"),
            decided_on=pl.lit(date(2019, 5, 6)),
            body=body,
            salt=pl.lit("0" * 64),
            digest=pl.lit("0" * 64),
            submission_id=pl.lit(str(landing)),
            row_number=pl.col("no").cast(pl.Int64) + 1,
            recorded_at=pl.lit(at),
        ),
    )
