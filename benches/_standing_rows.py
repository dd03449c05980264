"""Made-up organizations and measures, written below the apps, for the bench."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
from django.core.management import call_command
from django.utils import timezone

from benches import _permits
from xinheng.apps import bulk
from xinheng.apps.accounts import service_keys
from xinheng.apps.accounts.actors import OPERATOR
from xinheng.apps.accounts.service_keys import Scope
from xinheng.apps.measures.models import Application
from xinheng.apps.organizations.models import Organization
from xinheng.cli import founding

MEASURES = ("M-PROC", "M-BID", "M-AWARD")
ASKED = 20_000


def write(rows: int) -> None:
    """Fill an empty database and print a key and some of the codes."""
    call_command("migrate", verbosity=0)
    founding.found()
    at = timezone.now()
    codes = _permits._codes(rows, np.random.default_rng(0))
    _organizations(codes, at)
    _measures(rows // 10)
    key = service_keys.issue_service_key(
        unit="U25",
        at=at,
        expires_at=at + timedelta(days=1),
        actor=OPERATOR,
        scope=Scope(frozenset({"procurement"}), "bench"),
    )
    print(json.dumps({"token": key.token, "codes": list(codes[:ASKED])}))


def _organizations(codes: list[str], at: datetime) -> None:
    frame = pl.DataFrame({"id": np.arange(1, len(codes) + 1), "uscc": codes})
    bulk.insert(
        Organization._meta.db_table,
        frame.with_columns(
            name=pl.lit("示例公司"),
            status=pl.lit("REGISTERED"),
            kind=pl.lit(""),
            division=pl.lit("210899"),
            is_sole_proprietor=pl.lit(value=False),
            nonconforming=pl.lit(value=False),
            recorded_at=pl.lit(at),
        ),
    )


def _measures(count: int) -> None:
    """Put every tenth organization of the beginning on a list."""
    listed = pl.DataFrame({"organization_id": np.arange(1, count + 1)})
    frame = listed.with_columns(
        cause_kind=pl.lit("listing"),
        cause_id=pl.col("organization_id").cast(pl.String),
        scheme=pl.lit("wage-arrears-exclusion"),
        memorandum=pl.lit("wage-arrears-restriction"),
        effective_on=pl.lit(date(2026, 1, 1)),
        expires_on=pl.lit(date(2099, 1, 1)),
        fired_seq=pl.lit(0),
        recall_reason=pl.lit(""),
    )
    for number, measure in enumerate(MEASURES):
        bulk.insert(
            Application._meta.db_table,
            frame.with_columns(
                id=pl.col("organization_id") + number * count, measure=pl.lit(measure)
            ),
        )
