"""What is wrong with codes, found in files and over the whole register.

A row whose code can't be taken, and one whose code another organization holds, become
issues of the register, so that nothing a registrar or unit handed in is lost; a person
decides (`docs/adr/0016-one-code-one-organization.md`). The same thing is found once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import polars as pl
from django.db import connection

from xinheng.apps import bulk
from xinheng.apps.organizations.changes import ORGANIZATIONS
from xinheng.apps.organizations.models import RegisterIssue
from xinheng.core.merkle import canonical
from xinheng.core.organizations import kinds
from xinheng.core.organizations.issues import IssueKind, IssueState
from xinheng.core.organizations.status import ACTIVE
from xinheng.pipeline.linking import fold_name
from xinheng.pipeline.register_file import LONGEST_KEY
from xinheng.rulebook import organizations as rulebook

ISSUES = RegisterIssue._meta.db_table
# What `record` takes; `organization_id` is null where a row became no organization.
FOUND = {
    "kind": pl.String,
    "organization_id": pl.Int64,
    "code": pl.String,
    "name": pl.String,
    "authority": pl.String,
    "details": pl.String,
}
_STAGE = "register_issues"
_CITY_DIGITS = 4
_SOLE_PROPRIETORS = "92"
_ENTERPRISES = "91"
_NOTICES = {
    "USCC_AUTHORITY": IssueKind.BAD_AUTH_TYPE,
    "USCC_DIVISION": IssueKind.BAD_REGION,
}
_HELD = {
    "organization_id": pl.Int64,
    "code": pl.String,
    "name": pl.String,
    "name_key": pl.String,
    "authority": pl.String,
}


@dataclass(frozen=True, slots=True)
class Finder:
    """Who found something: a file for the register, a submission, or nobody.

    `unit` is the code of the source unit that handed the submission in.
    """

    at: datetime
    source: int | None = None
    submission: UUID | None = None
    unit: str | None = None


def record(found: pl.DataFrame, finder: Finder) -> int:
    """Keep what is not known yet and return how many issues are new.

    `found` has the columns FOUND. What is open, or was confirmed or dismissed by a
    person, is not told again.
    """
    fresh = found.with_columns(
        pl.col("code", "authority").fill_null(""),
        name_key=fold_name("name").str.slice(0, LONGEST_KEY),
    )
    # A division is the code's own: another name makes no other issue of it.
    is_of_code = pl.col("kind") == IssueKind.BAD_REGION.value
    key = pl.when(is_of_code).then(pl.lit("")).otherwise("name_key")
    fresh = fresh.with_columns(key=key).unique(
        ["kind", "code", "key"], keep="first", maintain_order=True
    )
    fresh = fresh.drop("key")
    if fresh.is_empty():
        return 0
    types = dict.fromkeys((*FOUND, "name_key"), "text") | {"organization_id": "bigint"}
    bulk.stage(_STAGE, types, fresh)
    columns = ", ".join(types)
    staged = ", ".join(f"s.{name}" for name in types)
    moment = connection.ops.adapt_datetimefield_value(finder.at)
    submission = _uuid(finder.submission) if finder.submission else None
    added = bulk.execute(
        f"INSERT INTO {ISSUES} ({columns}, source_id, submission, unit_id, state,"
        f" found_at) SELECT {staged}, {_cast('%s', 'bigint')}, {_cast('%s', 'uuid')},"
        f" {_cast('%s', 'varchar(32)')}, %s, {_cast('%s', 'timestamptz')}"
        f" FROM {_STAGE} s WHERE NOT EXISTS (SELECT 1 FROM {ISSUES} i"
        f" WHERE i.code = s.code AND i.kind = s.kind"
        f" AND (i.name_key = s.name_key OR i.kind = '{IssueKind.BAD_REGION.value}')"
        f" AND i.state <> %s)",
        [
            *(finder.source, submission, finder.unit, IssueState.OPEN.value, moment),
            IssueState.CORRECTED.value,
        ],
    )
    bulk.drop(_STAGE)
    return added


def of_wrong_rows(wrong: pl.DataFrame) -> pl.DataFrame:
    """Return the issues of rows whose code can't be taken (`RegisterRows.wrong`)."""
    told = wrong.with_columns(
        pl.col("code").fill_null(""),
        organization_id=pl.lit(None, dtype=pl.Int64),
        details=_details("kind", "registered_on"),
    )
    return told.with_columns(kind="issue").select(FOUND.keys())


def of_claims(claims: pl.DataFrame) -> pl.DataFrame:
    """Return the issues of rows whose code another organization holds."""
    return claims.with_columns(
        details=_details("kind", "registered_on", "status"),
        kind=pl.lit(IssueKind.DUP_CODE.value),
    ).select(FOUND.keys())


