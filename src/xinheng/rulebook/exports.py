"""What is generated from the catalog for those who hand records in.

Table Schema and templates describe a file as we ask for it: one row of headers, the
columns' Chinese titles, nothing about persons. A file with other names for its columns,
or with the columns of the national table about persons, is understood all the same.

Source: Table Schema of the Frictionless Data project.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from xinheng.core.catalog.datasets import Dataset
from xinheng.core.catalog.fields import Field, FieldType
from xinheng.rulebook import catalog, samples
from xinheng.rulebook.dictionary import data_dictionary
from xinheng.rulebook.workbooks import template_xlsx

_SCHEMA_TYPES = {
    FieldType.TEXT: "string",
    FieldType.DATE: "date",
    FieldType.DECIMAL: "number",
    FieldType.INTEGER: "integer",
    FieldType.USCC: "string",
    FieldType.ORGANIZATION_CODE: "string",
    FieldType.PERIOD: "yearmonth",
}
# The form alone; the check characters are beyond a schema.
_PATTERNS = {
    FieldType.USCC: "[0-9A-HJ-NPQRTUWXY]{18}",
    FieldType.ORGANIZATION_CODE: "[0-9A-Z]{8}-?[0-9X]",
}


def table_schema(dataset: Dataset) -> dict[str, Any]:
    """Return the Frictionless Table Schema of a file of the dataset, ready for JSON.

    A schema says less than the catalog: what depends on other columns, on the register
    or on the calendar is not in it.
    """
    return {
        "name": dataset.name,
        "title": dataset.title,
        "description": dataset.description or dataset.title_en,
        "version": dataset.edition,
        "fields": [_schema_field(field) for field in dataset.stored_fields],
        "primaryKey": [dataset.field(name).title for name in dataset.natural_key],
        "missingValues": [""],
    }


def template_csv(dataset: Dataset) -> bytes:
    """Return a file with the header row alone: UTF-8 with BOM, as spreadsheets like."""
    return _csv(dataset, ())


def sample_csv(dataset: Dataset, *, rows: int = 20) -> bytes:
    """Return a file of fictional rows that pass every rule, as `template_csv`."""
    return _csv(dataset, samples.sample_rows(dataset, rows=rows))


def _csv(dataset: Dataset, rows: Iterable[Mapping[str, str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [field.title for field in dataset.stored_fields])
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def _schema_field(field: Field) -> dict[str, Any]:
    described = {
        "name": field.title,
        "type": _SCHEMA_TYPES[field.type],
        "title": field.title_en,
        "description": field.note,
        "example": field.example if _is_literal(field) else None,
        "constraints": _constraints(field),
        "xinheng:name": field.name,
        "xinheng:code": field.code,
    }
    return {key: value for key, value in described.items() if value}


def _is_literal(field: Field) -> bool:
    return field.example is not None and "{" not in field.example


def _constraints(field: Field) -> dict[str, Any]:
    limits = {
        "required": field.required or None,
        "maxLength": None if field.type in _PATTERNS else field.max_length,
        "minimum": None if field.minimum is None else int(field.minimum),
        "maximum": None if field.maximum is None else int(field.maximum),
        "pattern": _PATTERNS.get(field.type),
        "enum": _enum(field),
    }
    return {key: value for key, value in limits.items() if value is not None}


def _enum(field: Field) -> list[str] | None:
    """List the values where no cell can hold anything else than one of them."""
    if field.code_list is None or field.multiple:
        return None
    code_list = catalog.code_lists()[field.code_list]
    return None if code_list.with_remark else list(code_list.values)


__all__ = [
    "data_dictionary",
    "sample_csv",
    "table_schema",
    "template_csv",
    "template_xlsx",
]
