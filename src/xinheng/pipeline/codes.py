"""Unified codes examined: what each is, what is wrong with it, what it may have been.

A register's column of codes is read as it stands; nothing is repaired. The classes are
those of `xinheng.core.identifiers.codes`, the findings those that a submission's row
would get. A suggestion is made where only one code is possible: the last character is
not the one that the others ask for, or full-width characters and blanks hide a valid
code.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import polars as pl

from xinheng.core.identifiers import uscc
from xinheng.core.identifiers.codes import CodeClass
from xinheng.pipeline import refusals
from xinheng.pipeline.cells.codes import read_codes
from xinheng.pipeline.checks import document_number, personal_id
from xinheng.pipeline.checks import registration_number as older
from xinheng.pipeline.checks import uscc as checks
from xinheng.pipeline.context import Context
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.reading import files
from xinheng.pipeline.reading.encodings import Encoding, WrongEncodingError
from xinheng.pipeline.reading.table import ROW, Table

PERSONAL_ID = "PERSONAL_ID"
SEPARATOR = ";"  # between the findings of a row
COLUMNS = ("row", "code", "class", "findings", "suggestion")

_FORMULA = r"^(?:[=+@\t\r]|-.)"  # what a spreadsheet would run
_LENGTH = uscc.REASONS.index("length") + 1
_ALPHABET = uscc.REASONS.index("alphabet") + 1
_ORGANIZATION_CODE = uscc.REASONS.index("organization_code") + 1
_CHECK_CHARACTER = uscc.REASONS.index("check_character") + 1


@dataclass(frozen=True, slots=True)
class Examination:
    """How many rows of a file have which class and which finding."""

    rows: int
    classes: Mapping[str, int]
    findings: Mapping[str, int]

    @property
    def is_clean(self) -> bool:
        """Whether every code is valid or was confirmed as issued."""
        return set(self.classes) <= {CodeClass.VALID, CodeClass.NONCONFORMING}


def examine_file(
    path: Path, *, column: str, context: Context, out: Path | None = None
) -> Examination:
    """Examine the column of that header; blank rows keep their number and are left out.

    With `out` the examined rows are written there (UTF-8 with a mark, COLUMNS); nothing
    is written where the file is refused.

    Raises:
        UnreadableFileError: there is no such file, table or column, or nothing in it.
        OSError: `out` can't be written.
    """
    for reading in files.readings(path, file_name=path.name):
        try:
            cells = _read(path, reading, column, context.batch_rows)
            examined = (examine(batch, context=context) for batch in cells)
            return _counted(examined, out)
        except WrongEncodingError:
            continue
    raise refusals.encoding()


def examine(cells: pl.DataFrame, *, context: Context) -> pl.DataFrame:
    """Return COLUMNS for a frame of `row` and `code`, in which null is an empty cell.

    `code` is trimmed and in capitals, null where it holds a person's number; `findings`
    are rules, parted by SEPARATOR, null where there are none; `suggestion` is a valid
    code or null. Rows are never dropped or reordered.
    """
    written = cells.select("row", pl.col("code").fill_null(""))
    facts = _facts(written.with_columns(code=checks.normalized("code")), context)
    is_personal = facts["is_personal"]
    found = read_codes(facts["code"], personal=is_personal, context=context)
    return facts.select(
        "row",
        pl.when(~pl.col("is_personal")).then("code").alias("code"),
        _code_class().alias("class"),
        _joined({PERSONAL_ID: is_personal, **found.flags}).alias("findings"),
        _suggestions(facts).alias("suggestion"),
    )


def _facts(code: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Add what the class rests on: the failed rule, the register, a person's number."""
    registered, confirmed = _known(code["code"], context)
    kind = personal_id.kind_embedded(pl.col("code"))
    facts = code.with_columns(
        failed=checks.failed_rule("code"),
        is_registered=pl.col("code").is_in(registered.implode()),
        is_confirmed=pl.col("code").is_in(confirmed.implode()),
        is_number=kind == personal_id.CERTAIN,
    )
    is_held = pl.col("is_registered") & (pl.col("failed") == 0)
    return facts.with_columns(is_personal=pl.col("is_number") & ~is_held)


def _known(code: pl.Series, context: Context) -> tuple[pl.Series, pl.Series]:
    """Return the codes that the register holds, and those it holds as issued so."""
    if context.register is None:
        nothing = pl.Series(dtype=pl.String)
        return nothing, nothing
    known = context.register.lookup(code.unique())
    return known["code"], known.filter("nonconforming")["code"]


