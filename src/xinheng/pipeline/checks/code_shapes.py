"""What the shape of a wrong code tells, on a column: `xinheng.core.linkage.shapes`."""

from __future__ import annotations

import polars as pl

from xinheng.core.identifiers import uscc
from xinheng.core.identifiers.codes import CodeClass
from xinheng.core.linkage import repair, shapes
from xinheng.pipeline.checks import document_number, kernel

_START, _LENGTH = shapes.IDENTIFIER.start, shapes.IDENTIFIER.stop


def is_invented(codes: pl.Series) -> pl.Series:
    """Tell which valid codes look invented."""
    return _has_run(codes, shapes.INVENTED_VALID)


def findings(texts: pl.Series, classes: pl.Series) -> dict[str, pl.Series]:
    """Return a flag for each of `shapes.RULES`; `classes` are those of the texts.

    `texts` as `checks.uscc.normalized` gives them.
    """
    codes = folded_codes(texts)
    narrow = texts.to_frame("text").select(document_number.normalized("text"))
    narrowed = narrow.to_series()
    is_malformed = classes == CodeClass.MALFORMED.value
    is_wrong = is_malformed | (classes == CodeClass.WRONG_CHECK.value)
    is_valid = classes == CodeClass.VALID.value
    is_organization = is_malformed & _is_organization_code(codes)
    is_whole = codes.str.len_chars() == uscc.LENGTH
    return {
        shapes.NAME: is_malformed & _found(narrowed, shapes.NAME_PATTERN),
        shapes.SEVERAL: is_malformed & _found(narrowed, shapes.SEVERAL_PATTERN),
        shapes.ORGANIZATION: is_organization,
        shapes.TRUNCATED: is_malformed
        & ~is_organization
        & _found(codes, shapes.TRUNCATED_PATTERN),
        shapes.PRINTED_Y: is_wrong & _is_printed_y(codes),
        shapes.INVENTED: (is_valid & is_invented(texts))
        | (is_wrong & is_whole & _has_run(codes, shapes.INVENTED_WRONG)),
    }


def folded_codes(texts: pl.Series) -> pl.Series:
    """Twin of `repair.folded`."""
    marks = dict.fromkeys(repair.MARKS, "")
    narrow = texts.to_frame("text").select(document_number.normalized("text"))
    return narrow.to_series().str.replace_many(marks)


def _has_run(codes: pl.Series, pattern: str) -> pl.Series:
    return _found(codes.str.slice(_START, _LENGTH - _START), pattern)


def _found(texts: pl.Series, pattern: str) -> pl.Series:
    return texts.str.contains(f"(?s){pattern}")


def _is_organization_code(codes: pl.Series) -> pl.Series:
    return pl.Series(kernel.failed_organization_code_rules(codes)) == 0


def _is_printed_y(codes: pl.Series) -> pl.Series:
    with_1 = codes.str.head(-1) + "1"
    is_right = pl.Series(kernel.failed_uscc_rules(with_1)) == 0
    return codes.str.ends_with("Y") & is_right
