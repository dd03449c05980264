"""Who holds a code, and what a row therefore does to the register.

`xinheng.core.organizations.deltas` decides; here the same is asked for many rows at
once, and only the rows where a name differs are looked at twice.
"""

from __future__ import annotations

import polars as pl

from xinheng.apps import bulk
from xinheng.apps.organizations.changes import CODES, NAMES, ORGANIZATIONS
from xinheng.apps.organizations.models import OrganizationCode, RegisterIssue
from xinheng.core.organizations.deltas import Action, effect
from xinheng.core.organizations.issues import IssueKind, IssueState
from xinheng.pipeline.linking import fold_name

_STAGE = "register_codes"
_ISSUES = RegisterIssue._meta.db_table
_HELD = {
    "row": pl.UInt32,
    "organization_id": pl.Int64,
    "held_key": pl.String,
    "is_former": pl.Boolean,
}
_LONGEST_CHAIN = 10  # codes that one organization bore, one after the other


def one_each(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return one row for each code, rows that repeat it, and those that contradict it.

    Of several names that one code has in a file, the one that the register holds
    stands, else the first: so the same file gives the same answer again.
    """
    several = rows.filter(pl.col("name_key").n_unique().over("code") > 1)
    known = held(several).filter(~pl.col("is_former"))
    bearing = several.join(known, on="row").filter(
        pl.col("name_key") == pl.col("held_key")
    )
    ranked = rows.with_columns(is_other=~pl.col("row").is_in(bearing["row"].implode()))
    chosen = ranked.sort("is_other", "row").unique("code", keep="first")
    chosen = chosen.sort("row").drop("is_other")
    others = rows.join(
        chosen.select("row"), on="row", how="anti", maintain_order="left"
    )
    named = chosen.select("code", "name_key")
    repeated = others.join(named, on=["code", "name_key"], how="semi")
    contradicting = others.join(repeated.select("row"), on="row", how="anti")
    return (
        chosen,
        repeated,
        contradicting.unique(["code", "name_key"], keep="first", maintain_order=True),
    )


def with_one_successor(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows without the former codes that several codes claim to follow.

    Such a column holds something else, and nobody's code may be taken for it.
    """
    successors = pl.col("code").n_unique().over("former_code")
    return rows.with_columns(former_code=pl.when(successors == 1).then("former_code"))


def subjects(rows: pl.DataFrame) -> pl.Series:
    """Return what each row is about: its code, or the first code that it came from."""
    former = rows.filter(pl.col("former_code").is_not_null())
    origin = dict(former.select("code", "former_code").iter_rows())
    if not origin:
        return rows["code"]
    subject = rows["code"]
    for _ in range(_LONGEST_CHAIN):
        subject = subject.replace(origin)
    return subject


def decide(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with `organization_id` (null where none) and `effect`."""
    known = rows.join(held(rows), on="row", how="left", maintain_order="left")
    key = ["action", "is_held", "bears_name", "is_claimed"]
    asked = known.with_columns(
        is_held=pl.col("organization_id").is_not_null(),
        bears_name=(pl.col("name_key") == pl.col("held_key")).fill_null(value=False),
        is_claimed=pl.lit(value=False),
    )
    asked = _former_names(asked)
    asked = _claimed(asked)
    # Who bore a code before is meant by it only under a name of its own.
    is_stranger = pl.col("is_former").fill_null(value=False) & ~pl.col("bears_name")
    asked = asked.with_columns(
        is_held=pl.col("is_held") & ~is_stranger,
        organization_id=pl.when(~is_stranger).then("organization_id"),
    )
    cases = asked.select(key).unique()
    effects = [
        effect(Action(a), is_held=held, bears_name=bears, is_claimed=claimed).value
        for a, held, bears, claimed in cases.iter_rows()
    ]
    cases = cases.with_columns(effect=pl.Series(effects, dtype=pl.String))
    decided = asked.join(cases, on=key, how="left", maintain_order="left")
    # A whole file that knows only the former code says nothing about today.
    is_stale = pl.col("is_former") & (pl.col("action") == Action.STATE.value)
    return decided.with_columns(
        effect=pl.when(is_stale.fill_null(value=False))
        .then(pl.when(pl.col("bears_name")).then(pl.lit("none")).otherwise("effect"))
        .otherwise("effect")
    ).drop(*key[1:], "held_key", "is_former")


def held(rows: pl.DataFrame) -> pl.DataFrame:
    """Return row, organization_id, held_key, is_former of rows whose code is known.

    A code that nobody holds, and that one organization alone bore before, is known as
    its former one.
    """
    bulk.stage(
        _STAGE,
        {"row_number": "integer", "code": "text"},
        rows.rename({"row": "row_number"}),
    )
    now = bulk.fetch(
        f"SELECT s.row_number, o.id, o.name_key FROM {_STAGE} s"
        f" JOIN {ORGANIZATIONS} o ON o.uscc = s.code"
    )
    before = bulk.fetch(
        f"SELECT s.row_number, min(o.id), min(o.name_key) FROM {_STAGE} s"
        f" JOIN {CODES} c ON c.code = s.code"
        f" JOIN {ORGANIZATIONS} o ON o.id = c.organization_id"
        f" WHERE c.kind = %s GROUP BY s.row_number HAVING count(DISTINCT o.id) = 1",
        [OrganizationCode.Kind.USCC.value],
    )
    bulk.drop(_STAGE)
    found = pl.DataFrame(now, schema=dict(list(_HELD.items())[:3]), orient="row")
    former = pl.DataFrame(before, schema=found.schema, orient="row")
    former = former.join(found, on="row", how="anti")
    return pl.concat(
        [
            found.with_columns(is_former=pl.lit(value=False)),
            former.with_columns(is_former=pl.lit(value=True)),
        ]
    )


def with_holder(claims: pl.DataFrame) -> pl.DataFrame:
    """Return the claims with `organization_id` of whoever holds their code."""
    plain = claims.drop("organization_id", strict=False)
    known = held(plain).filter(~pl.col("is_former"))
    return plain.join(known.select("row", "organization_id"), on="row", how="left")


def recoded(rows: pl.DataFrame) -> pl.DataFrame:
    """Return row, organization_id, former_code, code, changed_on of new codes.

    Where the register holds the new code already, it is another organization's, or was
    given before.
    """
    former = rows.filter(
        pl.col("former_code").is_not_null()
        & (pl.col("former_code") != pl.col("code"))
        & (pl.col("action") != Action.ADD.value)
    )
    if former.is_empty():
        return pl.DataFrame(schema={"row": pl.UInt32, "organization_id": pl.Int64})
    holding = held(former.select("row", code="former_code"))
    holding = holding.filter(~pl.col("is_former"))
    taken = held(former.select("row", "code")).filter(~pl.col("is_former"))
    return (
        former.join(holding.select("row", "organization_id"), on="row")
        .join(taken, on="row", how="anti")
        .sort("row")
        .select("row", "organization_id", "former_code", "code", "changed_on")
    )


def _former_names(asked: pl.DataFrame) -> pl.DataFrame:
    """Set `bears_name` where the row's name is a former one of the holder."""
    differing = asked.filter(pl.col("is_held") & ~pl.col("bears_name"))
    if differing.is_empty():
        return asked
    keys = differing.select("organization_id").unique()
    bulk.stage(_STAGE, {"organization_id": "bigint"}, keys)
    names = pl.DataFrame(
        bulk.fetch(
            f"SELECT n.organization_id, n.name FROM {_STAGE} s"
            f" JOIN {NAMES} n ON n.organization_id = s.organization_id"
        ),
        schema={"organization_id": pl.Int64, "name": pl.String},
        orient="row",
    )
    bulk.drop(_STAGE)
    borne = names.select("organization_id", name_key=fold_name("name")).unique()
    bearing = differing.join(borne, on=["organization_id", "name_key"], how="semi")
    return asked.with_columns(
        bears_name=pl.col("bears_name") | pl.col("row").is_in(bearing["row"].implode())
    )


def _claimed(asked: pl.DataFrame) -> pl.DataFrame:
    """Set `is_claimed` where the row's name is an open claim on the code."""
    differing = asked.filter(pl.col("is_held") & ~pl.col("bears_name"))
    if differing.is_empty():
        return asked
    bulk.stage(
        _STAGE,
        {"row_number": "integer", "code": "text", "name_key": "text"},
        differing.rename({"row": "row_number"}),
    )
    rows = bulk.fetch(
        f"SELECT s.row_number FROM {_STAGE} s JOIN {_ISSUES} i ON i.code = s.code"
        f" AND i.name_key = s.name_key WHERE i.kind = %s AND i.state = %s",
        [IssueKind.DUP_CODE.value, IssueState.OPEN.value],
    )
    bulk.drop(_STAGE)
    claimed = pl.Series([row for (row,) in rows], dtype=pl.UInt32)
    return asked.with_columns(is_claimed=pl.col("row").is_in(claimed.implode()))
