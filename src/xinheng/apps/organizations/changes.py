"""Changes of organizations: which ones a file makes, and what follows from them.

A row states values for a day. It makes a change where the register, as far as it knows
about that day, holds another value; so a file that comes again makes none. The value of
today is that of the change with the latest day; names and codes are periods that are
worked out from all changes anew (`xinheng.core.organizations.history`).
"""

from __future__ import annotations

from datetime import date, datetime

import polars as pl
from django.db import connection

from xinheng.apps import bulk
from xinheng.apps.organizations.models import (
    Organization,
    OrganizationChange,
    OrganizationCode,
    OrganizationName,
)
from xinheng.core.disclosures.names import SOLE_PROPRIETOR_PREFIX
from xinheng.core.organizations.history import Change, periods
from xinheng.core.organizations.status import Status, may_follow
from xinheng.pipeline.linking import fold_name
from xinheng.pipeline.writing import Schema

ORGANIZATIONS = Organization._meta.db_table
CHANGES = OrganizationChange._meta.db_table
NAMES = OrganizationName._meta.db_table
CODES = OrganizationCode._meta.db_table

# What a row of a file may state besides the code.
STATED = (
    *("name", "kind", "status", "division", "industry", "authority"),
    *("registered_on", "parent_code"),
)
LONG = {
    "row": pl.UInt32,
    "organization_id": pl.Int64,
    "field": pl.String,
    "held": pl.String,
    "after": pl.String,
    "effective_on": pl.Date,
}
_HISTORY: Schema = {
    "id": pl.Int64(),
    "organization_id": pl.Int64(),
    "field": pl.String(),
    "before": pl.String(),
    "after": pl.String(),
    "effective_on": pl.Date(),
    "recorded_at": pl.Datetime("us", "UTC"),
}
_PERIOD: Schema = {
    "organization_id": pl.Int64(),
    "value": pl.String(),
    "effective_on": pl.Date(),
    "expires_on": pl.Date(),
    "recorded_at": pl.Datetime("us", "UTC"),
}
_STAGE = "register_keys"
_AT_ONCE = 5000  # keys in a query


def lock() -> None:
    """Let one writer of the register go on at a time; SQLite's are alone already.

    Take it before any row: an import holds it while it changes rows.
    """
    if connection.vendor == "postgresql":
        bulk.execute(f"LOCK TABLE {ORGANIZATIONS} IN SHARE ROW EXCLUSIVE MODE")


def differing(stated: pl.DataFrame, *, is_delta: bool, on: date) -> pl.DataFrame:
    """Return LONG with `before` and `is_latest`: what is stated and not held so yet.

    `stated` has the columns LONG; `held` is the value of today. A delta is compared
    with what is known about its day, a whole file with today: of such a file a day
    before the last change of the field can't be right, and is taken as `on`.
    """
    past = history(stated["organization_id"], tuple(STATED))
    known = _known(stated, past)
    if not is_delta:
        is_late = pl.col("last_on") >= pl.col("effective_on")
        day = pl.when(is_late).then(pl.lit(on)).otherwise("effective_on")
        known = known.with_columns(before=pl.col("held"), effective_on=day)
    return known.filter(_differs()).with_columns(
        is_latest=(pl.col("last_on") <= pl.col("effective_on")).fill_null(value=True)
    )


def out_of_order(differing: pl.DataFrame) -> pl.Series:
    """Return the rows whose state can't come after the one that is held."""
    states = differing.filter((pl.col("field") == "status") & pl.col("is_latest"))
    pairs = states.select("before", "after").unique().rows()
    wrong = [
        f"{before} {after}"
        for before, after in pairs
        if not may_follow(Status(before), Status(after))
    ]
    pair = pl.concat_str("before", "after", separator=" ")
    return states.filter(pair.is_in(wrong))["row"]


