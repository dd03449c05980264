"""What a batch needs before its cells are read, and text alone does not show.

Columns that go on in another one are joined; days that a workbook counts from 1904 are
counted from 1900; notes among and below the rows (`注：...`, `填报人：...`) are taken
out, because they are no records. Nearly every batch needs none of it.
"""

from __future__ import annotations

import polars as pl

from xinheng.core.catalog.datasets import Dataset
from xinheng.core.catalog.fields import FieldType
from xinheng.pipeline.cells import screening
from xinheng.pipeline.matching import Match
from xinheng.pipeline.reading.table import FLAWS, ROW, Table

# What stands under a form: remarks, who filled it in, totals. The sign behind the word
# tells it from a name that begins with the same characters.
_NOTE = (
    r"^\s*[（(*※]?\s*(?:"
    r"(?:注|备注|附注|说明)\s*(?:[:：.、]|[0-9]|$)"
    r"|(?:填表|填报|填写|制表|审核|复核|审批|经办|联系|报送|报表|单位|主管|分管)?"
    r"(?:负责人|领导|人|单位|部门|机关|日期|时间|电话|方式|盖章|公章)"
    r"\s*(?:[（(][^）)]*[）)])?\s*(?:[:：]|$)"
    r"|(?:合计|总计|共计|小计)\s*(?:[:：0-9]|$)"
    r"|以下空白|第\s*[0-9]+\s*页)"
)
_CODE = r"^\s*[0-9A-Za-z-]{9,}\s*$"
_BETWEEN_VALUES = "；"
_DAYS_1900_TO_1904 = 1462
_SERIAL = r"^([1-9][0-9]{3,4})(\.[0-9]+)?$"


class Preparation:
    """Prepares the batches of one table; `notes` counts the rows left out."""

    def __init__(self, dataset: Dataset, match: Match, table: Table) -> None:
        self._joined = {str(place): str(onto) for place, onto in match.joined.items()}
        self._notes: list[int] = []
        days = [
            str(place)
            for place, field in match.fields.items()
            if field.type is FieldType.DATE
        ]
        self._days = days if table.is_1904 else []
        self._key = [
            str(place)
            for place, field in match.fields.items()
            if field.name in dataset.natural_key
        ]

    @property
    def notes(self) -> int:
        """How many rows were notes."""
        return sum(self._notes)

    def prepare(self, batch: pl.DataFrame) -> pl.DataFrame:
        """Return the rows as the checks want them."""
        changes = [*map(_since_1900, self._days), *self._joins()]
        return self._without_notes(batch.with_columns(changes) if changes else batch)

    def _joins(self) -> list[pl.Expr]:
        """Return each list of values, and nothing in the columns that go it on."""
        lists: dict[str, list[str]] = {}
        for place, onto in self._joined.items():
            lists.setdefault(onto, [onto]).append(place)
        joins = [_join(places) for places in lists.values()]
        return [*joins, *(pl.lit(None, pl.String).alias(each) for each in self._joined)]

    def _without_notes(self, batch: pl.DataFrame) -> pl.DataFrame:
        if not any(batch[name].null_count() for name in self._key):
            return batch
        cells = [name for name in batch.columns if name not in (ROW, FLAWS)]
        first = pl.coalesce(cells).str.contains(_NOTE)
        has_code = pl.any_horizontal(pl.col(self._key).str.contains(_CODE))
        is_keyless = pl.any_horizontal(pl.col(self._key).is_null())
        is_note = is_keyless & first & ~has_code.fill_null(value=False)
        is_note = is_note.fill_null(value=False)
        notes = batch.filter(is_note)
        # One that names a person is left in, so that the screen can refuse it.
        if not notes.height or screening.is_personal(notes.select(cells)):
            return batch
        self._notes.append(notes.height)
        return batch.filter(~is_note)


def _join(places: list[str]) -> pl.Expr:
    values = pl.concat_str(places, separator=_BETWEEN_VALUES, ignore_nulls=True)
    return pl.when(pl.any_horizontal(pl.col(places).is_not_null())).then(values)


def _since_1900(place: str) -> pl.Expr:
    """Count a plain number of days from 1900, as dates in a workbook are read."""
    parts = pl.col(place).str.extract_groups(_SERIAL).struct
    days = parts.field("1").cast(pl.Int64) + _DAYS_1900_TO_1904
    rest = parts.field("2").fill_null("")
    counted = pl.concat_str(days.cast(pl.String), rest)
    return pl.coalesce(counted, pl.col(place)).alias(place)
