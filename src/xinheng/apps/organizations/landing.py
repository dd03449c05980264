"""Rows of a register file become organizations, and changes of them.

The rows of a step name each organization once. New ones go straight into the table in
bulk; of those that are held only what differs is fetched. A delta that tells several
things about one organization is taken step by step, in the order of their days.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

import polars as pl
from django.db import connection

from xinheng.apps import bulk
from xinheng.apps.organizations import changes, holders
from xinheng.apps.organizations.changes import CODES, LONG, NAMES, ORGANIZATIONS, STATED
from xinheng.apps.organizations.models import OrganizationCode
from xinheng.core.disclosures.names import SOLE_PROPRIETOR_PREFIX
from xinheng.core.organizations.deltas import Effect
from xinheng.core.organizations.status import Status
from xinheng.core.submissions.findings import Severity
from xinheng.pipeline.register_values import finding

_STAGE = "register_rows"
_LONGEST = 300  # characters of a name; what is longer is cut, as the file is
MOST_STEPS = 64  # things that one file may tell about one organization


@dataclass(frozen=True, slots=True)
class Act:
    """The file that is taken in: its number, and what it is."""

    source: int
    is_delta: bool
    on: date
    at: datetime


@dataclass(slots=True)
class Landed:
    """What became of the rows of a file; frames are in the order of the steps.

    `claims` are rows whose code another organization holds, with `organization_id` of
    the holder. `touched` are the keys of all that were entered or changed, `announced`
    of those that are new or got another name or code. `first_key` is above every key
    that was there before.
    """

    first_key: int
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    findings: list[pl.DataFrame] = field(default_factory=list)
    claims: list[pl.DataFrame] = field(default_factory=list)
    touched: list[pl.Series] = field(default_factory=list)
    announced: list[pl.Series] = field(default_factory=list)

    def refuse(self, rows: pl.Series, name: str, rule: str) -> None:
        """Tell that these rows are not taken."""
        if len(rows):
            self.findings.append(finding(rows, name, rule, Severity.ERROR))


def land(rows: pl.DataFrame, act: Act) -> Landed:
    """Take the rows into the register; `rows` has the columns of `register_file`."""
    ((last,),) = bulk.fetch(f"SELECT COALESCE(max(id), 0) FROM {ORGANIZATIONS}")
    landed = Landed(first_key=int(last) + 1)
    rows = holders.with_one_successor(rows)
    if act.is_delta:
        for step in _steps(rows, landed):
            _take(step, act, landed)
    else:
        single, repeated, contradicting = holders.one_each(rows)
        landed.unchanged += repeated.height
        _claim(contradicting, landed)
        _take(single, act, landed)
        # The holder may have come with this very file.
        landed.claims = [holders.with_holder(claims) for claims in landed.claims]
    _resolve_parents(rows, landed)
    return landed


def _steps(rows: pl.DataFrame, landed: Landed) -> list[pl.DataFrame]:
    """Return the rows in steps, in which no organization stands twice."""
    ranked = rows.with_columns(subject=holders.subjects(rows)).sort("changed_on", "row")
    place = pl.int_range(pl.len()).over("subject")
    ranked = ranked.with_columns(step=place).drop("subject")
    late = ranked.filter(pl.col("step") >= MOST_STEPS)
    landed.refuse(late["row"], "code", "TOO_MANY_CHANGES")
    taken = ranked.filter(pl.col("step") < MOST_STEPS)
    return [
        step.drop("step") for step in taken.sort("step", "row").partition_by("step")
    ]


def _take(rows: pl.DataFrame, act: Act, landed: Landed) -> None:
    """Take rows that name each organization once."""
    recoded = _recode(rows, act, landed)
    decided = holders.decide(rows)
    is_effect = {effect: pl.col("effect") == effect.value for effect in Effect}
    unknown = decided.filter(is_effect[Effect.UNKNOWN])
    landed.refuse(unknown["row"], "code", "CHANGE_UNKNOWN")
    _claim(decided.filter(is_effect[Effect.CLAIM]), landed)
    entered = decided.filter(is_effect[Effect.ENTER])
    _enter(entered, landed, at=act.at)
    held = decided.filter(is_effect[Effect.UPDATE])
    refused, changed = _update(held, act, landed)
    same = decided.filter(is_effect[Effect.NONE]).height
    differing = set(changed.to_list()) | (set(recoded) & set(held["row"].to_list()))
    landed.changed += len(differing)
    landed.unchanged += held.height - refused - len(differing) + same
    _add_older(pl.concat([entered, held]), at=act.at)


def _claim(rows: pl.DataFrame, landed: Landed) -> None:
    landed.refuse(rows["row"], "code", "CODE_TAKEN")
    if rows.height:
        landed.claims.append(rows)


def _recode(rows: pl.DataFrame, act: Act, landed: Landed) -> list[int]:
    """Give organizations the new code of rows that name their former one."""
    found = holders.recoded(rows)
    if found.is_empty():
        return []
    made = found.select(
        "organization_id",
        field=pl.lit("uscc"),
        before="former_code",
        after="code",
        effective_on=pl.coalesce("changed_on", pl.lit(act.on)),
        is_latest=pl.lit(value=True),
    )
    changes.record(made, source=act.source, at=act.at)
    landed.touched.append(found["organization_id"])
    landed.announced.append(found["organization_id"])
    return found["row"].to_list()


def _enter(rows: pl.DataFrame, landed: Landed, *, at: datetime) -> None:
    """Write new organizations and their names."""
    if rows.is_empty():
        return
    ((before,),) = bulk.fetch(f"SELECT COALESCE(max(id), 0) FROM {ORGANIZATIONS}")
    empty = pl.lit("")
    bulk.insert(
        ORGANIZATIONS,
        rows.select(
            uscc="code",
            identifier=pl.col("code").str.slice(8, 9),
            name="name",
            name_key="name_key",
            kind=pl.col("kind").fill_null(empty),
            status=pl.col("status").fill_null(pl.lit(Status.REGISTERED.value)),
            status_on=pl.when(pl.col("status").is_not_null()).then("status_on"),
            division=pl.coalesce("division", pl.col("code").str.slice(2, 6)),
            industry=pl.col("industry").fill_null(empty),
            authority=pl.col("authority").fill_null(empty),
            registered_on="registered_on",
            parent_code=pl.col("parent_code").fill_null(empty),
            is_sole_proprietor=pl.col("code").str.starts_with(SOLE_PROPRIETOR_PREFIX),
            nonconforming="nonconforming",
            recorded_at=pl.lit(at).dt.convert_time_zone("UTC"),
        ),
    )
    bulk.execute(
        f"INSERT INTO {NAMES} (organization_id, name, effective_on, recorded_at)"
        f" SELECT id, name, registered_on, recorded_at FROM {ORGANIZATIONS}"
        f" WHERE id > %s",
        [before],
    )
    landed.new += rows.height


def _update(rows: pl.DataFrame, act: Act, landed: Landed) -> tuple[int, pl.Series]:
    """Record what differs; return how many rows are refused, and which change what."""
    stated = _long(rows, act)
    differing = changes.differing(stated, is_delta=act.is_delta, on=act.on)
    refused = changes.out_of_order(differing).unique()
    landed.refuse(refused, "status", "STATUS_ORDER")
    made = differing.filter(~pl.col("row").is_in(refused.implode()))
    changes.record(made, source=act.source, at=act.at)
    is_known = pl.col("field") == "name"
    landed.touched.append(made["organization_id"].unique())
    landed.announced.append(made.filter(is_known)["organization_id"].unique())
    return len(refused), made["row"].unique()


def _long(rows: pl.DataFrame, act: Act) -> pl.DataFrame:
    """Return what the rows state about organizations that are held, one value a row."""
    held = _held(rows, act)
    texts = held.with_columns(pl.col("registered_on").dt.strftime("%Y-%m-%d"))
    parts = [
        texts.select(
            "row",
            "organization_id",
            field=pl.lit(name),
            held=f"held_{name}",
            after=name,
            effective_on=_day(name, act),
        )
        for name in STATED
    ]
    return pl.concat(parts).filter(pl.col("after").is_not_null()).cast(LONG)  # type: ignore[arg-type]


def _day(name: str, act: Act) -> pl.Expr:
    """Return the day from which a row's value holds: of a state, its own."""
    told = pl.coalesce("changed_on", pl.lit(act.on))
    if name != "status":
        return told
    own = pl.when(pl.col("status_on") <= pl.lit(act.on)).then("status_on")
    return pl.coalesce(own, told)