def _code_class() -> pl.Expr:
    code, failed = pl.col("code"), pl.col("failed")
    is_issued = pl.col("is_confirmed") & (failed != _LENGTH)
    classes = (
        (checks.is_placeholder("code"), CodeClass.PLACEHOLDER),
        (pl.col("is_personal"), CodeClass.PERSONAL_ID),
        (failed == 0, CodeClass.VALID),
        (is_issued, CodeClass.NONCONFORMING),
        (failed >= _ORGANIZATION_CODE, CodeClass.WRONG_CHECK),
        (older.is_legacy_15(code), CodeClass.LEGACY_15),
        (older.is_legacy_13(code), CodeClass.LEGACY_13),
        (older.is_foreign_invested(code), CodeClass.LEGACY_OTHER),
    )
    chosen = [pl.when(applies).then(pl.lit(name.value)) for applies, name in classes]
    return pl.coalesce(*chosen, pl.lit(CodeClass.MALFORMED.value))


def _joined(flags: Mapping[str, pl.Series]) -> pl.Expr:
    names = [pl.when(pl.lit(flag)).then(pl.lit(rule)) for rule, flag in flags.items()]
    joined = pl.concat_str(names, separator=SEPARATOR, ignore_nulls=True)
    return pl.when(joined != "").then(joined)


def _suggestions(facts: pl.DataFrame) -> pl.Series:
    """Return the one valid code that a wrong one may have been, else null."""
    failed = pl.col("failed")
    is_open = ~pl.col("is_personal") & ~pl.col("is_confirmed")
    corrected = pl.when(failed == _CHECK_CHARACTER).then(checks.corrected("code"))
    # Narrow, in capitals and without blanks: the folding that document numbers get.
    narrowed = corrected.when(failed.is_in([_LENGTH, _ALPHABET])).then(
        document_number.normalized("code")
    )
    candidates = facts.select(code=pl.when(is_open).then(narrowed))
    is_valid = (
        (checks.failed_rule("code") == 0)
        & ~checks.is_placeholder("code")
        & (personal_id.kind_embedded(pl.col("code")) == personal_id.NONE)
    )
    return candidates.select(pl.when(is_valid).then("code")).to_series()


def _read(
    path: Path, reading: Encoding | None, column: str, batch_rows: int
) -> Iterator[pl.DataFrame]:
    """Yield `row` and `code` of the rows that are not blank."""
    wanted = _plain(column)

    def recognize(cells: Sequence[str]) -> int:
        return sum(_plain(cell) == wanted for cell in cells)

    try:
        table = files.open_table(path, reading, recognize, batch_rows=batch_rows)
    except UnreadableFileError as refused:
        raise _no_column(refused) from None
    place = pl.col(_place(table, wanted))
    is_filled = pl.any_horizontal(pl.all().exclude(ROW).is_not_null())
    for batch in table.batches:
        yield batch.filter(is_filled).select(pl.col(ROW).alias("row"), code=place)


def _plain(header: str) -> str:
    return header.strip().casefold()


def _place(table: Table, wanted: str) -> str:
    places = [n for n, header in enumerate(table.header) if _plain(header) == wanted]
    if len(places) > 1:
        raise refusals.duplicate_column(wanted, wanted)
    return str(places[0])


def _no_column(refused: UnreadableFileError) -> UnreadableFileError:
    if refused.code != refusals.no_columns().code:
        return refused
    return UnreadableFileError(
        refused.code,
        "没有这一列，请用--column给出表头中的列名。",
        "There is no such column; name one of the file's headers with --column.",
    )


def _counted(batches: Iterator[pl.DataFrame], out: Path | None) -> Examination:
    rows = 0
    classes: Counter[str] = Counter()
    findings: Counter[str] = Counter()
    with _written(out) as target:
        for batch in batches:
            if target is not None:
                _write(batch, target)
            rows += batch.height
            classes += _count(batch["class"])
            findings += _count(batch["findings"].str.split(SEPARATOR).explode())
        if not rows:
            raise refusals.no_rows()
    return Examination(rows, dict(classes), dict(findings))


def _count(values: pl.Series) -> Counter[str]:
    return Counter(dict(values.drop_nulls().value_counts().iter_rows()))


@contextmanager
def _written(out: Path | None) -> Iterator[BinaryIO | None]:
    """Give a file to write to, which stands at `out` only if nothing goes wrong."""
    if out is None:
        yield None
        return
    part = out.with_name(f".{out.name}.part")
    try:
        with part.open("wb") as target:
            yield target
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


def _write(batch: pl.DataFrame, target: BinaryIO) -> None:
    is_first = target.tell() == 0
    code = pl.col("code")
    safe = pl.when(code.str.contains(_FORMULA)).then("'" + code).otherwise(code)
    batch.with_columns(safe.alias("code")).write_csv(
        target, include_header=is_first, include_bom=is_first
    )