def record(made: pl.DataFrame, *, source: int | None, at: datetime) -> None:
    """Write changes, and what follows from them.

    `made` has `organization_id`, `field`, `before`, `after`, `effective_on` and
    `is_latest`; at most one for each field of an organization.
    """
    if made.is_empty():
        return
    bulk.insert(
        CHANGES,
        made.select(
            *("organization_id", "field", "before", "after", "effective_on"),
            source_id=pl.lit(source, dtype=pl.Int64),
            recorded_at=pl.lit(at).dt.convert_time_zone("UTC"),
        ),
    )
    _apply(made.filter("is_latest"))
    _rewrite_names(made.filter(pl.col("field") == "name")["organization_id"])
    _rewrite_codes(made.filter(pl.col("field") == "uscc")["organization_id"])


def history(organizations: pl.Series, fields: tuple[str, ...]) -> pl.DataFrame:
    """Return the changes of these fields of these organizations, in their order."""
    places = ", ".join(["%s"] * len(fields))
    bulk.stage(_STAGE, {"organization_id": "bigint"}, _keys(organizations))
    rows = bulk.fetch(
        f"SELECT c.id, c.organization_id, c.field, c.before, c.after, c.effective_on,"
        f" c.recorded_at FROM {_STAGE} s JOIN {CHANGES} c"
        f" ON c.organization_id = s.organization_id"
        f" WHERE c.field IN ({places}) ORDER BY c.id",
        fields,
    )
    bulk.drop(_STAGE)
    return _frame(rows)


def _keys(organizations: pl.Series) -> pl.DataFrame:
    return organizations.alias("organization_id").unique().to_frame()


def _frame(rows: list[tuple[object, ...]]) -> pl.DataFrame:
    """Return fetched changes as columns; SQLite gives days and moments as texts."""
    columns = list(zip(*rows, strict=True)) or [()] * len(_HISTORY)
    series = [
        pl.Series(name, column, dtype=_plain(kind), strict=False)
        for (name, kind), column in zip(_HISTORY.items(), columns, strict=True)
    ]
    frame = pl.DataFrame(series)
    if connection.vendor != "sqlite":
        return frame.cast(dict(_HISTORY))  # type: ignore[arg-type]
    return frame.with_columns(
        pl.col("effective_on").str.to_date("%Y-%m-%d"),
        pl.col("recorded_at").str.to_datetime(time_unit="us", time_zone="UTC"),
    )


def _plain(kind: pl.DataType) -> pl.DataType:
    is_text = connection.vendor == "sqlite" and kind in (pl.Date, pl.Datetime)
    return pl.String() if is_text else kind


def _known(stated: pl.DataFrame, past: pl.DataFrame) -> pl.DataFrame:
    """Add `before`, the value known about the day, and `last_on`, the latest change."""
    key = ["organization_id", "field"]
    first = past.group_by(key, maintain_order=True).agg(
        first=pl.col("before").first(), last_on=pl.col("effective_on").max()
    )
    counted = (
        stated.select("row", *key, day="effective_on")
        .join(past.select("id", *key, "effective_on", then="after"), on=key)
        .filter(pl.col("effective_on") <= pl.col("day"))
        .sort("effective_on", "id")
        .group_by("row", *key)
        .agg(then=pl.col("then").last())
    )
    return (
        stated.join(first, on=key, how="left", maintain_order="left")
        .join(counted, on=["row", *key], how="left", maintain_order="left")
        .with_columns(before=pl.coalesce("then", "first", "held"))
        .drop("then", "first")
    )


def _differs() -> pl.Expr:
    """Compare values; names that differ in width, case or brackets are the same."""
    differs = pl.col("after") != pl.col("before")
    same_name = fold_name("after") == fold_name("before")
    return differs & ~((pl.col("field") == "name") & same_name)


