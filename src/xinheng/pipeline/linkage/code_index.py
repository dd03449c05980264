"""The codes of a whole register, laid out so that damaged ones are found in it.

Each code is a row of 18 values. A linear hash of them orders the rows: because it is a
sum, the hash of a code with two characters changed is two products away, so that a
thousand possible codes are asked for without being written down. A bit for every hash
answers most of them; what is left is looked up, and compared in full, for a hash
identifies nothing.

A million codes take some 45 MB.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xinheng.core.identifiers import uscc
from xinheng.pipeline.checks import kernel
from xinheng.pipeline.linkage import undoing
from xinheng.pipeline.linkage.undoing import FOREIGN, Frames, Values

Hashes = NDArray[np.uint64]
Places = NDArray[np.int64]

TEXTS_AT_ONCE = 512  # bounds the memory of a search to some 50 MB

_CODES_AT_ONCE = 65_536
_BITS_FOR_EACH = 64  # so that one hash in so many is looked up for nothing
_SIGNS = np.frombuffer(uscc.ALPHABET.encode(), dtype=np.uint8)
_VALUES = np.full(128, FOREIGN, dtype=np.uint8)
_VALUES[_SIGNS] = np.arange(len(_SIGNS))


def _factors() -> Hashes:
    """Return a factor for each place: odd, and the same on every machine."""
    state, factors = 0x9E3779B97F4A7C15, []
    for _ in range(uscc.LENGTH):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        factors.append((state ^ (state >> 29)) | 1)
    return np.array(factors, dtype=np.uint64)


_FACTORS = _factors()


@dataclass(frozen=True, slots=True)
class Found:
    """Codes that texts may have been: parallel arrays, in no order, some twice.

    `text` counts the texts that were asked for, `codes` has the values of a code in
    each row, `place` is its place in the index, -1 where it is not held.
    """

    text: Places
    codes: Values
    place: Places


class CodeIndex:
    """Codes that conform, each once; others are left out."""

    def __init__(self, codes: pl.Series) -> None:
        """Take codes as strings (null and repeated ones are ignored)."""
        distinct = codes.drop_nulls().unique(maintain_order=True)
        failed = pl.Series(kernel.failed_uscc_rules(distinct))
        values = _matrix(distinct.filter(failed == 0).to_list(), uscc.LENGTH)
        hashes = _hashed(values)
        order = np.argsort(hashes)
        self._values, self._hashes = values[order], hashes[order]
        bits = max(16, int(max(1, len(hashes)) * _BITS_FOR_EACH - 1).bit_length())
        self._shift = np.uint64(64 - bits)
        self._bits = np.zeros(2 ** (bits - 3), dtype=np.uint8)
        byte, bit = self._address(hashes)
        np.bitwise_or.at(self._bits, byte, bit)

    def __len__(self) -> int:
        return len(self._hashes)

    @property
    def bytes(self) -> int:
        """How much memory the index takes."""
        return self._values.nbytes + self._hashes.nbytes + self._bits.nbytes

    def codes(self) -> pl.Series:
        """Return the codes by their place in the index."""
        return written(self._values)

    def search(self, texts: list[str], *, most: int) -> Found:
        """Return codes that at most so many slips (1 or 2) may have made the texts of.

        Texts are narrow, in capitals. All codes pass both checks; those that two slips
        are needed for are held. A text of another length than 18 and `most` has none.
        """
        found = [_nothing()]
        lengths = np.array([len(text) for text in texts])
        for length in range(uscc.LENGTH - most, uscc.LENGTH + most + 1):
            rows = np.flatnonzero(lengths == length)
            for start in range(0, len(rows), TEXTS_AT_ONCE):
                some = rows[start : start + TEXTS_AT_ONCE]
                values = _matrix([texts[row] for row in some], length)
                found += [
                    Found(some[each.text], each.codes, each.place)
                    for each in self._searched(values, most)
                ]
        return Found(
            np.concatenate([each.text for each in found]),
            np.concatenate([each.codes for each in found]),
            np.concatenate([each.place for each in found]),
        )

    def _searched(self, values: Values, most: int) -> list[Found]:
        length = values.shape[1]
        texts = _Texts(values)
        near = [
            self._placed(texts.solved(frames)) for frames in undoing.frames(length, 1)
        ]
        if most == 1:
            return near
        far = [self._held(texts.solved(frames)) for frames in undoing.frames(length, 2)]
        return near + far

    def _placed(self, solved: _Solved) -> Found:
        """Return all that was solved, with the places of what is held."""
        codes = solved.codes()
        return Found(solved.text, codes, self._places(solved.hashes(), codes))

    def _held(self, solved: _Solved) -> Found:
        byte, bit = self._address(hashes := solved.hashes())
        maybe = np.flatnonzero(self._bits[byte] & bit)
        some = solved.some(maybe)
        codes = some.codes()
        place = self._places(hashes[maybe], codes)
        is_held = place >= 0
        return Found(some.text[is_held], codes[is_held], place[is_held])

    def _places(self, hashes: Hashes, codes: Values) -> Places:
        """Return where these codes stand, -1 where they don't."""
        place = np.full(len(hashes), -1)
        if not len(self):
            return place
        at = np.searchsorted(self._hashes, hashes)
        open_rows = np.flatnonzero(at < len(self))
        while len(open_rows):
            # More than one step only where two codes have the same hash.
            same = self._hashes[at[open_rows]] == hashes[open_rows]
            open_rows = open_rows[same]
            equal = (self._values[at[open_rows]] == codes[open_rows]).all(axis=1)
            place[open_rows[equal]] = at[open_rows[equal]]
            open_rows = open_rows[~equal]
            at[open_rows] += 1
            open_rows = open_rows[at[open_rows] < len(self)]
        return place

    def _address(self, hashes: Hashes) -> tuple[Hashes, Values]:
        bit = hashes >> self._shift
        return bit >> np.uint64(3), np.uint8(1) << (bit & np.uint64(7)).astype(np.uint8)


