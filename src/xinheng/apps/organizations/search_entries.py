"""What the search index holds of each organization: columns, made from the register.

| column | content |
|---|---|
| `organization_id`, `code` | as in the register |
| `band` | first part of the order: status, then length of the public name |
| `names` | the public name and, on further lines, the former ones, all folded |
| `initials` | the same in pinyin initials |

Hits are ordered by `band`, then `code`. What the public may not see of a name is no
part of an entry: nobody can find by it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from xinheng.apps import bulk
from xinheng.apps.organizations.models import Organization, OrganizationName
from xinheng.core.disclosures.names import public_name
from xinheng.pipeline.linkage import folding
from xinheng.pipeline.linkage.initials import initials

# Folding leaves neither of them inside a name.
LINE: Final = "\n"  # between the names of an organization
_END = "\0"  # between organizations
STATUSES = {status: rank for rank, status in enumerate(Organization.Status.values)}
_PER_STATUS = 1000
_LONGEST = 998
_NAMELESS = 999
_BITS = 21  # of a character
_SLICE_ROWS = 50_000
_INITIALS: Final = 1 << (2 * _BITS)

_ORGANIZATIONS = Organization._meta.db_table
_NAMES = OrganizationName._meta.db_table
_COLUMNS = {
    "organization_id": pl.Int64,
    "code": pl.String,
    "status": pl.String,
    "is_sole_proprietor": pl.Boolean,
    "name": pl.String,
}


def of(stage: str | None) -> pl.DataFrame:
    """Return the entries of the organizations that a staged table names, or of all.

    `stage` is a table with the column `organization_id`. Nothing is null.
    """
    among = f" JOIN {stage} s ON s.organization_id = o.id" if stage else ""
    current = _fetch(
        f"SELECT o.id, o.uscc, o.status, o.is_sole_proprietor, o.name"
        f" FROM {_ORGANIZATIONS} o{among}"
    )
    former = _fetch(
        f"SELECT DISTINCT o.id, o.uscc, o.status, o.is_sole_proprietor, n.name"
        f" FROM {_ORGANIZATIONS} o{among} JOIN {_NAMES} n ON n.organization_id = o.id"
        f" WHERE n.name <> o.name AND NOT o.is_sole_proprietor ORDER BY n.name"
    )
    folded = _public(current).with_columns(folding.folded("name"))
    return (
        folded.with_columns(band=_band())
        .join(_former_lines(former), on="organization_id", how="left")
        .with_columns(
            names=pl.concat_str("name", "former", separator=LINE, ignore_nulls=True)
        )
        .with_columns(
            initials=pl.col("names").map_batches(initials, return_dtype=pl.String)
        )
        .select("organization_id", "code", "band", "names", "initials")
    )


def grams(texts: pl.Series, *, of_initials: bool) -> pl.DataFrame:
    """Return the pairs of neighboring characters as numbers: `row`, `gram`, in order.

    No two pairs have one number, and no pair of initials that of a pair of characters.
    The end of a line is a character, which no piece of a name holds, so that nothing is
    found across it.
    """
    joined = _END.join([*texts, ""])
    points = np.frombuffer(joined.encode("utf-32-le"), np.uint32).astype(np.int64)
    lengths = texts.str.len_chars().to_numpy().astype(np.int64)
    rows = np.repeat(np.arange(len(texts)), lengths + 1)
    first, second = points[:-1], points[1:]
    inside = (first != ord(_END)) & (second != ord(_END))
    pairs = first[inside] << _BITS | second[inside]
    if of_initials:
        pairs |= _INITIALS
    return pl.DataFrame({"row": rows[:-1][inside], "gram": pairs})


def _fetch(sql: str) -> pl.DataFrame:
    slices = bulk.fetch_slices(sql, _SLICE_ROWS)
    frames = [
        pl.DataFrame(rows, schema=list(_COLUMNS), orient="row") for rows in slices
    ]
    return pl.concat([frame.cast(_COLUMNS) for frame in frames])  # type: ignore[arg-type]


def _public(current: pl.DataFrame) -> pl.DataFrame:
    """Leave of each name what may be seen; an empty text where nothing may."""
    shown = [
        (public_name(name, is_sole_proprietor=True) or "") if hides else name
        for name, hides in current.select("name", "is_sole_proprietor").iter_rows()
    ]
    return current.with_columns(name=pl.Series(shown, dtype=pl.String))


def _band() -> pl.Expr:
    length = pl.col("name").str.len_chars().cast(pl.Int64)
    rank = pl.col("status").replace_strict(STATUSES, return_dtype=pl.Int64)
    known = pl.when(length > 0).then(pl.min_horizontal(length, pl.lit(_LONGEST)))
    return rank * _PER_STATUS + known.otherwise(_NAMELESS)


def _former_lines(former: pl.DataFrame) -> pl.DataFrame:
    folded = former.with_columns(folding.folded("name")).filter(pl.col("name") != "")
    return folded.group_by("organization_id", maintain_order=True).agg(
        former=pl.col("name").str.join(LINE)
    )