def _held(rows: pl.DataFrame, act: Act) -> pl.DataFrame:
    """Return the rows with the values of today; of a whole file those that differ."""
    types = dict.fromkeys(STATED, "text") | {"registered_on": "date"}
    bulk.stage(
        _STAGE,
        {"row_number": "integer", "organization_id": "bigint", "name_key": "text"}
        | types,
        rows.rename({"row": "row_number"}),
    )
    held = ", ".join(f"o.{name}" for name in STATED)
    differs = " OR ".join(
        f"(s.{name} IS NOT NULL AND (o.{name} IS NULL OR s.{name} <> o.{name}))"
        for name in STATED
        if name != "name"
    )
    where = "" if act.is_delta else f" WHERE s.name_key <> o.name_key OR {differs}"
    found = bulk.fetch(
        f"SELECT s.row_number, {held} FROM {_STAGE} s"
        f" JOIN {ORGANIZATIONS} o ON o.id = s.organization_id{where}"
    )
    bulk.drop(_STAGE)
    schema = {"row": pl.UInt32} | {f"held_{name}": pl.String for name in STATED}
    texts = [
        (row, *("" if v is None else str(v) for v in held)) for row, *held in found
    ]
    return rows.join(pl.DataFrame(texts, schema=schema, orient="row"), on="row")


