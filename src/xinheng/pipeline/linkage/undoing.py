"""Every way to undo one slip or two, as arithmetic on whole columns of texts.

A frame says where each of a code's 18 characters stands in the text, or that it has to
be found: a hole. To undo a substitution makes a hole, to undo a transposition exchanges
two places, to drop a surplus character shifts the rest. What stands in the holes is not
tried out: the two check characters give one equation modulo 31 and one modulo 11, and
their solutions are listed once for every pair of places.

The slips are those of `xinheng.core.linkage.slips`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations, groupby

import numpy as np
from numpy.typing import NDArray

from xinheng.core.identifiers import organization_code, uscc

Frame = tuple[int, ...]
Values = NDArray[np.uint8]
Weights = NDArray[np.float32]

HOLE = -1
FOREIGN = len(uscc.ALPHABET)  # the value of a character outside the alphabet
RESIDUES = uscc.MODULUS * organization_code.MODULUS
NOTHING = 255  # no character solves the equations

_DIVISION, _INNER, _CHECK = range(2, 8), range(8, 16), 16
_DIGITS = 10


def _inner_values() -> NDArray[np.int64]:
    """Return what each character counts for in the organization code."""
    inner = organization_code.ALPHABET
    return np.array([inner.index(character) for character in uscc.ALPHABET])


def _check_values() -> NDArray[np.int64]:
    """Return what each character counts for as a check character, NOTHING for none."""
    checks = organization_code.CHECK_CHARACTERS
    known = {character: value for value, character in enumerate(checks)}
    return np.array([known.get(character, NOTHING) for character in uscc.ALPHABET])


INNER_VALUES, CHECK_VALUES = _inner_values(), _check_values()


@dataclass(frozen=True, slots=True)
class Frames:
    """Frames that leave the same number of holes (`count`), for texts of one length.

    `places` has a row for each frame; its holes count on from the text's length, so
    that a text with the solutions behind it can be read through it. `holes` has the
    holes' places in the code. The others weigh a text's characters: for both checks,
    and to find those that may not stand where the frame puts them.
    """

    count: int
    places: NDArray[np.int64]
    holes: NDArray[np.int64]
    outer: Weights
    inner: Weights
    check: Weights
    division: Weights
    used: Weights


@cache
def frames(length: int, slips: int) -> tuple[Frames, ...]:
    """Return the frames that undo exactly `slips` (1 or 2) in texts of that length."""
    whole: Frame = tuple(range(length))
    found = {frame for frame in _undone(whole) if len(frame) == uscc.LENGTH}
    if slips > 1:
        again = {frame for once in _undone(whole) for frame in _undone(once)}
        found = {frame for frame in again if len(frame) == uscc.LENGTH} - found
    ordered = sorted(found, key=lambda frame: (frame.count(HOLE), frame))
    grouped = groupby(ordered, key=lambda frame: frame.count(HOLE))
    return tuple(_weighed(list(group), length, count) for count, group in grouped)


def _undone(frame: Frame) -> Iterator[Frame]:
    """Yield the frames of one slip less, of which the text may be longer or shorter."""
    for place in range(len(frame)):
        yield (*frame[:place], HOLE, *frame[place + 1 :])
        yield (*frame[:place], *frame[place + 1 :])
    for place in range(len(frame) + 1):
        yield (*frame[:place], HOLE, *frame[place:])
    for place in range(len(frame) - 1):
        left, right = frame[place : place + 2]
        yield (*frame[:place], right, left, *frame[place + 2 :])


def _weighed(group: list[Frame], length: int, count: int) -> Frames:
    places = np.array(group)
    holes = np.nonzero(places == HOLE)[1].reshape(len(group), count)
    weights = np.array([*uscc.WEIGHTS, 1])
    inner = np.zeros(uscc.LENGTH)
    inner[_INNER.start : _INNER.stop] = organization_code.WEIGHTS
    position = np.arange(uscc.LENGTH)
    spread = [
        _spread(places, length, each)
        for each in (
            weights,
            inner,
            position == _CHECK,
            (position >= _DIVISION.start) & (position < _DIVISION.stop),
            np.ones(uscc.LENGTH),
        )
    ]
    places[places == HOLE] = np.tile(length + np.arange(count), len(group))
    return Frames(count, places, holes, *spread)


def _spread(
    places: NDArray[np.int64], length: int, weights: NDArray[np.generic]
) -> Weights:
    """Return what each character of the text weighs in each frame."""
    spread = np.zeros((len(places), length), dtype=np.float32)
    rows, columns = np.nonzero(places != HOLE)
    spread[rows, places[rows, columns]] = weights[columns]
    return spread


@dataclass(frozen=True, slots=True)
class Solutions:
    """Characters for two holes: those of a cell lie in `[starts[cell], ends[cell])`.

    A cell is `pair(first, second) * RESIDUES` and the two residues.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    first: Values
    second: Values


def residue(outer: NDArray[np.int64], inner: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the number of a pair of sums, each by its modulus."""
    place: NDArray[np.int64] = (
        outer % uscc.MODULUS * organization_code.MODULUS
        + inner % organization_code.MODULUS
    )
    return place


def pair(first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the number of a pair of places."""
    number: NDArray[np.int64] = first * uscc.LENGTH + second
    return number


@cache
def single() -> Values:
    """Return by place and residue the character that fills one hole, or NOTHING."""
    table = np.full((uscc.LENGTH, RESIDUES), NOTHING, dtype=np.uint8)
    for place in range(uscc.LENGTH):
        outer, inner, fits = filled(place)
        needed = residue(-outer[fits], -inner[fits])
        table[place, needed] = np.flatnonzero(fits)
    return table.ravel()


@cache
def double() -> Solutions:
    """Return the characters that fill two holes."""
    cells, firsts, seconds = [], [], []
    for left, right in combinations(range(uscc.LENGTH), 2):
        outer, inner, fits = filled(left)
        outer_too, inner_too, fits_too = filled(right)
        first, second = np.nonzero(fits[:, None] & fits_too[None, :])
        needed = residue(
            -outer[first] - outer_too[second], -inner[first] - inner_too[second]
        )
        cells.append((left * uscc.LENGTH + right) * RESIDUES + needed)
        firsts.append(first)
        seconds.append(second)
    cell = np.concatenate(cells)
    order = np.argsort(cell, kind="stable")
    every = np.arange(uscc.LENGTH**2 * RESIDUES)
    return Solutions(
        np.searchsorted(cell[order], every, side="left"),
        np.searchsorted(cell[order], every, side="right"),
        np.concatenate(firsts)[order].astype(np.uint8),
        np.concatenate(seconds)[order].astype(np.uint8),
    )


def filled(
    place: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Return what each character adds to both sums there, and whether it may stand."""
    values = np.arange(uscc.MODULUS)
    weight = uscc.WEIGHTS[place] if place < len(uscc.WEIGHTS) else 1
    inner = np.zeros(uscc.MODULUS, dtype=np.int64)
    fits = np.ones(uscc.MODULUS, dtype=np.bool_)
    if place in _DIVISION:
        fits = values < _DIGITS
    elif place in _INNER:
        inner = INNER_VALUES * organization_code.WEIGHTS[place - _INNER.start]
    elif place == _CHECK:
        inner, fits = CHECK_VALUES, CHECK_VALUES != NOTHING
    return values * weight, inner, fits
