"""Damaged codes repaired in bulk: what each may have been, from a register and reasons.

The index finds the candidates of many texts at once; the few that are left for each are
compared and ordered by `xinheng.core.linkage.repair`, which is the reference.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from xinheng.core.linkage import repair
from xinheng.core.linkage.repair import Candidate, Suggestion
from xinheng.pipeline import refusals, register_file
from xinheng.pipeline.checks import personal_id, uscc
from xinheng.pipeline.checks.code_shapes import folded_codes
from xinheng.pipeline.linkage import folding
from xinheng.pipeline.linkage.code_index import CodeIndex, written
from xinheng.pipeline.register_file import FileRegister

TEXTS_AT_ONCE = 10_000

_PARQUET = ".parquet"


class Repairs:
    """A register's codes and names, to be asked what damaged codes may have been.

    Without a register (`rows` null) a code is suggested from its check characters
    alone, one slip away. Codes that do not conform are no candidates.
    """

    def __init__(
        self, rows: pl.DataFrame | None, *, divisions: Collection[str]
    ) -> None:
        """Take `code` and `name` (String), a row for each name of each code."""
        schema = {"code": pl.String, "name": pl.String}
        rows = pl.DataFrame(schema=schema) if rows is None else rows
        self._divisions = pl.Series(sorted(divisions), dtype=pl.String).implode()
        self._index = CodeIndex(rows["code"])
        self._most = 2 if len(self._index) else 1
        places = self._index.codes().to_frame("code").with_row_index("place")
        placed = rows.select("code", "name").drop_nulls().join(places, on="code")
        ordered = placed.sort("place", maintain_order=True)
        self._names = ordered["name"]
        self._ends = np.cumsum(
            np.bincount(ordered["place"].to_numpy(), minlength=len(self._index))
        )

    @property
    def index(self) -> CodeIndex:
        """The codes of the register."""
        return self._index

    def suggest(
        self,
        texts: Sequence[str],
        names: Sequence[str | None] | None = None,
        *,
        most: int = 2,
    ) -> list[tuple[Suggestion, ...]]:
        """Return for each text the codes that it may have been, likeliest first.

        `texts` as `uscc.normalize` gives them; nothing is suggested for a valid code
        and for what may be a person's number. `names` stand beside the texts. Without a
        register `most` is 1.
        """
        answers: list[tuple[Suggestion, ...]] = []
        for start in range(0, len(texts), TEXTS_AT_ONCE):
            stop = start + TEXTS_AT_ONCE
            some = texts[start:stop]
            beside = [None] * len(some) if names is None else names[start:stop]
            answers += self._suggested(some, beside, min(most, self._most))
        return answers

    def _suggested(
        self, texts: Sequence[str], names: Sequence[str | None], most: int
    ) -> list[tuple[Suggestion, ...]]:
        answers: list[tuple[Suggestion, ...]] = [()] * len(texts)
        written_texts = pl.Series(texts, dtype=pl.String)
        codes = folded_codes(written_texts)
        rows = _is_repairable(written_texts, codes).arg_true().to_list()
        found = self._candidates(codes.gather(rows).to_list(), most)
        beside = _folded([names[row] for row in rows])
        for row, candidates, name in zip(rows, found, beside, strict=True):
            if candidates:
                answers[row] = repair.suggest(texts[row], candidates, name=name)
        return answers

    def _candidates(self, codes: list[str], most: int) -> list[list[Candidate]]:
        found = self._index.search(codes, most=most)
        names = self._named(found.place)
        frame = pl.DataFrame(
            {"text": found.text, "code": written(found.codes), "place": found.place}
        ).unique()
        begun = pl.Series(codes, dtype=pl.String).str.head(repair.PREFIX)
        as_written = pl.col("code").str.head(repair.PREFIX) == begun.gather(
            frame["text"]
        )
        is_held = pl.col("place") >= 0
        is_nobody = personal_id.kind_embedded(pl.col("code")) == personal_id.NONE
        is_division = pl.col("code").str.slice(2, 6) != "000000"
        likely = frame.filter(is_division, is_held | as_written | self._is_known())
        answers: list[list[Candidate]] = [[] for _ in codes]
        for text, code, place in likely.filter(is_nobody).iter_rows():
            held = names.get(place, ())
            answers[text].append(Candidate(code, is_held=place >= 0, names=held))
        return answers

    def _is_known(self) -> pl.Expr:
        is_known_kind = uscc.is_known_authority_and_kind("code")
        return is_known_kind & uscc.division("code").is_in(self._divisions)

    def _named(self, places: np.ndarray) -> dict[int, tuple[str, ...]]:
        """Return the folded names of what stands at these places of the index."""
        held = np.unique(places[places >= 0])
        ends = self._ends[held]
        starts = np.where(held > 0, self._ends[held - 1], 0)
        counts = ends - starts
        offsets = np.cumsum(counts) - counts
        rows = np.arange(counts.sum()) + np.repeat(starts - offsets, counts)
        names = folding.fold_column(self._names.gather(rows)).to_list()
        return {
            place: tuple(names[offset : offset + count])
            for place, offset, count in zip(
                held.tolist(), offsets.tolist(), counts.tolist(), strict=True
            )
        }


def read_register(path: Path) -> FileRegister:
    """Return the register in a file: CSV, XLSX, or Parquet with `code` and `name`.

    Raises:
        UnreadableFileError: the file is no register.
    """
    if path.suffix.lower() != _PARQUET:
        return register_file.read(path)
    try:
        frame = pl.read_parquet(path)
    except FileNotFoundError:
        raise refusals.missing() from None
    except (OSError, pl.exceptions.ComputeError):
        raise refusals.damaged() from None
    if missing := {"code", "name"} - set(frame.columns):
        raise refusals.no_key_columns(sorted(missing), sorted(missing))
    if "nonconforming" not in frame.columns:
        frame = frame.with_columns(nonconforming=pl.lit(value=False))
    text = pl.col("code", "name").cast(pl.String)
    return FileRegister(frame.with_columns(text, pl.col("nonconforming").cast(bool)))


def _is_repairable(texts: pl.Series, codes: pl.Series) -> pl.Series:
    """Twin of `repair.is_repairable`; `codes` are the folded texts."""
    shortest, longest = repair.SHORTEST, repair.LONGEST
    facts = pl.DataFrame({"text": texts, "code": codes}).select(
        (pl.col("code").str.len_chars().is_between(shortest, longest))
        & (uscc.failed_rule("text") > 0)
        & (personal_id.kind_embedded(pl.col("text")) == personal_id.NONE)
    )
    is_open = facts.to_series()
    # Few texts have 17 digits in a row; each of those is asked for by itself.
    digits = (codes.str.contains("[0-9]{17}") & is_open).arg_true()
    persons = [row for row in digits if repair.may_be_person(texts[row])]
    return is_open.scatter(persons, values=False) if persons else is_open


def _folded(names: list[str | None]) -> list[str | None]:
    """Return names as they are compared, null where nothing is left to compare."""
    folded = folding.fold_column(pl.Series(names, dtype=pl.String))
    return [name or None for name in folded.to_list()]
