"""The search index, kept in step with the register in the same transaction.

Each entry has a `place`: a number whose order is that of the hits (band, then code), so
that a first page is read off without sorting. Places are given with gaps; what comes
new goes into the gap where it belongs. Where a gap is full, or a large part of the
register changes, all places are given anew.
"""

from __future__ import annotations

import polars as pl
from django.db import transaction

from xinheng.apps import bulk
from xinheng.apps.organizations import search_entries
from xinheng.apps.organizations.search_stores import store

TABLE = "organizations_search"
_STAGE = "search_stage"
_GAP = 1 << 32  # wider gaps make the numbers, and so the index, longer
# New codes follow known ones, so the larger part of a gap is left behind a newcomer.
_PARTS_OF_GAP = 8
# From a quarter of the register on, all at once is quicker; a few are never that.
_REBUILD_SHARE = 4
_FEW = 1000


@transaction.atomic
def refresh(keys: pl.Series) -> None:
    """Index these organizations anew; a key that is gone from the register leaves.

    `keys` are the register's own numbers. To be called at the end of every act that
    changes a code, a name, a former name or a status, in its transaction.
    """
    wanted = pl.DataFrame({"organization_id": keys.cast(pl.Int64)}).unique()
    if wanted.is_empty():
        return
    store().lock()
    if wanted.height > _FEW and wanted.height * _REBUILD_SHARE > _height():
        rebuild()
        return
    bulk.stage(_STAGE, {"organization_id": "bigint"}, wanted)
    store().remove(_STAGE)
    placed = _placed(search_entries.of(_STAGE))
    bulk.drop(_STAGE)
    if placed is None:
        rebuild()
    else:
        store().add(placed)


@transaction.atomic
def rebuild() -> None:
    """Index the whole register anew, about a minute for a million organizations."""
    store().lock()
    entries = search_entries.of(None).sort("band", "code")
    places = pl.int_range(1, pl.len() + 1, dtype=pl.Int64) * _GAP
    store().replace(entries.with_columns(place=places))


def _height() -> int:
    return int(bulk.fetch(f"SELECT count(*) FROM {TABLE}")[0][0])


def _placed(entries: pl.DataFrame) -> pl.DataFrame | None:
    """Return the entries with `place`, null where they find no room."""
    count = pl.len().over("before").cast(pl.Int64) + 1
    width = pl.col("after") - pl.col("before")
    wide = width // pl.max_horizontal(count, pl.lit(_PARTS_OF_GAP))
    number = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("before")
    placed = (
        entries.join(_gaps(entries), on="code")
        .sort("band", "code")
        .with_columns(step=pl.when(wide > 0).then(wide).otherwise(width // count))
        .with_columns(pl.col("step").fill_null(_GAP))
        .with_columns(place=pl.col("before") + pl.col("step") * number)
    )
    is_full = placed.select((pl.col("step") == 0).any()).item()
    return None if is_full else placed.drop("before", "after", "step")


def _gaps(entries: pl.DataFrame) -> pl.DataFrame:
    """Return for each code the places `before` and `after` it; null for no end."""
    stage = f"{_STAGE}_gaps"
    bulk.stage(stage, {"band": "integer", "code": "varchar(18)"}, entries)
    near = (
        f"SELECT e.place FROM {TABLE} e WHERE (e.band, e.code) {{0}} (s.band, s.code)"
        f" ORDER BY e.band {{1}}, e.code {{1}} LIMIT 1"
    )
    before, after = near.format("<", "DESC"), near.format(">", "ASC")
    rows = bulk.fetch(
        f"SELECT s.code, coalesce(({before}), 0), ({after}) FROM {stage} s"
    )
    bulk.drop(stage)
    return pl.DataFrame(
        rows,
        schema={"code": pl.String, "before": pl.Int64, "after": pl.Int64},
        orient="row",
    )
