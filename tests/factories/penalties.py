"""Penalties of fictional organizations, landed, and a rulebook that is adopted."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, date, datetime

import polars as pl
from django.db import transaction

from xinheng.apps.law import operations as law
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.organizations.models import Organization
from xinheng.apps.records import landing

AT = datetime(2026, 5, 6, 2, 0, tzinfo=UTC)
TODAY = date(2026, 5, 6)
DECIDED = date(2026, 5, 6)
SCHEMA = {
    "row": pl.UInt32,
    "organization": pl.String,
    "natural_key": pl.String,
    "decided_on": pl.Date,
    "body": pl.String,
}


def adopt(at: datetime = AT) -> None:
    """Have a fictional lawyer adopt the rulebook."""
    proposed = law.propose(
        lawyer="示例律师", effective_on=at.date(), actor="first", at=at
    )
    law.adopt(adoption=proposed.id, actor="second", at=at)


def organization(*, sole_proprietor: bool = False) -> Organization:
    """Return the first organization of the register, or its first sole proprietor."""
    rows = Organization.objects.order_by("id")
    if sole_proprietor:
        return rows.filter(uscc__startswith="92").first()
    return rows.filter(uscc__startswith="91").first()


@transaction.atomic
def land(
    *,
    key: str = "示例罚〔2026〕1号",
    types: str = "没收违法所得、没收非法财物",
    about: Organization | None = None,
    decided_on: date = DECIDED,
    dataset: str = "penalty",
    at: datetime = AT,
) -> Organization:
    """Land one penalty (or permit) and return whom it is about."""
    about = about or organization()
    body = {
        "subject_name": about.name,
        "uscc": about.uscc,
        "decision_no": key,
        "decided_on": str(decided_on),
        "authority_name": "示例市市场监督管理局",
    }
    if dataset == "penalty":
        body |= {"penalty_types": types, "facts": "示例违法事实"}
    row = (1, str(about.id), f"{key}|{about.uscc}", decided_on, json.dumps(body))
    batch = landing.Batch(
        uuid.uuid4(),
        dataset,
        "2018",
        "U02",
        f"{decided_on:%Y-%m}",
        f"{at:%Y-%m}",
        pl.DataFrame([row], schema=SCHEMA, orient="row"),
    )
    landing.land(batch, at=at)
    appended = ledger.append(
        kind="test.landed", subject="unit:U02", actor="test", body={}, at=at
    )
    landing.seal(submission=batch.submission, ledger_seq=appended.seq)
    return about
