"""Unified social credit codes, a column at a time.

The rules and their order are those of `xinheng.core.identifiers.uscc`.
"""

from __future__ import annotations

import polars as pl

from xinheng.core.identifiers import uscc
from xinheng.core.identifiers.blanks import BLANKS
from xinheng.core.identifiers.codes import PLACEHOLDERS
from xinheng.pipeline.checks import kernel

_KNOWN = [
    authority + kind for authority, kinds in uscc.AUTHORITIES.items() for kind in kinds
]


def normalized(column: str) -> pl.Expr:
    """Return the column as the checks read it: no outer blanks, upper case.

    Str of n rows in, str of n rows out; null stays null.
    """
    code = pl.col(column).str.strip_chars(BLANKS)
    is_ascii = code.str.len_bytes() == code.str.len_chars()
    return pl.when(is_ascii).then(code.str.to_uppercase()).otherwise(code)


def reason(column: str) -> pl.Expr:
    """Return the first failed rule of each row.

    Str of n rows in (as `normalized` gives them), str of n rows out: null where the
    code is valid or absent. Rows are never dropped or reordered.
    """
    return failed_rule(column).replace_strict(
        dict(enumerate(uscc.REASONS, start=1)),
        default=None,
        return_dtype=pl.String,
    )


def failed_rule(column: str) -> pl.Expr:
    """Return `reason` as a number: its place in REASONS from 1, 0 where it is null.

    Str of n rows in (as `normalized` gives them), UInt8 of n rows out.
    """
    return pl.col(column).map_batches(
        _failed_rules, return_dtype=pl.UInt8, is_elementwise=True
    )


def is_known_authority_and_kind(column: str) -> pl.Expr:
    """Tell whether characters 1 and 2 stand in the published table; null stays null."""
    return pl.col(column).str.slice(0, 2).is_in(_KNOWN)


def division(column: str) -> pl.Expr:
    """Return the six-digit division of codes; null stays null."""
    return pl.col(column).str.slice(2, 6)


def is_placeholder(column: str) -> pl.Expr:
    """Tell whether the cell says that there is no code: 无, N/A, only zeros, nothing.

    Str of n rows in (as `normalized` gives them), Boolean of n rows out, null for null.
    """
    code = pl.col(column)
    return code.is_in(sorted(PLACEHOLDERS)) | (code.str.strip_chars("0") == "")


def corrected(column: str) -> pl.Expr:
    """Return codes with the check character that the first 17 characters ask for.

    Str of n rows in (as `normalized` gives them), str of n rows out: null where a code
    has another length or a character outside the alphabet.
    """
    return pl.col(column).map_batches(
        _corrected, return_dtype=pl.String, is_elementwise=True
    )


def _corrected(codes: pl.Series) -> pl.Series:
    return kernel.with_right_last(codes.cast(pl.String))


def _failed_rules(codes: pl.Series) -> pl.Series:
    if codes.dtype != pl.String:  # a column without any value has no type of its own
        return pl.Series(codes.name, [0], dtype=pl.UInt8).new_from_index(0, len(codes))
    return pl.Series(codes.name, kernel.failed_uscc_rules(codes))
