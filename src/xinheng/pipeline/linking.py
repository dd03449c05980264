"""Rows linked to the organizations of the register: by code, with a look at the name.

A name alone never links: two organizations may bear one name. A name that the register
does not hold for the code is a question, because either may be wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from xinheng.core.catalog.datasets import Dataset
from xinheng.core.identifiers import names
from xinheng.pipeline.cells.columns import Flags
from xinheng.pipeline.context import Register

ORGANIZATION = "organization"
# The catalog's name of the column beside the code of the authority that decided.
AUTHORITY_NAME = "authority_name"

_FOLDINGS = {
    **dict.fromkeys(names.OPENING, "("),
    **dict.fromkeys(names.CLOSING, ")"),
    **dict.fromkeys(names.NOTHING, ""),
}


@dataclass(frozen=True, slots=True)
class Linked:
    """`organization` is the register's key (String, null where it knows none)."""

    organization: pl.Series
    is_unlinked: pl.Series
    flags: Flags = field(default_factory=dict)


def link(frame: pl.DataFrame, dataset: Dataset, register: Register | None) -> Linked:
    """Return the organization of each row.

    Without a register, or where the dataset names no organization, none is linked and
    none is unlinked.
    """
    code = dataset.subject_code
    if register is None or code is None:
        nothing = pl.repeat(None, frame.height, dtype=pl.String, eager=True)
        return Linked(
            nothing.alias(ORGANIZATION),
            pl.repeat(value=False, n=frame.height, eager=True),
        )
    codes = frame[code]
    known = register.lookup(codes.drop_nulls().unique())
    organization = _organizations(codes, known)
    is_unlinked = organization.is_null()
    flags: Flags = {}
    if (unknown := is_unlinked & codes.is_not_null()).any():
        flags["UNKNOWN_ORGANIZATION", code] = unknown
    if (former := _is_former(codes, known)).any():
        flags["FORMER_CODE", code] = former
    if dataset.subject_name is not None:
        differs = _differs(codes, frame[dataset.subject_name], known) & ~is_unlinked
        if differs.any():
            flags["NAME_MISMATCH", dataset.subject_name] = differs
    return Linked(
        organization, is_unlinked, flags | _authorities(frame, dataset, register)
    )


def _authorities(frame: pl.DataFrame, dataset: Dataset, register: Register) -> Flags:
    """Flag names that the register does not hold for the authority's code.

    A notice, because the code alone says who decided; a code that the register doesn't
    hold says nothing about the name.
    """
    code = dataset.authority_code
    if code is None or AUTHORITY_NAME not in frame.columns:
        return {}
    pairs = frame.select(code, AUTHORITY_NAME).unique().drop_nulls()
    known = register.lookup(pairs[code].unique())
    held = pairs.filter(pl.col(code).is_in(known["code"].implode()))
    odd = held.filter(_differs(held[code], held[AUTHORITY_NAME], known))
    if not odd.height:
        return {}
    is_odd = pl.struct(code, AUTHORITY_NAME).is_in(odd.to_struct().implode())
    return {("AUTHORITY_NAME", AUTHORITY_NAME): frame.select(is_odd).to_series()}


def fold_name(column: str) -> pl.Expr:
    """Return names as `core.identifiers.names.fold` does."""
    narrow = pl.col(column).str.normalize("NFKC").str.to_uppercase()
    return narrow.str.replace_many(_FOLDINGS)


def _is_former(codes: pl.Series, known: pl.DataFrame) -> pl.Series:
    """Tell which codes their organization bore before; a file's register knows none."""
    if "is_former" not in known.columns:
        return pl.repeat(value=False, n=len(codes), eager=True)
    given_up = known.filter("is_former")["code"].unique()
    return codes.is_in(given_up.implode()).fill_null(value=False)


def _organizations(codes: pl.Series, known: pl.DataFrame) -> pl.Series:
    one_each = known.select("code", ORGANIZATION).unique("code", keep="first")
    rows = codes.alias("code").to_frame()
    joined = rows.join(one_each, on="code", how="left", maintain_order="left")
    return joined[ORGANIZATION]


def _differs(codes: pl.Series, names: pl.Series, known: pl.DataFrame) -> pl.Series:
    """Tell of which rows the register holds no such name for the code."""
    rows = pl.DataFrame({"code": codes, "name": names}).with_row_index("place")
    exact = rows.drop_nulls().join(
        known.select("code", "name"), on=["code", "name"], how="anti"
    )
    folded = exact.with_columns(name=fold_name("name")).join(
        known.select("code", name=fold_name("name")), on=["code", "name"], how="anti"
    )
    nowhere = pl.repeat(value=False, n=len(codes), eager=True)
    return nowhere.scatter(folded["place"], values=True)