def _add_older(rows: pl.DataFrame, *, at: datetime) -> None:
    """Keep former names without days, former codes, and the older numbers."""
    kinds = OrganizationCode.Kind
    separators = r"\s*[、;；]\s*"
    names = rows.filter(pl.col("former_name").is_not_null()).select(
        "code",
        value=pl.col("former_name").str.replace_all(separators, "、").str.split("、"),
    )
    names = names.explode("value").with_columns(pl.col("value").str.slice(0, _LONGEST))
    names = names.filter(pl.col("value").str.len_chars() > 1)
    _add_texts(NAMES, "name", names.with_columns(kind=pl.lit("")), at=at)
    numbers = {"former_code": kinds.USCC, "business_reg_no": kinds.REGISTRATION_NUMBER}
    for column, kind in (*numbers.items(), ("org_code", kinds.ORGANIZATION_CODE)):
        texts = rows.filter(pl.col(column).is_not_null()).select("code", value=column)
        _add_texts(CODES, "code", texts.with_columns(kind=pl.lit(kind.value)), at=at)


def _add_texts(table: str, column: str, texts: pl.DataFrame, *, at: datetime) -> None:
    """Add texts that the organization doesn't bear and bore, without days."""
    texts = texts.unique(maintain_order=True).filter(pl.col("value") != pl.col("code"))
    if texts.is_empty():
        return
    bulk.stage(_STAGE, {"code": "text", "value": "text", "kind": "text"}, texts)
    has_kind = table == CODES
    more, kind = (", kind", ", s.kind") if has_kind else ("", "")
    bulk.execute(
        f"INSERT INTO {table} (organization_id, {column}, recorded_at{more})"
        f" SELECT o.id, s.value, %s{kind} FROM {_STAGE} s"
        f" JOIN {ORGANIZATIONS} o ON o.uscc = s.code"
        f" WHERE NOT EXISTS (SELECT 1 FROM {table} t"
        f" WHERE t.organization_id = o.id AND t.{column} = s.value)",
        [connection.ops.adapt_datetimefield_value(at)],
    )
    bulk.drop(_STAGE)


def _resolve_parents(rows: pl.DataFrame, landed: Landed) -> None:
    """Set the parents that the register holds by now, and tell of those it doesn't."""
    bulk.execute(
        f"UPDATE {ORGANIZATIONS} SET parent_id = (SELECT p.id FROM {ORGANIZATIONS} p"
        f" WHERE p.uscc = {ORGANIZATIONS}.parent_code AND p.id <> {ORGANIZATIONS}.id)"
        f" WHERE parent_id IS NULL AND NOT parent_code = ''"
    )
    branches = rows.filter(pl.col("parent_code").is_not_null())
    if branches.is_empty():
        return
    bulk.stage(
        _STAGE,
        {"row_number": "integer", "code": "text"},
        branches.rename({"row": "row_number"}),
    )
    orphans = bulk.fetch(
        f"SELECT s.row_number FROM {_STAGE} s JOIN {ORGANIZATIONS} o"
        f" ON o.uscc = s.code WHERE o.parent_id IS NULL AND NOT o.parent_code = ''"
    )
    bulk.drop(_STAGE)
    numbers = pl.Series([number for (number,) in orphans], dtype=pl.UInt32)
    if len(numbers):
        landed.findings.append(
            finding(numbers, "parent_code", "PARENT_UNKNOWN", Severity.NOTICE)
        )


def entered(landed: Landed) -> pl.Series:
    """Return the keys of the organizations that came new."""
    rows = bulk.fetch(
        f"SELECT id FROM {ORGANIZATIONS} WHERE id >= %s", [landed.first_key]
    )
    return pl.Series([key for (key,) in rows], dtype=pl.Int64)


def keys_of(codes: pl.Series) -> pl.DataFrame:
    """Return `code` and `organization_id` of the codes that the register holds."""
    bulk.stage(_STAGE, {"code": "text"}, codes.alias("code").unique().to_frame())
    rows = bulk.fetch(
        f"SELECT s.code, o.id FROM {_STAGE} s JOIN {ORGANIZATIONS} o ON o.uscc = s.code"
    )
    bulk.drop(_STAGE)
    schema = {"code": pl.String, "organization_id": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def codes_of(keys: pl.Series) -> list[str]:
    """Return the codes of these organizations, in order."""
    frame = keys.alias("organization_id").to_frame()
    bulk.stage(_STAGE, {"organization_id": "bigint"}, frame)
    rows = bulk.fetch(
        f"SELECT o.uscc FROM {_STAGE} s JOIN {ORGANIZATIONS} o"
        f" ON o.id = s.organization_id ORDER BY o.uscc"
    )
    bulk.drop(_STAGE)
    return [code for (code,) in rows]
