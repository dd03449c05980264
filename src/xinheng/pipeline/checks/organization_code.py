"""Organization codes, a column at a time.

The rules and their order are those of `xinheng.core.identifiers.organization_code`.
"""

from __future__ import annotations

import polars as pl

from xinheng.core.identifiers import organization_code
from xinheng.core.identifiers.blanks import BLANKS
from xinheng.pipeline.checks import kernel


def normalized(column: str) -> pl.Expr:
    """Return the column as the checks read it: no outer blanks, upper case, no hyphen.

    Str of n rows in, str of n rows out; null stays null.
    """
    code = pl.col(column).str.strip_chars(BLANKS)
    is_ascii = code.str.len_bytes() == code.str.len_chars()
    raised = pl.when(is_ascii).then(code.str.to_uppercase()).otherwise(code)
    return raised.str.replace(r"(?s)^(.{8})-(.)$", "${1}${2}")


def reason(column: str) -> pl.Expr:
    """Return the first failed rule of each row.

    Str of n rows in (as `normalized` gives them), str of n rows out: null where the
    code is valid or absent. Rows are never dropped or reordered.
    """
    return failed_rule(column).replace_strict(
        dict(enumerate(organization_code.REASONS, start=1)),
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


def _failed_rules(codes: pl.Series) -> pl.Series:
    if codes.dtype != pl.String:  # a column without any value has no type of its own
        return pl.Series(codes.name, [0], dtype=pl.UInt8).new_from_index(0, len(codes))
    return pl.Series(codes.name, kernel.failed_organization_code_rules(codes))
