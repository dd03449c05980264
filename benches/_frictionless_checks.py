"""The rules on a permit for frictionless: constraints of the schema, and own checks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import attrs
from frictionless import Check, Dialect, Resource, Schema, errors
from frictionless import checks as built_in

from benches import _runs
from xinheng.core.catalog.fields import Field, FieldType
from xinheng.core.identifiers import organization_code, uscc
from xinheng.core.screening import personal_id
from xinheng.pipeline.cells.screening import CONTROL
from xinheng.rulebook import catalog

_CONTROL = re.compile(
    re.sub(r"\\x\{([0-9a-f]+)\}", lambda m: chr(int(m[1], 16)), CONTROL)
)


def resource(file: Path) -> Resource:
    """Return the file with the schema of a permit."""
    fields = [_descriptor(field) for field in catalog.dataset("permit").fields]
    schema = Schema.from_descriptor({"fields": fields, "missingValues": [""]})
    # Only a path relative to its base, or a trusted one, is read.
    return Resource(
        path=file.name, basepath=str(file.parent), schema=schema, dialect=Dialect()
    )


def checks() -> list[Check]:
    """Return what the schema can't say."""
    return [Cells(), Rows(), built_in.duplicate_row()]


@attrs.define(kw_only=True, repr=False)
class Cells(Check):
    """Codes, invisible characters and persons' numbers."""

    type = "permit-cells"
    Errors: ClassVar[list[type]] = [errors.CellError]

    def validate_row(self, row: Any) -> Iterable[Any]:
        for field in catalog.dataset("permit").fields:
            cell = row[field.title]
            if cell and (note := _wrong(field, str(cell))):
                yield errors.CellError.from_row(row, note=note, field_name=field.title)


@attrs.define(kw_only=True, repr=False)
class Rows(Check):
    """Dates that are to come or stand in the wrong order."""

    type = "permit-rows"
    Errors: ClassVar[list[type]] = [errors.RowError]

    def validate_row(self, row: Any) -> Iterable[Any]:
        dataset = catalog.dataset("permit")
        for name in dataset.past_dates:
            decided_on = row[dataset.field(name).title]
            if isinstance(decided_on, date) and decided_on > _runs.ON:
                yield errors.RowError.from_row(row, note="DATE_FUTURE")
        for earlier, later in dataset.date_order:
            begins, ends = (row[dataset.field(n).title] for n in (earlier, later))
            if isinstance(begins, date) and isinstance(ends, date) and ends < begins:
                yield errors.RowError.from_row(row, note="DATE_ORDER")


def _wrong(field: Field, cell: str) -> str | None:
    if personal_id.find(cell):
        return "PERSONAL_ID"
    if _CONTROL.search(cell):
        return "CONTROL_CHARACTER"
    if field.type is FieldType.USCC and uscc.reason(cell):
        return "USCC_CHECK"
    if field.type is FieldType.ORGANIZATION_CODE and organization_code.reason(cell):
        return "ORG_CODE_CHECK"
    return None


def _descriptor(field: Field) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": field.required}
    if field.max_length is not None and field.type is not FieldType.DATE:
        constraints["maxLength"] = field.max_length
    if field.code_list is not None:
        constraints["enum"] = [*catalog.code_lists()[field.code_list].values]
    kind = "date" if field.type is FieldType.DATE else "string"
    return {"name": field.title, "type": kind, "constraints": constraints}
