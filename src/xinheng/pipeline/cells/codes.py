"""Unified and organization codes: what is wrong with each cell, told apart.

The kernel clears the valid codes at once; only those that fail are looked at again, and
each gets the finding that helps: an old number, a placeholder and a code that a
spreadsheet turned into a number are not "wrong format". What the shape of a wrong code
tells (`core.linkage.shapes`) is told besides.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from xinheng.core.identifiers import codes, uscc
from xinheng.core.identifiers.codes import CodeClass
from xinheng.core.linkage import shapes
from xinheng.pipeline.cells import spreadsheet
from xinheng.pipeline.cells.reading import Read, failing
from xinheng.pipeline.checks import code_shapes, kernel, registration_number
from xinheng.pipeline.checks import organization_code as organization_codes
from xinheng.pipeline.checks import uscc as unified_codes
from xinheng.pipeline.checks.kernel import Bytes
from xinheng.pipeline.context import Context

_LENGTH = uscc.REASONS.index("length") + 1
_ORGANIZATION_CODE = uscc.REASONS.index("organization_code") + 1
_CHECK_CHARACTER = uscc.REASONS.index("check_character") + 1

_EXPONENT = r"^[0-9](?:\.[0-9]+)?E\+?[0-9]{1,2}$"
_WIDE_OR_BLANK = r"[\x{ff01}-\x{ff5e}\s]"
# Of these a wrong code has at most one: the first that applies.
_FORMS = (
    *("CODE_PLACEHOLDER", "EXCEL_NUMBER", "USCC_WIDTH", "LEGACY_CODE", "USCC_FORMAT"),
)
RULES = (
    *_FORMS,
    *("USCC_CHECK", "ORG_CODE_CHECK", "USCC_AUTHORITY", "USCC_DIVISION"),
    *shapes.RULES,
)


def read_codes(cells: pl.Series, *, personal: pl.Series, context: Context) -> Read:
    """Return cleaned cells as unified codes in capitals; flags RULES.

    `personal` is true where the cell holds a person's number: no other finding is told
    of such a cell. A code that the register holds as issued so fails nothing.
    """
    code, failed = _raised(
        cells, kernel.failed_uscc_rules, unified_codes.normalized("cell")
    )
    return Read(code, flags_of(code, failed, personal=personal, context=context))


def flags_of(
    code: pl.Series, failed: pl.Series, *, personal: pl.Series, context: Context
) -> dict[str, pl.Series]:
    """Return what `read_codes` flags; `failed` is the first rule that each code fails.

    The codes are normalized.
    """
    if personal.any():
        failed = failed * ~personal
    flags = _notices(code, (failed == 0) & ~personal, context)
    places = (failed > 0).arg_true()
    if len(places):
        told = _told_apart(code.gather(places), failed.gather(places), context)
        flags |= _spread(told, places, len(code))
    return flags


def read_organization_codes(cells: pl.Series, *, personal: pl.Series) -> Read:
    """Return cleaned cells as organization codes; flags ORG_CODE_CHECK."""
    code, failed = _raised(
        cells,
        kernel.failed_organization_code_rules,
        organization_codes.normalized("cell"),
    )
    return Read(code, failing("ORG_CODE_CHECK", (failed > 0) & ~personal))


def registered(code: pl.Series, context: Context) -> pl.Series:
    """Tell of each code whether the register holds it."""
    if context.register is None:
        return pl.repeat(value=False, n=len(code), eager=True)
    known = context.register.lookup(code.drop_nulls().unique())
    return code.is_in(known["code"].implode()).fill_null(value=False)


def _raised(
    cells: pl.Series, rules: Callable[[pl.Series], Bytes], normalized: pl.Expr
) -> tuple[pl.Series, pl.Series]:
    """Return the codes as the checks read them, and the first rule that each fails.

    A cell that fails none as it stands is in that form already.
    """
    failed = rules(cells)
    odd = np.flatnonzero(failed)
    if not len(odd):
        return cells, pl.Series(failed)
    part = cells.gather(odd).to_frame("cell")
    raised = part.select(normalized).to_series()
    failed[odd] = rules(raised)
    return cells.clone().scatter(odd, raised), pl.Series(failed)


def _notices(
    code: pl.Series, is_valid: pl.Series, context: Context
) -> dict[str, pl.Series]:
    """Flag valid codes of an unknown authority or division: the first 8 signs."""
    prefix = _first_eight(code)
    rows = pl.DataFrame({"code": code, "prefix": prefix}).filter(is_valid)
    distinct = dict(
        rows.drop_nulls().unique("prefix").select("prefix", "code").iter_rows()
    )
    unknown = {
        "USCC_AUTHORITY": [
            number
            for number, text in distinct.items()
            if not uscc.is_known_authority_and_kind(text)
        ],
        "USCC_DIVISION": [
            number
            for number, text in distinct.items()
            if text[2:8] not in context.divisions
        ],
    }
    flags: dict[str, pl.Series] = {}
    for rule, numbers in unknown.items():
        if numbers:
            odd = pl.Series(numbers, dtype=pl.UInt64)
            flags |= failing(rule, prefix.is_in(odd.implode()) & is_valid)
    return flags


def _first_eight(code: pl.Series) -> pl.Series:
    """Return the first 8 bytes as one number: numbers are told apart fastest."""
    return code.cast(pl.Binary).bin.head(8).bin.reinterpret(dtype=pl.UInt64)


def _told_apart(code: pl.Series, failed: pl.Series, context: Context) -> pl.DataFrame:
    """Return a Boolean column for each rule that some of these wrong codes fail."""
    frame = pl.DataFrame({"code": code, "failed": failed}).with_columns(
        is_placeholder=_is_placeholder(),
        is_legacy=_is_legacy(),
        is_confirmed=_confirmed(code, context),
    )
    rule = (
        pl.when("is_placeholder")
        .then(pl.lit("CODE_PLACEHOLDER"))
        .when(_is_number())
        .then(pl.lit("EXCEL_NUMBER"))
        .when(pl.col("code").str.contains(_WIDE_OR_BLANK))
        .then(pl.lit("USCC_WIDTH"))
        .when("is_legacy")
        .then(pl.lit("LEGACY_CODE"))
        .when(pl.col("failed") < _ORGANIZATION_CODE)
        .then(pl.lit("USCC_FORMAT"))
    )
    told = frame.with_columns(rule=rule)
    has_wrong_last = kernel.with_right_last(code).ne_missing(code)
    is_checked = pl.col("rule").is_null() & ~pl.col("is_confirmed")
    named = told.select(
        *(
            (pl.col("rule") == name).fill_null(value=False).alias(name)
            for name in _FORMS
        ),
        (is_checked & has_wrong_last).alias("USCC_CHECK"),
        (is_checked & (pl.col("failed") == _ORGANIZATION_CODE)).alias("ORG_CODE_CHECK"),
    )
    shown = code_shapes.findings(code, told.select(_class()).to_series())
    return named.with_columns(**shown)


def _class() -> pl.Expr:
    """Return the class of a wrong code, as far as its shape is asked for."""
    is_issued = pl.col("is_confirmed") & (pl.col("failed") != _LENGTH)
    classes = (
        (pl.col("is_placeholder"), CodeClass.PLACEHOLDER),
        (is_issued, CodeClass.NONCONFORMING),
        (pl.col("failed") >= _ORGANIZATION_CODE, CodeClass.WRONG_CHECK),
        (pl.col("is_legacy"), CodeClass.LEGACY_OTHER),
    )
    chosen = [pl.when(applies).then(pl.lit(name.value)) for applies, name in classes]
    return pl.coalesce(*chosen, pl.lit(CodeClass.MALFORMED.value)).alias("class")


def _confirmed(code: pl.Series, context: Context) -> pl.Series:
    """Tell which codes the register holds as issued although they do not conform."""
    if context.register is None:
        return pl.repeat(value=False, n=len(code), eager=True)
    known = context.register.lookup(code.unique())
    return code.is_in(known.filter("nonconforming")["code"].implode())


def _is_placeholder() -> pl.Expr:
    code = pl.col("code")
    return code.is_in(sorted(codes.PLACEHOLDERS)) | (code.str.strip_chars("0") == "")


def _is_number() -> pl.Expr:
    code = pl.col("code")
    return code.str.contains(_EXPONENT) | spreadsheet.is_rounded(code)


def _is_legacy() -> pl.Expr:
    code = pl.col("code")
    return (
        registration_number.is_legacy_15(code)
        | registration_number.is_legacy_13(code)
        | registration_number.is_foreign_invested(code)
    )


def _spread(told: pl.DataFrame, places: pl.Series, count: int) -> dict[str, pl.Series]:
    """Put the flags of some cells into columns of all cells."""
    flags = {}
    for flag in told:
        if flag.any():
            empty = pl.repeat(value=False, n=count, eager=True)
            flags[flag.name] = empty.scatter(places.filter(flag), values=True)
    return flags