def _apply(latest: pl.DataFrame) -> None:
    """Make the latest changes the values of today."""
    if latest.is_empty():
        return
    wide = latest.pivot("field", index="organization_id", values="after")
    days = latest.filter(pl.col("field") == "status").select(
        "organization_id", status_on="effective_on"
    )
    wide = wide.join(days, on="organization_id", how="left")
    derived = {
        "name": fold_name("name").alias("name_key"),
        "uscc": pl.col("uscc").str.slice(8, 9).alias("identifier"),
    }
    wide = wide.with_columns(e for name, e in derived.items() if name in wide.columns)
    types = {"organization_id": "bigint", "status_on": "date", "registered_on": "date"}
    columns = {name: types.get(name, "text") for name in wide.columns}
    if "registered_on" in columns:
        wide = wide.with_columns(pl.col("registered_on").str.to_date("%Y-%m-%d"))
    bulk.stage(_STAGE, columns, wide)
    sets = [f"{n} = COALESCE(s.{n}, {ORGANIZATIONS}.{n})" for n in wide.columns[1:]]
    if "uscc" in columns:
        sets.append(
            f"is_sole_proprietor = CASE WHEN s.uscc IS NULL"
            f" THEN {ORGANIZATIONS}.is_sole_proprietor"
            f" ELSE substr(s.uscc, 1, 2) = '{SOLE_PROPRIETOR_PREFIX}' END"
        )
    if "parent_code" in columns:
        sets.append(
            f"parent_id = CASE WHEN s.parent_code IS NULL"
            f" THEN {ORGANIZATIONS}.parent_id END"
        )
    bulk.execute(
        f"UPDATE {ORGANIZATIONS} SET {', '.join(sets)} FROM {_STAGE} s"
        f" WHERE {ORGANIZATIONS}.id = s.organization_id"
    )
    bulk.drop(_STAGE)


def _rewrite_names(organizations: pl.Series) -> None:
    """Work the periods of names out anew; former names without days stay."""
    if organizations.is_empty():
        return
    found = _periods(organizations, "name", since=True)
    _delete(NAMES, organizations, found.rename({"value": "name"}), "name")
    bulk.insert(NAMES, found.rename({"value": "name"}))


def _rewrite_codes(organizations: pl.Series) -> None:
    """Work the periods of former unified codes out anew."""
    if organizations.is_empty():
        return
    found = _periods(organizations, "uscc", since=False).rename({"value": "code"})
    _delete(CODES, organizations, found, "code")
    former = found.filter(pl.col("expires_on").is_not_null())
    kind = pl.lit(OrganizationCode.Kind.USCC.value)
    bulk.insert(CODES, former.with_columns(kind=kind))


def _delete(
    table: str, organizations: pl.Series, found: pl.DataFrame, column: str
) -> None:
    """Delete the periods that are written anew, and those whose text is among them."""
    bulk.stage(_STAGE, {"organization_id": "bigint"}, _keys(organizations))
    bulk.stage(
        f"{_STAGE}_new",
        {"organization_id": "bigint", column: "text"},
        found.select("organization_id", column).unique(),
    )
    bulk.execute(
        f"DELETE FROM {table} WHERE organization_id IN"
        f" (SELECT organization_id FROM {_STAGE})"
        f" AND EXISTS (SELECT 1 FROM {_STAGE}_new n"
        f" WHERE n.organization_id = {table}.organization_id"
        f" AND n.{column} = {table}.{column})"
    )
    bulk.drop(_STAGE)
    bulk.drop(f"{_STAGE}_new")


def _periods(organizations: pl.Series, field: str, *, since: bool) -> pl.DataFrame:
    """Return organization_id, value, effective_on, expires_on, recorded_at."""
    begun = _begun(organizations)
    found: list[tuple[object, ...]] = []
    past = history(organizations, (field,))
    for part in past.partition_by("organization_id", maintain_order=True):
        key = part["organization_id"][0]
        changes = [
            Change(order, before, after, day, moment)
            for order, _, _, before, after, day, moment in part.iter_rows()
        ]
        moments = {change.order: change.recorded_at for change in changes}
        registered_on, entered_at = begun[key]
        first_on = registered_on if since else None
        for each in periods(changes[0].before, first_on, changes):
            moment = moments.get(each.order, entered_at) if each.order else entered_at
            found.append((key, each.value, each.effective_on, each.expires_on, moment))
    return pl.DataFrame(found, schema=_PERIOD, orient="row")


def _begun(organizations: pl.Series) -> dict[int, tuple[date | None, datetime]]:
    """Return the day of registration, if known, and when each was entered."""
    keys = organizations.unique().to_list()
    found: dict[int, tuple[date | None, datetime]] = {}
    for start in range(0, len(keys), _AT_ONCE):
        part = Organization.objects.filter(id__in=keys[start : start + _AT_ONCE])
        rows = part.values_list("id", "registered_on", "recorded_at")
        found |= {key: (day, moment) for key, day, moment in rows}
    return found