def written(codes: Values) -> pl.Series:
    """Return rows of values as codes."""
    signs = np.ascontiguousarray(_SIGNS[codes])
    return pl.Series("code", signs.view(f"S{uscc.LENGTH}").ravel()).cast(pl.String)


class _Texts:
    """Texts of one length, and what their characters count for."""

    def __init__(self, values: Values) -> None:
        self._values = values
        is_foreign = values == FOREIGN
        known = np.where(is_foreign, 0, values)
        check = undoing.CHECK_VALUES[known]
        self._outer = known.astype(np.float32)
        self._inner = undoing.INNER_VALUES[known].astype(np.float32)
        self._check = np.where(check == undoing.NOTHING, 0, check).astype(np.float32)
        self._foreign = is_foreign.astype(np.float32)
        self._no_digit = (values > 9).astype(np.float32)
        self._no_check = (check == undoing.NOTHING).astype(np.float32)

    def solved(self, frames: Frames) -> _Solved:
        """Return what both checks leave of each frame."""
        bad = _product(self._no_digit, frames.division)
        bad += _product(self._no_check, frames.check)
        bad += _product(self._foreign, frames.used)
        text, frame = np.nonzero(bad == 0)
        outer = _product(self._outer, frames.outer)[text, frame].astype(np.int64)
        inner = _product(self._inner, frames.inner)
        inner += _product(self._check, frames.check)
        residue = undoing.residue(outer, inner[text, frame].astype(np.int64))
        fill = (_unfilled, _filled_once, _filled_twice)[frames.count]
        return fill(_Partial(self._values, frames, text, frame, residue))


@dataclass(frozen=True, slots=True)
class _Partial:
    """Texts read through frames, with the residue that their holes have to make up."""

    values: Values
    frames: Frames
    text: Places
    frame: Places
    residue: Places


