"""Cells cleaned, and searched for what must not be in them.

One regular expression clears most columns of a batch at a single look; only the cells
that it stops at are worked through: outer blanks dropped, cells that say "nothing" made
null, invisible characters and persons' numbers found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from xinheng.core.identifiers.blanks import BLANKS
from xinheng.pipeline.cells import spreadsheet
from xinheng.pipeline.checks import personal_id

# A cell of nothing but these means that there is no value.
_NOTHING = r"\-‐‑‒–—―－/／"
_BLANK = rf"^[\s{_NOTHING}]*$"
# Controls, marks without width or of direction, and the sign for a lost character.
CONTROL = (
    r"[\x00-\x1f\x7f-\x9f\x{ad}\x{200b}-\x{200f}\x{2028}-\x{202e}\x{2060}-\x{2064}"
    r"\x{2066}-\x{206f}\x{feff}\x{fff9}-\x{fffd}]"
)
# A place and a date of birth; with its last digits rounded off, nothing can be checked.
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_ID_SHAPED = rf"^[1-8][0-9]{{5}}(?:19|20)[0-9]{{2}}{_DAY}[0-9]{{4}}$"
# The same with a slip in it, or of fifteen digits, whose check proves nothing.
_OLD = rf"[0-9]{{2}}{_DAY}[0-9]{{3}}$"
_ID_LIKE = rf"^[1-8][0-9]{{5}}(?:(?:19|20)[0-9]{{2}}{_DAY}[0-9]{{2}}|{_OLD})"
SUSPICIOUS = rf"^(?:$|[\s{_NOTHING}])|\s$|{CONTROL}|{personal_id.MAYBE}"


class Role(StrEnum):
    """How the digits in a column are to be understood."""

    TEXT = "text"
    CODE = "code"  # unified codes: 15 digits are an older number there, not a person's
    TAX_NUMBER = "tax_number"
    REGISTRATION_NUMBER = "registration_number"


@dataclass(frozen=True, slots=True)
class Screened:
    """A batch with clean cells, and what was found in it.

    `found` has a row for each finding: `column` (String), `place` (UInt32, the index in
    the batch), `kind` (UInt8, of `personal_id`: NONE, SUSPECTED, CERTAIN) and `control`
    (Boolean).
    """

    frame: pl.DataFrame
    found: pl.DataFrame


_FOUND = {
    "column": pl.String,
    "place": pl.UInt32,
    "kind": pl.UInt8,
    "control": pl.Boolean,
}


def screen(
    batch: pl.DataFrame, roles: Mapping[str, Role], distinct: dict[str, pl.Series]
) -> Screened:
    """Clean and search the columns that `roles` names; the others are passed on.

    `distinct` has the distinct texts of some columns; those of a column whose cells are
    changed are taken out.
    """
    stopped = batch.select(pl.col(_suspects(roles, distinct)).str.contains(SUSPICIOUS))
    cleaned: list[pl.Series] = []
    found = [pl.DataFrame(schema=_FOUND)]
    for name in stopped.columns:
        if not stopped[name].any():
            continue
        distinct.pop(name, None)
        places = stopped[name].arg_true()
        cells = _examine(batch[name].gather(places), places, roles[name])
        cleaned.append(batch[name].clone().scatter(places, cells["clean"]))
        found.append(_found(cells, name))
    return Screened(batch.with_columns(cleaned), pl.concat(found))


def _suspects(
    roles: Mapping[str, Role], distinct: Mapping[str, pl.Series]
) -> list[str]:
    """Return the columns that are not cleared by a look at their distinct texts."""
    # All of them at one look first: nearly always none holds anything.
    together = pl.concat([pl.Series(dtype=pl.String), *distinct.values()])
    is_clear = not together.str.contains(SUSPICIOUS).any()
    cleared = {
        name
        for name, texts in distinct.items()
        if is_clear or not texts.str.contains(SUSPICIOUS).any()
    }
    return [name for name in roles if name not in cleared]


def holds_personal_number(texts: list[str]) -> bool:
    """Tell whether one of the texts surely holds the number of a person."""
    return _strongest(texts) == personal_id.CERTAIN


def may_hold_personal_number(texts: list[str]) -> bool:
    """Tell whether one of the texts holds what may be the number of a person.

    For texts that are stored and shown with no row that could be kept aside.
    """
    return _strongest(texts) != personal_id.NONE


def which_may_hold_personal_number(texts: list[str]) -> list[bool]:
    """Tell of each text whether it holds what may be the number of a person."""
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    kinds = frame.select(personal_id.kind(pl.col("text")) != personal_id.NONE)
    return kinds.to_series().to_list()


def _strongest(texts: list[str]) -> int:
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    return int(frame.select(personal_id.kind(pl.col("text")).max()).item() or 0)


def is_like_number(code: pl.Expr) -> pl.Expr:
    """Tell of a code that was refused whether it may be a person's number, mistyped.

    For what is kept of rejected rows: a slip makes no organization's code of it.
    """
    narrow = code.str.normalize("NFKC").str.to_uppercase()
    signs = narrow.str.replace_all("[^0-9A-Z]", "").str.replace_all("O", "0")
    return signs.str.replace_all("[IL]", "1").str.contains(_ID_LIKE).fill_null(False)


def is_personal(frame: pl.DataFrame) -> bool:
    """Tell whether some cell of a frame of text may hold the number of a person.

    One that a spreadsheet has rounded may, too: place and date of birth are left of it.
    """
    kinds = frame.select(personal_id.kind(pl.all()))
    if any(column.max() for column in kinds if len(column)):
        return True
    rounded = frame.select(
        _is_rounded_number(pl.col(pl.String).str.strip_chars(BLANKS))
    )
    return any(column.any() for column in rounded)


def _is_rounded_number(bare: pl.Expr) -> pl.Expr:
    return bare.str.contains(_ID_SHAPED) & spreadsheet.is_rounded(bare)


def _examine(cells: pl.Series, places: pl.Series, role: Role) -> pl.DataFrame:
    text = pl.col("text")
    frame = pl.DataFrame({"text": cells, "place": places})
    clean = frame.with_columns(clean=text.str.strip_chars(BLANKS), kind=_kind(role))
    return clean.with_columns(
        clean=pl.when(pl.col("clean").str.contains(_BLANK).not_()).then("clean"),
        control=pl.col("clean").str.contains(CONTROL),
    )


def _kind(role: Role) -> pl.Expr:
    text = pl.col("text")
    if role is Role.TAX_NUMBER:
        return personal_id.kind_embedded(text)
    if role is Role.REGISTRATION_NUMBER:
        return personal_id.kind_in_registration_number(text)
    kind = personal_id.kind(text)
    if role is Role.CODE:
        return pl.when(kind == personal_id.CERTAIN).then(kind).otherwise(0)
    bare = text.str.strip_chars(BLANKS)
    rounded = _is_rounded_number(bare)
    suspected = pl.lit(personal_id.SUSPECTED, dtype=pl.UInt8)
    return pl.when(rounded & (kind == 0)).then(suspected).otherwise(kind)


def _found(cells: pl.DataFrame, name: str) -> pl.DataFrame:
    findings = cells.filter((pl.col("kind") > 0) | pl.col("control"))
    columns = [pl.lit(name).alias("column"), "place", "kind", "control"]
    return findings.select(columns).cast(_FOUND)  # type: ignore[arg-type]
