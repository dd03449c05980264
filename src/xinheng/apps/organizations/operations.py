"""Importing a register of organizations: codes, names, and names that changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl
from django.db import connection, transaction
from django.utils import timezone

from xinheng.apps import bulk
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.organizations.models import Organization, OrganizationName
from xinheng.core.disclosures.names import SOLE_PROPRIETOR_PREFIX
from xinheng.core.submissions.findings import Severity
from xinheng.pipeline import register_file

_ORGANIZATIONS = Organization._meta.db_table
_NAMES = OrganizationName._meta.db_table
_STAGE = "register_rows"
# A file of wrong codes is told once, not a million times.
MOST_TOLD = 1000


@dataclass(frozen=True, slots=True)
class RegisterReport:
    """What an import did: `new + changed + unchanged + rejected = rows_read`.

    `rejected_rows` are (row, field, rule) of the first `MOST_TOLD` refusals.
    """

    rows_read: int
    new: int
    changed: int
    unchanged: int
    rejected: int
    findings: Mapping[str, int]
    ledger_seq: int
    rejected_rows: tuple[tuple[int, str, str], ...]


@transaction.atomic
def import_register(*, path: Path, actor: str, at: datetime) -> RegisterReport:
    """Take the organizations of a file into the register.

    A code that is known keeps its place; a new name becomes its name from the day of
    the import, and the old one is kept as former. The same file again changes nothing.

    Raises:
        UnreadableFileError: nothing is stored.
    """
    checked = register_file.read_rows(path)
    _lock()
    compared = _compare(checked.rows)
    _add(compared.filter(pl.col("verdict") == "new"), at=at)
    _rename(compared.filter(pl.col("verdict") == "changed"), at=at)
    count = dict(compared.group_by("verdict").len().iter_rows())
    numbers = {
        "rows_read": checked.rows_read,
        "new": count.get("new", 0),
        "changed": count.get("changed", 0),
        "unchanged": count.get("unchanged", 0) + checked.repeated,
        "rejected": checked.rejected,
    }
    appended = ledger.append(
        kind="register.imported",
        subject="organizations",
        actor=actor,
        body={"file_sha256": checked.digest, "counts": numbers},
        at=at,
    )
    return RegisterReport(
        **numbers,
        findings=checked.findings,
        ledger_seq=appended.seq,
        rejected_rows=_told(checked.details),
    )


def _told(details: pl.DataFrame) -> tuple[tuple[int, str, str], ...]:
    """Return the first rows that were refused, each with its field and rule."""
    refused = details.filter(pl.col("severity") == Severity.ERROR.value)
    return tuple(refused.select("row", "field", "rule").head(MOST_TOLD).iter_rows())


def _lock() -> None:
    """Let one import run at a time; SQLite's transactions are exclusive already."""
    if connection.vendor == "postgresql":
        bulk.execute(f"LOCK TABLE {_ORGANIZATIONS} IN SHARE ROW EXCLUSIVE MODE")


def _compare(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with `verdict`; `code` is unique in them."""
    bulk.stage(_STAGE, {"code": "text"}, rows)
    known = pl.DataFrame(
        bulk.fetch(
            f"SELECT o.uscc, o.name FROM {_STAGE} s"
            f" JOIN {_ORGANIZATIONS} o ON o.uscc = s.code"
        ),
        schema={"code": pl.String, "known_name": pl.String},
        orient="row",
    )
    bulk.drop(_STAGE)
    return rows.join(known, on="code", how="left", maintain_order="left").with_columns(
        verdict=pl.when(pl.col("known_name").is_null())
        .then(pl.lit("new"))
        .when(pl.col("known_name") == pl.col("name"))
        .then(pl.lit("unchanged"))
        .otherwise(pl.lit("changed"))
    )


def _add(rows: pl.DataFrame, *, at: datetime) -> None:
    recorded_at = pl.lit(at).dt.convert_time_zone("UTC")
    bulk.insert(
        _ORGANIZATIONS,
        rows.select(
            uscc="code",
            name="name",
            kind=pl.col("kind").fill_null("").str.slice(0, 60),
            status=pl.lit("REGISTERED"),
            division=pl.col("code").str.slice(2, 6),
            registered_on="registered_on",
            is_sole_proprietor=pl.col("code").str.starts_with(SOLE_PROPRIETOR_PREFIX),
            nonconforming="nonconforming",
            recorded_at=recorded_at,
        ),
    )
    _add_names(rows, "registered_on", at=at)


def _rename(rows: pl.DataFrame, *, at: datetime) -> None:
    if rows.is_empty():
        return
    on = timezone.localdate(at)
    bulk.stage(_STAGE, {"code": "text", "name": "text"}, rows)
    # A start that lies ahead was wrong: since when the name was borne is not known.
    bulk.execute(
        f"UPDATE {_NAMES} SET expires_on = %s, effective_on ="
        f" CASE WHEN effective_on > %s THEN NULL ELSE effective_on END"
        f" WHERE expires_on IS NULL"
        f" AND organization_id IN (SELECT o.id FROM {_ORGANIZATIONS} o"
        f" JOIN {_STAGE} s ON s.code = o.uscc)",
        [on, on],
    )
    bulk.execute(
        f"UPDATE {_ORGANIZATIONS} SET name = s.name FROM {_STAGE} s"
        f" WHERE {_ORGANIZATIONS}.uscc = s.code"
    )
    # A former name that comes back is the current one again.
    bulk.execute(
        f"UPDATE {_NAMES} SET expires_on = NULL WHERE EXISTS (SELECT 1"
        f" FROM {_ORGANIZATIONS} o JOIN {_STAGE} s ON s.code = o.uscc"
        f" WHERE o.id = {_NAMES}.organization_id AND s.name = {_NAMES}.name)"
    )
    bulk.drop(_STAGE)
    _add_names(rows.with_columns(since=pl.lit(on, pl.Date)), "since", at=at)


def _add_names(rows: pl.DataFrame, since: str, *, at: datetime) -> None:
    """Write the names that the register does not hold yet, borne since that column."""
    if rows.is_empty():
        return
    bulk.stage(
        _STAGE,
        {"code": "text", "name": "text", "effective_on": "date"},
        rows.with_columns(effective_on=pl.col(since)),
    )
    bulk.execute(
        f"INSERT INTO {_NAMES} (organization_id, name, effective_on, recorded_at)"
        f" SELECT o.id, s.name, s.effective_on, %s FROM {_STAGE} s"
        f" JOIN {_ORGANIZATIONS} o ON o.uscc = s.code"
        f" WHERE NOT EXISTS (SELECT 1 FROM {_NAMES} n"
        f" WHERE n.organization_id = o.id AND n.name = s.name)",
        [connection.ops.adapt_datetimefield_value(at)],
    )
    bulk.drop(_STAGE)
