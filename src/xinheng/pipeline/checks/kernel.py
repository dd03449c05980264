"""NumPy kernel: the arithmetic of codes and older numbers over a whole column.

The codes are taken as a matrix of bytes, one row each, straight from the column's own
memory, and looked up two characters at a time. What a pair adds to each sum that the
rules ask for lies in one word of 64 bits, so that nine look-ups and eight additions
answer every rule about a code:

    bits 0-15    weighed sum of the unified code, at most 30 * 18 * 31
    bits 16-31   weighed sum of the organization code in it, at most 35 * 48 + 10
    bits 32-39   characters outside the alphabet
    bits 40-47   characters of the division that are no digits
    bits 48-55   characters of the division that are not 0
    bits 56-63   1 where the organization code ends in no check character

A failed rule is a number: its place in REASONS of the core module from 1; 0 is none.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xinheng.core.identifiers import organization_code, registration_number, uscc

Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Words = NDArray[np.uint64]

_LENGTH, _ALPHABET = 1, 2  # the first two reasons of both kinds of code
_DIVISION, _ORGANIZATION_CODE, _CHECK_CHARACTER = 3, 4, 5
_CODE_CHECK_CHARACTER = 3

# Where each sum begins in a word.
_OUTER, _INNER, _FOREIGN, _LETTERS, _FILLED, _UNCHECKED = 0, 16, 32, 40, 48, 56
_SUM, _COUNT = 0xFFFF, 0xFF
_DIVISION_PLACES = range(2, 8)
_FIRST_INNER = 8  # where the organization code begins in a unified code


def failed_uscc_rules(codes: pl.Series) -> Bytes:
    """Return the first failed rule of each normalized code; null fails none."""
    return _failed(codes, uscc.LENGTH, _failed_uscc)


def failed_organization_code_rules(codes: pl.Series) -> Bytes:
    """Return the first failed rule of each normalized code; null fails none."""
    return _failed(codes, organization_code.LENGTH, _failed_organization_code)


def with_right_last(codes: pl.Series) -> pl.Series:
    """Return unified codes with the right last character, null where none would do."""
    is_code = codes.str.contains(f"^[{uscc.ALPHABET}]{{{uscc.LENGTH}}}$")
    rows = is_code.fill_null(value=False)
    bodies = codes.filter(rows)
    matrix = _matrix(bodies, uscc.LENGTH).copy()
    matrix[:, -1] = ord(uscc.ALPHABET[0])  # which weighs nothing
    total = _sums(matrix, _uscc_pairs()) >> _OUTER & _SUM
    places = ((uscc.MODULUS - total % uscc.MODULUS) % uscc.MODULUS).astype(np.uint32)
    right = bodies.str.head(-1) + pl.Series(list(uscc.ALPHABET)).gather(places)
    answer = pl.Series(codes.name, [None], dtype=pl.String).new_from_index(
        0, len(codes)
    )
    return answer.scatter(rows.arg_true(), right)


def passes_15(texts: pl.Series) -> pl.Series:
    """Tell which texts are 15 digits of which the last checks the others; keep null."""
    is_number = texts.str.contains(f"^{registration_number.BUSINESS}$")
    rows = is_number.fill_null(value=False)
    passes = np.zeros(len(texts), dtype=np.bool_)
    passes[rows.to_numpy()] = has_right_last(_matrix(texts.filter(rows), 15) - ord("0"))
    return pl.Series(texts.name, passes).set(is_number.is_null(), None)


def has_right_last(digits: NDArray[np.integer]) -> Flags:
    """Tell which rows of digits end in the check digit of the others (MOD 11,10)."""
    product = np.full(len(digits), 10)
    for position in range(digits.shape[1] - 1):
        step = (product + digits[:, position]) % 10
        product = np.where(step == 0, 10, step) * 2 % 11
    is_right: Flags = (product + digits[:, -1]) % 10 == 1
    return is_right


def _failed(codes: pl.Series, length: int, rules: Callable[[Bytes], Bytes]) -> Bytes:
    failed = np.zeros(len(codes), dtype=np.uint8)
    is_sized = (codes.str.len_bytes() == length).fill_null(value=False)
    rows = is_sized.to_numpy()
    failed[rows] = rules(_matrix(codes.filter(is_sized), length))
    # A character may take several bytes, so of these the length has to be counted.
    odd = np.flatnonzero((failed == _ALPHABET) | ~rows & codes.is_not_null().to_numpy())
    is_long_enough = codes.gather(odd).str.len_chars().to_numpy() == length
    failed[odd] = np.where(is_long_enough, _ALPHABET, _LENGTH)
    return failed


def _matrix(codes: pl.Series, length: int) -> Bytes:
    """Return codes that are all `length` bytes long as bytes, one row each."""
    array = pl.Array(pl.UInt8, length)
    return codes.cast(pl.Binary).bin.reinterpret(dtype=array).to_numpy()


def _failed_uscc(codes: Bytes) -> Bytes:
    """Each rule overwrites those after it, so that the first stands."""
    sums = _sums(codes, _uscc_pairs())
    failed = np.zeros(len(codes), dtype=np.uint8)
    failed[(sums & _SUM) % uscc.MODULUS != 0] = _CHECK_CHARACTER
    failed[_has_wrong_check(sums)] = _ORGANIZATION_CODE
    has_no_division = (sums >> _LETTERS & _COUNT != 0) | (sums >> _FILLED & _COUNT == 0)
    failed[has_no_division] = _DIVISION
    failed[sums >> _FOREIGN & _COUNT != 0] = _ALPHABET
    return failed


def _failed_organization_code(codes: Bytes) -> Bytes:
    even = np.zeros((len(codes), organization_code.LENGTH + 1), dtype=np.uint8)
    even[:, :-1] = codes
    sums = _sums(even, _organization_code_pairs())
    failed = np.zeros(len(codes), dtype=np.uint8)
    failed[_has_wrong_check(sums)] = _CODE_CHECK_CHARACTER
    failed[sums >> _FOREIGN & _COUNT != 0] = _ALPHABET
    return failed


def _has_wrong_check(sums: Words) -> Flags:
    """Tell which organization codes end in another than their check character."""
    total = sums >> _INNER & _SUM
    is_wrong: Flags = (total % organization_code.MODULUS != 0) | (
        sums >> _UNCHECKED != 0
    )
    return is_wrong


def _sums(codes: Bytes, pairs: tuple[Words, ...]) -> Words:
    """Return the sums of each row in one word, as laid out above."""
    halves = codes.view("<u2")
    total: Words = pairs[0][halves[:, 0]]
    for place in range(1, len(pairs)):
        total += pairs[place][halves[:, place]]
    return total


@cache
def _uscc_pairs() -> tuple[Words, ...]:
    words = np.zeros((uscc.LENGTH, 256), dtype=np.uint64)
    for place, weight in enumerate((*uscc.WEIGHTS, 1)):
        _add(words[place], uscc.ALPHABET, weight, _OUTER)
        words[place, _others(uscc.ALPHABET)] += 1 << _FOREIGN
    for place in _DIVISION_PLACES:
        words[place, _others("0123456789")] += 1 << _LETTERS
        words[place, _others("0")] += 1 << _FILLED
    _add_organization_code(
        words[_FIRST_INNER : _FIRST_INNER + organization_code.LENGTH]
    )
    return _paired(words)


@cache
def _organization_code_pairs() -> tuple[Words, ...]:
    # One place more than there are characters, so that they come in pairs.
    words = np.zeros((organization_code.LENGTH + 1, 256), dtype=np.uint64)
    words[: organization_code.LENGTH, _others(organization_code.ALPHABET)] += (
        1 << _FOREIGN
    )
    _add_organization_code(words[: organization_code.LENGTH])
    return _paired(words)


def _add_organization_code(words: Words) -> None:
    for place, weight in enumerate(organization_code.WEIGHTS):
        _add(words[place], organization_code.ALPHABET, weight, _INNER)
    _add(words[-1], organization_code.CHECK_CHARACTERS, 1, _INNER)
    words[-1, _others(organization_code.CHECK_CHARACTERS)] += 1 << _UNCHECKED


def _add(words: Words, alphabet: str, weight: int, shift: int) -> None:
    for value, character in enumerate(alphabet):
        words[ord(character)] += value * weight << shift


def _others(alphabet: str) -> Flags:
    """Tell which of the 256 bytes are no character of the alphabet."""
    is_other: Flags = ~np.isin(np.arange(256), [ord(sign) for sign in alphabet])
    return is_other


def _paired(words: Words) -> tuple[Words, ...]:
    """Return for each two places what every two bytes add, by their 16-bit number."""
    return tuple(
        (second[:, None] + first[None, :]).ravel()
        for first, second in zip(words[::2], words[1::2], strict=True)
    )
