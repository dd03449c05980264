"""The tables that a backup holds, each as columns that any database can take back.

Values are read and written as what they mean, not as one database stores them, so a
backup of the embedded database can be restored into PostgreSQL and the other way round.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import polars as pl
from django.apps import apps
from django.db import connection, models

BATCH_ROWS = 20_000
# What only this machine's guests of today need: nobody is signed in after a restore.
LEFT_OUT = frozenset({"sessions", "axes"})

Field: TypeAlias = "models.Field[Any, Any]"

_KINDS: tuple[tuple[type[Field], pl.DataType], ...] = (
    (models.BooleanField, pl.Boolean()),
    (models.IntegerField, pl.Int64()),
    (models.FloatField, pl.Float64()),
    (models.DateTimeField, pl.Datetime("us", "UTC")),
    (models.DateField, pl.Date()),
    (models.BinaryField, pl.Binary()),
)
_READ: dict[type[Field], Callable[[Any], object]] = {
    models.UUIDField: lambda value: value.hex,
    models.JSONField: lambda value: json.dumps(value, ensure_ascii=False),
    models.BinaryField: bytes,
    models.DecimalField: str,
}


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, and the fields that are columns of it."""

    name: str
    model: type[models.Model]
    fields: tuple[Field, ...]

    @property
    def columns(self) -> list[str]:
        """The columns' names in the database."""
        return [_column(field) for field in self.fields]


def list_tables() -> list[Table]:
    """Return every table, those that others point to first where it can be said."""
    listed = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label not in LEFT_OUT and model._meta.managed
    ]
    return [
        Table(model._meta.db_table, model, tuple(_columns(model))) for model in listed
    ]


def _columns(model: type[models.Model]) -> Iterator[Field]:
    for field in model._meta.concrete_fields:
        if field.column is not None and not field.generated:
            yield field


def read(table: Table) -> Iterator[pl.DataFrame]:
    """Return the rows in batches, in the order of their key."""
    names = [field.attname for field in table.fields]
    rows = table.model._base_manager.order_by("pk").values_list(*names)
    batch: list[tuple[Any, ...]] = []
    for row in rows.iterator(chunk_size=BATCH_ROWS):
        batch.append(row)
        if len(batch) == BATCH_ROWS:
            yield _frame(table, batch)
            batch = []
    if batch:
        yield _frame(table, batch)


def _frame(table: Table, rows: Sequence[tuple[Any, ...]]) -> pl.DataFrame:
    values = zip(*rows, strict=True)
    return pl.DataFrame(
        [
            pl.Series(_column(field), _readable(field, column), _dtype(field))
            for field, column in zip(table.fields, values, strict=True)
        ]
    )


def _readable(field: Field, values: Sequence[Any]) -> list[object]:
    read = next(
        (read for kind, read in _READ.items() if isinstance(_stored(field), kind)), None
    )
    if read is None:
        return list(values)
    return [None if value is None else read(value) for value in values]


def _dtype(field: Field) -> pl.DataType:
    stored = _stored(field)
    found = (dtype for kind, dtype in _KINDS if isinstance(stored, kind))
    return next(found, pl.String())


def _column(field: Field) -> str:
    return str(field.column)


def _stored(field: Field) -> Field:
    """Return the field whose values a foreign key holds; others as they are."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    return field


def as_stored(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows as this database is to be handed them."""
    return frame.select(
        _native(field, pl.col(_column(field))).alias(_column(field))
        for field in table.fields
    )


def _native(field: Field, column: pl.Expr) -> pl.Expr:
    stored = _stored(field)
    if (
        isinstance(stored, models.UUIDField)
        and connection.features.has_native_uuid_field
    ):
        return column.str.replace(
            r"^(.{8})(.{4})(.{4})(.{4})(.{12})$", "$1-$2-$3-$4-$5"
        )
    if isinstance(stored, models.BinaryField) and connection.vendor == "postgresql":
        return pl.lit("\\x") + column.bin.encode("hex")
    if isinstance(stored, models.DateTimeField) and connection.vendor == "sqlite":
        return _sqlite_moment(column)
    return column


def _sqlite_moment(column: pl.Expr) -> pl.Expr:
    """Return instants as Django writes them, for it compares them as text."""
    whole = column.dt.strftime("%Y-%m-%d %H:%M:%S")
    return (
        pl.when(column.dt.microsecond() == 0)
        .then(whole)
        .otherwise(column.dt.strftime("%Y-%m-%d %H:%M:%S%.6f"))
    )
