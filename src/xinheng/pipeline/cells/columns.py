"""A batch of text cells turned into the typed columns of a dataset."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import polars as pl

from xinheng.core.catalog.datasets import Dataset
from xinheng.core.catalog.fields import Field, FieldType, Personal
from xinheng.pipeline.cells import choices, codes, dates, numbers, screening
from xinheng.pipeline.cells.distinct import Memory, Sharing
from xinheng.pipeline.cells.reading import Read, failing
from xinheng.pipeline.cells.screening import Role
from xinheng.pipeline.checks import kernel, personal_id
from xinheng.pipeline.context import Context
from xinheng.pipeline.matching import Match
from xinheng.pipeline.reading.table import OVERFLOW, ROW

WHOLE_ROW = ""  # the field of a finding that concerns no column of the catalog

_LOSSY = (FieldType.DATE, FieldType.PERIOD, FieldType.DECIMAL, FieldType.INTEGER)
# The catalog's names of the two columns in which digits are read in their own way.
_ROLES = {"tax_reg_no": Role.TAX_NUMBER, "business_reg_no": Role.REGISTRATION_NUMBER}


Flags = dict[tuple[str, str], pl.Series]


@dataclass(frozen=True, slots=True)
class Typed:
    """The rows of a batch that are not blank.

    `frame` has `row`, a column for each stored field, and for each field whose text may
    be unreadable a Boolean column (`blank_column`) that tells a blank cell from such
    text. `flags` are Boolean columns of the same rows by (rule, field name).
    `is_personal` says that something about a person stands in the batch.
    """

    frame: pl.DataFrame
    flags: Flags
    is_personal: bool


def role_of(field: Field | None) -> Role:
    """Return how the digits of a column are understood; null stands for no field."""
    if field is None:
        return Role.TEXT
    if field.type is FieldType.USCC:
        return Role.CODE
    return _ROLES.get(field.name, Role.TEXT)


class Typist:
    """Reads the batches of one file."""

    def __init__(
        self, dataset: Dataset, match: Match, context: Context, *, is_workbook: bool
    ) -> None:
        self._context = context
        self._is_workbook = is_workbook
        self._shared: Sharing | None = None
        self._absent = [
            field for field in dataset.stored_fields if field.name not in match.names
        ]
        self._fields = {str(place): field for place, field in match.fields.items()}
        self._memories = {field.name: Memory() for field in self._fields.values()}

    def read(self, batch: pl.DataFrame) -> Typed:
        """Return the rows as typed columns; blank rows are left out."""
        cells = [name for name in batch.columns if name != ROW]
        roles = {name: role_of(self._fields.get(name)) for name in cells}
        distinct = self._sharing(cells).distinct(batch)
        screened = screening.screen(batch, roles, distinct)
        found, frame = screened.found, screened.frame
        flags = self._found_flags(found, batch.height)
        is_filled = frame.select(
            ~pl.all_horizontal(pl.col(cells).is_null())
        ).to_series()
        if not is_filled.all():
            frame = frame.filter(is_filled)
            flags = {key: flag.filter(is_filled) for key, flag in flags.items()}
        return self._typed(frame, flags, distinct)

    def _sharing(self, cells: list[str]) -> Sharing:
        if self._shared is None:
            self._shared = Sharing(cells)
        return self._shared

    def _found_flags(self, found: pl.DataFrame, height: int) -> Flags:
        kinds = {
            "PERSONAL_ID": pl.col("kind") == personal_id.CERTAIN,
            "PERSONAL_ID_SUSPECTED": pl.col("kind") == personal_id.SUSPECTED,
            "CONTROL_CHARACTER": pl.col("control"),
        }
        flags: Flags = {}
        for column in found["column"].unique(maintain_order=True):
            for rule, condition in kinds.items():
                is_here = (pl.col("column") == column) & condition
                places = found.filter(is_here)["place"]
                if len(places) and self._is_told(rule, column):
                    key = (rule, self._field_name(column))
                    before = flags.get(
                        key, pl.repeat(value=False, n=height, eager=True)
                    )
                    flags[key] = before.scatter(places, values=True)
        return flags

    def _field_name(self, column: str) -> str:
        return self._fields[column].name if column in self._fields else WHOLE_ROW

    def _is_told(self, rule: str, column: str) -> bool:
        """Invisible characters matter only in columns that are kept."""
        field = self._fields.get(column)
        is_kept = field is not None and field.personal is None
        return is_kept or rule != "CONTROL_CHARACTER"

    def _typed(
        self, frame: pl.DataFrame, flags: Flags, distinct: dict[str, pl.Series]
    ) -> Typed:
        columns = [frame[ROW]]
        is_personal = False
        for column, field in self._fields.items():
            cells = frame[column].alias(field.name)
            if field.personal is not None:
                is_personal |= cells.null_count() < len(cells)
                read = Read(cells, _refusing(cells, field))
            else:
                read = self._read(cells, field, flags, distinct.get(column))
                columns += [read.values.alias(field.name), *_blanks(cells, field)]
            flags |= {(rule, field.name): flag for rule, flag in read.flags.items()}
        overflow = failing("CELL_COUNT", frame[OVERFLOW].is_not_null())
        flags |= {(rule, WHOLE_ROW): flag for rule, flag in overflow.items()}
        is_personal |= any(rule.startswith("PERSONAL_ID") for rule, _ in flags)
        for field in self._absent:
            cells = pl.repeat(None, frame.height, dtype=pl.String, eager=True)
            cells = cells.alias(field.name)
            columns += [cells.cast(value_type(field)), *_blanks(cells, field)]
        return Typed(pl.DataFrame(columns), flags, is_personal)

    def _read(
        self,
        cells: pl.Series,
        field: Field,
        flags: Flags,
        distinct: pl.Series | None,
    ) -> Read:
        if distinct is not None:
            # The distinct texts of a cleared column: no person's number is among them.
            memory = self._memories[field.name]
            return memory.read(cells, distinct, lambda texts: self._texts(texts, field))
        if field.type is FieldType.USCC:
            self._release_registered(cells, field, flags)
        return self._texts(cells, field, flags.get(("PERSONAL_ID", field.name)))

    def _texts(
        self, texts: pl.Series, field: Field, personal: pl.Series | None = None
    ) -> Read:
        reader = self._reader(field)
        if field.type not in (FieldType.USCC, FieldType.ORGANIZATION_CODE):
            return reader(texts)
        if personal is None:
            personal = pl.repeat(value=False, n=len(texts), eager=True)
        if field.type is FieldType.ORGANIZATION_CODE:
            return codes.read_organization_codes(texts, personal=personal)
        return codes.read_codes(texts, personal=personal, context=self._context)

    def _reader(self, field: Field) -> Callable[[pl.Series], Read]:
        if field.code_list is not None:
            code_list = self._context.code_lists[field.code_list]
            return partial(
                choices.read_choices, code_list=code_list, multiple=field.multiple
            )
        readers: dict[FieldType, Callable[[pl.Series], Read]] = {
            FieldType.DATE: partial(dates.read_dates, is_workbook=self._is_workbook),
            FieldType.PERIOD: dates.read_periods,
            FieldType.DECIMAL: partial(numbers.read_decimals, field=field),
            FieldType.INTEGER: numbers.read_integers,
        }
        return readers.get(field.type, Read)

    def _release_registered(self, cells: pl.Series, field: Field, flags: Flags) -> None:
        """Take the flag off codes that are identity numbers, too, but registered."""
        key = ("PERSONAL_ID", field.name)
        if key not in flags:
            return
        personal = flags[key] & ~self._is_registered_code(cells, flags[key])
        if personal.any():
            flags[key] = personal
        else:
            del flags[key]

    def _is_registered_code(self, cells: pl.Series, personal: pl.Series) -> pl.Series:
        """Tell which persons' numbers are valid codes that the register holds."""
        places = personal.arg_true()
        texts = cells.gather(places)
        is_code = pl.Series(kernel.failed_uscc_rules(texts)) == 0
        is_known = is_code & codes.registered(texts, self._context)
        nobody = pl.repeat(value=False, n=len(cells), eager=True)
        return nobody.scatter(places.filter(is_known), values=True)


def _refusing(cells: pl.Series, field: Field) -> dict[str, pl.Series]:
    if field.personal is not Personal.REFUSE:
        return {}
    return failing("NATURAL_PERSON", cells.is_not_null())


def value_type(field: Field) -> pl.DataType:
    """Return the type of a stored field's column."""
    if field.type is FieldType.DATE:
        return pl.Date()
    if field.type is FieldType.INTEGER:
        return pl.Int64()
    if field.type is FieldType.DECIMAL:
        return numbers.decimal_type(field)
    return pl.String()


def is_lossy(field: Field) -> bool:
    """Tell whether a cell of the field may hold text that is no value."""
    return field.code_list is not None or field.type in _LOSSY


def blank_column(field: Field) -> str:
    """Return the column that tells where a lossy field's cell is blank."""
    return f"blank:{field.name}"


def _blanks(cells: pl.Series, field: Field) -> list[pl.Series]:
    return [cells.is_null().alias(blank_column(field))] if is_lossy(field) else []
