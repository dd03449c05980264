"""Values of code lists, older spellings turned into the value that they mean."""

from __future__ import annotations

import polars as pl

from xinheng.core.catalog.datasets import CodeList
from xinheng.pipeline.cells.reading import Read, failing

# Between several values in one cell, as stored: a value may hold `、` itself.
SEPARATOR = ";"
_SEPARATORS = r"\s*[、;；,，]\s*"
_REMARK = r"[-－—–:：]{1,2}[^;；]+"


def read_choices(cells: pl.Series, code_list: CodeList, *, multiple: bool) -> Read:
    """Return cleaned cells as values of the list; flags CODE_LIST.

    A value that may carry a remark keeps it.
    """
    values = pl.Series(code_list.values, dtype=pl.String)
    others = (cells.is_not_null() & ~cells.is_in(values.implode())).arg_true()
    if not len(others):
        return Read(cells)
    part = cells.gather(others).alias("cell").to_frame()
    read = part.select(_several(code_list) if multiple else _one(code_list))
    found = cells.clone().scatter(others, read.to_series())
    return Read(found, failing("CODE_LIST", cells.is_not_null() & found.is_null()))


def _one(code_list: CodeList) -> pl.Expr:
    meant = _meant(pl.col("cell"), code_list)
    return pl.when(meant.str.contains(rf"^(?:{_pattern(code_list)})$")).then(meant)


def _several(code_list: CodeList) -> pl.Expr:
    """Read values in a row; the longest spelling is tried first at each place."""
    pattern = _pattern(code_list)
    whole = rf"^(?:{pattern})(?:{_SEPARATORS}(?:{pattern}))*[;；]?$"
    parts = pl.col("cell").str.extract_all(pattern)
    meant = parts.list.eval(_meant(pl.element(), code_list)).list.unique(
        maintain_order=True
    )
    is_whole = pl.col("cell").str.contains(whole)
    return pl.when(is_whole).then(meant.list.join(SEPARATOR))


def _meant(text: pl.Expr, code_list: CodeList) -> pl.Expr:
    if not code_list.aliases:
        return text
    return text.replace(dict(code_list.aliases))


def _pattern(code_list: CodeList) -> str:
    spellings = {*code_list.values, *(alias for alias, _ in code_list.aliases)}
    remarks = {f"{_escaped(value)}{_REMARK}" for value in code_list.with_remark}
    plain = sorted(map(_escaped, spellings), key=len, reverse=True)
    return "|".join([*sorted(remarks), *plain])


def _escaped(text: str) -> str:
    """Escape for the regular expressions of Rust, which know fewer escapes."""
    special = set("\\.+*?()|[]{}^$#&-~")
    return "".join(f"\\{sign}" if sign in special else sign for sign in text)
