"""Codes of a hand-in that the register does not hold, and what is wrong with each.

They are kept for whoever corrects codes, so what must not be kept is left out before
anything is written: rows in which something about a person was found, names that a
reader would see otherwise than they are, and the text of a code that may be a person's
number or name. Where most rows have a name for a code, the columns were mixed up: that
says nothing about codes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from xinheng.core.catalog.datasets import Dataset
from xinheng.core.disclosures.names import looks_personal
from xinheng.core.linkage import shapes
from xinheng.core.organizations import issues
from xinheng.core.organizations.issues import IssueKind
from xinheng.pipeline.cells import codes, screening
from xinheng.pipeline.checks import code_shapes, personal_id
from xinheng.pipeline.reading.table import ROW
from xinheng.pipeline.rules import Check
from xinheng.pipeline.writing import Schema

SCHEMA: Schema = {
    ROW: pl.UInt32(),
    "kind": pl.String(),
    "code": pl.String(),
    "name": pl.String(),
}
MOST_WRONG = 10_000  # of one hand-in, the first ones

_LONGEST_CODE, _LONGEST_NAME = 64, 300  # characters that are kept
_FEWEST_TO_JUDGE = 10  # rows, before a whole column is called mixed up
_ABOUT_PERSONS = ("NATURAL_PERSON", "PERSONAL_ID", "PERSONAL_ID_SUSPECTED")
_UNREADABLE = "CONTROL_CHARACTER"
_MISSING = "REQUIRED"
_LOST = "EXCEL_NUMBER"
# What is told of a code that passes both checks.
_ODD = {
    "USCC_AUTHORITY": IssueKind.BAD_AUTH_TYPE,
    "CATEGORY_CODE": IssueKind.BAD_AUTH_TYPE,
    "USCC_DIVISION": IssueKind.BAD_REGION,
}
_WRONG = ({*codes.RULES, _MISSING}) - {*_ODD}


def find(
    rows: Sequence[pl.LazyFrame],
    findings: pl.LazyFrame,
    checks: Sequence[Check],
    dataset: Dataset,
    rows_read: int,
) -> pl.DataFrame:
    """Return SCHEMA of the rows that the register does not know, ordered by row.

    `rows` are those of which some were not linked, `findings` has `row` and `check`,
    the place in `checks`. A code and a name that come again are told once. `kind` is an
    `IssueKind`, null where nothing is wrong with the code by itself; a row may have
    several. `code` is null where there is none that may be kept.
    """
    told = _told(findings, checks, dataset)
    barred = told.filter(pl.col("rule").is_in([*_ABOUT_PERSONS, _UNREADABLE]))
    unknown = pl.concat([_unknown(part, dataset) for part in rows]).collect()
    frame = unknown.join(barred, on=ROW, how="anti").sort(ROW)
    frame = frame.unique(["code", "name"], keep="first", maintain_order=True)
    is_wrong = pl.col("rule").is_in([*_WRONG])
    wrong = frame.join(told.filter(is_wrong), on=ROW, how="semi", maintain_order="left")
    rest = frame.join(wrong, on=ROW, how="anti", maintain_order="left")
    rest = rest.filter(pl.col("code").is_not_null())
    named = wrong.join(told.filter(rule=shapes.NAME), on=ROW, how="semi")
    if rows_read >= _FEWEST_TO_JUDGE and named.height * 2 > rows_read:
        wrong = wrong.join(named, on=ROW, how="anti", maintain_order="left")
    found = [_without_kind(rest), *_odd(rest, told), _wrong(wrong, told)]
    return pl.concat(found).sort(ROW, maintain_order=True)


def _told(
    findings: pl.LazyFrame, checks: Sequence[Check], dataset: Dataset
) -> pl.DataFrame:
    """Return `row` and `rule` of the findings that matter here."""
    names = {
        bit: check.rule for bit, check in enumerate(checks) if _matters(check, dataset)
    }
    asked = findings.filter(pl.col("check").is_in([*names])).collect()
    rule = pl.col("check").replace_strict(names, return_dtype=pl.String)
    return asked.select(ROW, rule.alias("rule")).unique(maintain_order=True)


def _matters(check: Check, dataset: Dataset) -> bool:
    if check.rule in _ABOUT_PERSONS or check.rule == "CATEGORY_CODE":
        return True
    if check.rule == _UNREADABLE:
        return check.field in (dataset.subject_code, dataset.subject_name)
    return check.field == dataset.subject_code


def _unknown(rows: pl.LazyFrame, dataset: Dataset) -> pl.LazyFrame:
    """Return `row`, `code` and `name` of the rows that were not linked."""
    name = pl.col(dataset.subject_name) if dataset.subject_name else pl.lit("")
    return rows.filter(pl.col("organization").is_null()).select(
        ROW,
        pl.col(str(dataset.subject_code)).alias("code"),
        name.fill_null("").str.slice(0, _LONGEST_NAME).alias("name"),
    )


def _without_kind(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(kind=pl.lit(None, pl.String)).select(*SCHEMA)


def _odd(rows: pl.DataFrame, told: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Yield the rows whose codes pass both checks, and are odd in some other way."""
    invented = rows.filter(code_shapes.is_invented(rows["code"]))
    yield _of_kind(invented, IssueKind.INVENTED)
    for rule, kind in _ODD.items():
        yield _of_kind(rows.join(told.filter(rule=rule), on=ROW, how="semi"), kind)