@dataclass(frozen=True, slots=True)
class _Solved:
    """Codes by text, frame and the characters in the holes."""

    values: Values
    frames: Frames
    text: Places
    frame: Places
    filled: Values

    def some(self, rows: Places) -> _Solved:
        return _Solved(
            self.values,
            self.frames,
            self.text[rows],
            self.frame[rows],
            self.filled[rows],
        )

    def codes(self) -> Values:
        """Return the values of each code."""
        whole = np.hstack([self.values[self.text], self.filled])
        codes: Values = np.take_along_axis(
            whole, self.frames.places[self.frame], axis=1
        )
        return codes

    def hashes(self) -> Hashes:
        """Return the hash of each code, from the sums of its parts."""
        known = np.where(self.values == FOREIGN, 0, self.values).astype(np.uint64)
        factors = _spread_factors(self.frames, self.values.shape[1])
        hashes: Hashes = np.matmul(known, factors.T)[self.text, self.frame]
        for number in range(self.frames.count):
            factor = _FACTORS[self.frames.holes[self.frame, number]]
            hashes = hashes + factor * self.filled[:, number]
        return hashes


def _unfilled(partial: _Partial) -> _Solved:
    return _chosen(partial, np.flatnonzero(partial.residue == 0), ())


def _filled_once(partial: _Partial) -> _Solved:
    hole = partial.frames.holes[partial.frame, 0]
    character = undoing.single()[hole * undoing.RESIDUES + partial.residue]
    rows = np.flatnonzero(character != undoing.NOTHING)
    return _chosen(partial, rows, (character[rows],))


def _filled_twice(partial: _Partial) -> _Solved:
    solutions = undoing.double()
    holes = partial.frames.holes[partial.frame]
    pair = undoing.pair(holes[:, 0], holes[:, 1])
    cell = pair * undoing.RESIDUES + partial.residue
    starts = solutions.starts[cell]
    counts = solutions.ends[cell] - starts
    rows = np.repeat(np.arange(len(cell)), counts)
    before = np.cumsum(counts) - counts
    place = np.arange(len(rows)) + np.repeat(starts - before, counts)
    return _chosen(partial, rows, (solutions.first[place], solutions.second[place]))


def _chosen(partial: _Partial, rows: Places, filled: tuple[Values, ...]) -> _Solved:
    holes = np.empty((len(rows), len(filled)), dtype=np.uint8)
    for number, characters in enumerate(filled):
        holes[:, number] = characters
    return _Solved(
        partial.values, partial.frames, partial.text[rows], partial.frame[rows], holes
    )


def _spread_factors(frames: Frames, length: int) -> Hashes:
    """Return the factor of each of a text's characters in each frame."""
    spread = np.zeros((len(frames.places), length), dtype=np.uint64)
    rows, columns = np.nonzero(frames.places < length)
    spread[rows, frames.places[rows, columns]] = _FACTORS[columns]
    return spread


def _product(
    left: NDArray[np.float32], right: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the product of two matrices of small whole numbers, which is exact.

    Not by `@`: the threads of a BLAS library wait for each other longer than such small
    products take, at the expense of the engine's own.
    """
    product: NDArray[np.float32] = np.einsum("ti,fi->tf", left, right)
    return product


def _matrix(texts: list[str], length: int) -> Values:
    """Return texts of that length as values, FOREIGN outside the alphabet."""
    raw = np.frombuffer("".join(texts).encode("utf-32-le", "replace"), dtype=np.uint32)
    plain = np.where(raw < len(_VALUES), raw, 0)
    return _VALUES[plain].reshape(len(texts), length)


def _hashed(values: Values) -> Hashes:
    """Return the hash of each row, a part at a time to bound the memory."""
    hashes = np.empty(len(values), dtype=np.uint64)
    for start in range(0, len(values), _CODES_AT_ONCE):
        part = values[start : start + _CODES_AT_ONCE].astype(np.uint64)
        hashes[start : start + _CODES_AT_ONCE] = part @ _FACTORS
    return hashes


def _nothing() -> Found:
    nowhere = np.empty(0, dtype=np.int64)
    return Found(nowhere, np.empty((0, uscc.LENGTH), dtype=np.uint8), nowhere)