def of_notices(rows: pl.DataFrame, details: pl.DataFrame) -> pl.DataFrame:
    """Return the issues of rows that were taken, but whose code is odd.

    `rows` has `row`, `organization_id`, `code`, `name`, `kind` and `authority`,
    `details` the findings on them.
    """
    noticed = details.filter(pl.col("rule").is_in(list(_NOTICES))).with_columns(
        issue=pl.col("rule").replace_strict(
            {rule: kind.value for rule, kind in _NOTICES.items()}
        )
    )
    odd = rows.join(noticed.select("row", "issue"), on="row")
    said = rows.filter(pl.col("kind").is_not_null()).with_columns(
        prefix=pl.col("code").str.slice(0, kinds.PREFIX_LENGTH)
    )
    pairs = said.select("prefix", "kind").unique()
    known = rulebook.reported_kinds()
    wrong = pairs.filter(
        [kinds.contradicts(prefix, kind, known) for prefix, kind in pairs.iter_rows()]
    )
    contradicting = said.join(wrong, on=["prefix", "kind"], how="semi").with_columns(
        issue=pl.lit(IssueKind.BAD_AUTH_TYPE.value)
    )
    told = pl.concat([odd, contradicting.select(odd.columns)])
    return told.with_columns(details=_details("kind"), kind="issue").select(
        FOUND.keys()
    )


def in_register(keys: pl.Series | None) -> pl.DataFrame:
    """Return what is wrong between the organizations of the register.

    One identifier under several names is DUP_CODE; several codes under one name of the
    same kind are MULTI_CODE, in the same city, or among enterprises anywhere: their
    full names are given once. Sole proprietors share names. With `keys`, only what
    concerns these organizations.
    """
    return pl.concat([_same_identifier(keys), _same_name(keys)])


def _same_identifier(keys: pl.Series | None) -> pl.DataFrame:
    shared = _sharing("identifier", keys)
    identifier = pl.col("code").str.slice(8, 9)
    names = pl.col("name_key").n_unique().over(identifier)
    return _told(shared.filter(names > 1), IssueKind.DUP_CODE, identifier)


def _same_name(keys: pl.Series | None) -> pl.DataFrame:
    shared = _sharing("name_key", keys).with_columns(
        prefix=pl.col("code").str.slice(0, kinds.PREFIX_LENGTH),
        city=pl.col("code").str.slice(2, _CITY_DIGITS),
    )
    shared = shared.filter(pl.col("prefix") != _SOLE_PROPRIETORS)
    is_anywhere = pl.col("prefix") == _ENTERPRISES
    place = pl.when(is_anywhere).then(pl.lit("")).otherwise("city")
    subject = pl.concat_str("name_key", "prefix", place, separator="|")
    several = shared.filter(pl.len().over(subject) > 1)
    return _told(several, IssueKind.MULTI_CODE, subject)


def _told(members: pl.DataFrame, kind: IssueKind, group: pl.Expr) -> pl.DataFrame:
    """Return an issue for each member; its details name the codes of all."""
    grouped = members.with_columns(group=group).sort("group", "code")
    codes = grouped.group_by("group", maintain_order=True).agg(codes=pl.col("code"))
    texts = [canonical.text({"codes": each}) for each in codes["codes"].to_list()]
    codes = codes.select("group", details=pl.Series(texts, dtype=pl.String))
    told = grouped.join(codes, on="group").with_columns(kind=pl.lit(kind.value))
    return told.select(FOUND.keys()).cast(FOUND)  # type: ignore[arg-type]


def _sharing(column: str, keys: pl.Series | None) -> pl.DataFrame:
    """Return the active organizations that share a value of the column."""
    active = ", ".join(f"'{status.value}'" for status in sorted(ACTIVE))
    within = ""
    if keys is not None:
        frame = keys.alias("organization_id").unique().to_frame()
        bulk.stage(_STAGE, {"organization_id": "bigint"}, frame)
        within = (
            f" AND {column} IN (SELECT t.{column} FROM {ORGANIZATIONS} t"
            f" JOIN {_STAGE} s ON s.organization_id = t.id)"
        )
    rows = bulk.fetch(
        f"SELECT id, uscc, name, name_key, authority FROM {ORGANIZATIONS}"
        f" WHERE status IN ({active}) AND {column} IN (SELECT {column}"
        f" FROM {ORGANIZATIONS} WHERE status IN ({active}) AND {column} <> ''{within}"
        f" GROUP BY {column} HAVING count(*) > 1)"
    )
    if keys is not None:
        bulk.drop(_STAGE)
    return pl.DataFrame(rows, schema=_HELD, orient="row")


def _details(*names: str) -> pl.Expr:
    """Return what else a row states, as canonical JSON."""
    return pl.struct(pl.col(names).cast(pl.String)).map_elements(
        lambda row: canonical.text({k: v for k, v in row.items() if v is not None}),
        return_dtype=pl.String,
    )


def _cast(value: str, kind: str) -> str:
    """Give a parameter its type, which PostgreSQL can't see in a list of columns."""
    if connection.vendor != "postgresql":
        return value
    return f"CAST({value} AS {kind})"


def _uuid(value: UUID) -> str:
    return str(value) if connection.features.has_native_uuid_field else value.hex