def _of_kind(rows: pl.DataFrame, kind: IssueKind) -> pl.DataFrame:
    return rows.with_columns(kind=pl.lit(kind.value)).select(*SCHEMA)


def _wrong(rows: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Return the rows whose codes fail, each with its kind, as far as they are kept."""
    first = rows.head(MOST_WRONG)
    lost = told.filter(rule=_LOST)[ROW].implode()
    empty = pl.when(pl.col(ROW).is_in(lost)).then(pl.lit(IssueKind.TRANSMISSION.value))
    kinds = first.with_columns(
        kind=pl.when(pl.col("code").is_null())
        .then(empty.otherwise(pl.lit(IssueKind.PLACEHOLDER.value)))
        .otherwise(_kinds(first["code"]))
    )
    return _kept(kinds).select(*SCHEMA)


def _kinds(texts: pl.Series) -> pl.Series:
    known = {text: issues.of_code(text) for text in texts.drop_nulls().unique()}
    named = {text: kind.value for text, kind in known.items() if kind is not None}
    bad = IssueKind.BAD_FORMAT.value
    return texts.replace_strict(named, default=bad, return_dtype=pl.String)


def _kept(rows: pl.DataFrame) -> pl.DataFrame:
    """Leave out codes that may be somebody's number or name, and names without a code.

    A placeholder beside what may be a person's name says nothing of an organization.
    """
    code = pl.col("code").fill_null("")
    is_number = screening.is_like_number(code) | (
        personal_id.kind_in_registration_number(code) != personal_id.NONE
    )
    is_placeholder = pl.col("kind") == IssueKind.PLACEHOLDER.value
    is_name = _looks_personal(rows["code"])
    is_told = ~(is_number | is_placeholder | is_name)
    short = pl.col("code").str.slice(0, _LONGEST_CODE)
    kept = rows.with_columns(code=pl.when(is_told).then(short))
    return kept.filter(~(pl.col("code").is_null() & _looks_personal(rows["name"])))


def _looks_personal(texts: pl.Series) -> pl.Series:
    """Tell which texts may be the name of a person; what has no Chinese is none."""
    some = texts.drop_nulls().unique()
    some = some.filter(some.str.contains(r"\p{Han}"))
    personal = [text for text in some if looks_personal(text)]
    return texts.is_in(personal).fill_null(value=False)
