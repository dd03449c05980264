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
_ACTIVE = ", ".join(f"'{status.value}'" for status in sorted(ACTIVE))
_IDENTIFIER = pl.col("code").str.slice(8, 9).alias("identifier")
MOST_CODES = 50  # that an issue names; a name may be shared by thousands
MOST_CLASHES = 10_000  # of one hand-in
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
        name_key=_key("name"),
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
        f" AND i.state <> %s)"
        # Two hand-ins may find the same at once; in one order they wait for each other.
        " ORDER BY s.code, s.kind, s.name_key ON CONFLICT DO NOTHING",
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
    return pl.concat(
        [
            _same_identifier(_sharing("identifier", keys)),
            _same_name(_sharing("name_key", keys)),
        ]
    )


def of_reported(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the issues of codes that a unit reported and the register does not hold.

    `rows` as `pipeline.unknown_codes.find` gives them. Each has what is wrong with it
    by itself; codes that pass are compared as those of the register are, with each
    other and with the active organizations.
    """
    known = rows.with_columns(
        organization_id=pl.lit(None, pl.Int64),
        authority=pl.lit(""),
        details=_details("row"),
    )
    wrong = known.filter(pl.col("kind").is_not_null())
    sound = known.filter(pl.col("kind").is_null() & (pl.col("name") != ""))
    reported = sound.with_columns(name_key=_key("name"), identifier=_IDENTIFIER)
    clashes = [
        _same_identifier(_with_held(reported, "identifier")),
        _same_name(_with_held(reported, "name_key")),
    ]
    found = pl.concat(clashes).filter(pl.col("organization_id").is_null())
    return pl.concat([wrong.select(*FOUND), found.head(MOST_CLASHES)])


def _with_held(reported: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return what is reported, and the active organizations alike in a column."""
    if reported.is_empty():
        return reported.select(*_HELD, "row")
    values = reported.select(column).unique().sort(column)
    bulk.stage(_STAGE, {column: "text"}, values)
    rows = bulk.fetch(
        f"SELECT o.id, o.uscc, o.name, o.name_key, o.authority FROM {_STAGE} s"
        f" JOIN {ORGANIZATIONS} o ON o.{column} = s.{column}"
        f" WHERE o.status IN ({_ACTIVE})"
    )
    bulk.drop(_STAGE)
    held = pl.DataFrame(rows, schema=_HELD, orient="row")
    return pl.concat([reported.select(*_HELD, "row"), held], how="diagonal")


def _same_identifier(shared: pl.DataFrame) -> pl.DataFrame:
    names = pl.col("name_key").n_unique().over(_IDENTIFIER)
    return _told(shared.filter(names > 1), IssueKind.DUP_CODE, _IDENTIFIER)


def _same_name(shared: pl.DataFrame) -> pl.DataFrame:
    shared = shared.with_columns(
        prefix=pl.col("code").str.slice(0, kinds.PREFIX_LENGTH),
        city=pl.col("code").str.slice(2, _CITY_DIGITS),
    )
    shared = shared.filter(pl.col("prefix") != _SOLE_PROPRIETORS)
    is_anywhere = pl.col("prefix") == _ENTERPRISES
    place = pl.when(is_anywhere).then(pl.lit("")).otherwise("city")
    subject = pl.concat_str("name_key", "prefix", place, separator="|")
    several = shared.filter(pl.col("code").n_unique().over(subject) > 1)
    return _told(several, IssueKind.MULTI_CODE, subject)


def _told(members: pl.DataFrame, kind: IssueKind, group: pl.Expr) -> pl.DataFrame:
    """Return an issue for each member; its details name the codes of all.

    Members that were reported say in which row.
    """
    grouped = members.with_columns(group=group).sort("group", "code")
    distinct = pl.col("code").unique(maintain_order=True).head(MOST_CODES)
    codes = grouped.group_by("group", maintain_order=True).agg(codes=distinct)
    told = grouped.join(codes, on="group").with_columns(kind=pl.lit(kind.value))
    rows = told["row"] if "row" in told.columns else [None] * told.height
    pairs = zip(told["codes"].to_list(), rows, strict=True)
    texts = [_clash(each, row) for each, row in pairs]
    told = told.with_columns(details=pl.Series(texts, dtype=pl.String))
    return told.select(FOUND.keys()).cast(FOUND)  # type: ignore[arg-type]


def _clash(codes: list[str], row: int | None) -> str:
    """Return the codes of a clash as canonical JSON, with the row that reported it."""
    place = {} if row is None else {"row": str(row)}
    return canonical.text({"codes": codes, **place})


def _sharing(column: str, keys: pl.Series | None) -> pl.DataFrame:
    """Return the active organizations that share a value of the column."""
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
        f" WHERE status IN ({_ACTIVE}) AND {column} IN (SELECT {column}"
        f" FROM {ORGANIZATIONS} WHERE status IN ({_ACTIVE}) AND {column} <> ''{within}"
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


def _key(name: str) -> pl.Expr:
    """Return names as the register compares them."""
    return fold_name(name).str.slice(0, LONGEST_KEY)


def _cast(value: str, kind: str) -> str:
    """Give a parameter its type, which PostgreSQL can't see in a list of columns."""
    if connection.vendor != "postgresql":
        return value
    return f"CAST({value} AS {kind})"


def _uuid(value: UUID) -> str:
    return str(value) if connection.features.has_native_uuid_field else value.hex
