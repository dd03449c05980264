"""NumPy kernel: the arithmetic of codes and older numbers over a whole column.

The codes are taken as a matrix of bytes, one row each, straight from the column's own
memory. Each character is looked up once per alphabet and weighed by one product of
matrices; a character outside the alphabet becomes NaN, which no sum loses. Sums stay
below 2**24, so single precision is exact.

A failed rule is a number: its place in REASONS of the core module from 1; 0 is none.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xinheng.core.identifiers import organization_code, registration_number, uscc

Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Values = NDArray[np.float32]

_LENGTH, _ALPHABET = 1, 2  # the first two reasons of both kinds of code
_DIVISION, _ORGANIZATION_CODE, _CHECK_CHARACTER = 3, 4, 5
_CODE_CHECK_CHARACTER = 3


def _table(alphabet: str) -> Values:
    table = np.full(256, np.nan, dtype=np.float32)
    table[np.frombuffer(alphabet.encode(), dtype=np.uint8)] = range(len(alphabet))
    return table


_VALUES = _table(uscc.ALPHABET)
_CODE_VALUES = _table(organization_code.ALPHABET)
_CODE_CHECKS = _table(organization_code.CHECK_CHARACTERS)
_WEIGHTS = np.array([*uscc.WEIGHTS, 1], dtype=np.float32)
_CODE_WEIGHTS = np.array(organization_code.WEIGHTS, dtype=np.float32)


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
    total = _weighed(_VALUES[_matrix(bodies, uscc.LENGTH)[:, :-1]], _WEIGHTS[:-1])
    places = (-total % uscc.MODULUS).astype(np.uint32)
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
    is_long_enough = (codes.str.len_chars() == length).fill_null(value=False)
    is_ascii = (codes.str.len_bytes() == codes.str.len_chars()).fill_null(value=False)
    failed[(~is_long_enough & codes.is_not_null()).to_numpy()] = _LENGTH
    failed[(is_long_enough & ~is_ascii).to_numpy()] = _ALPHABET
    rows = (is_long_enough & is_ascii).to_numpy()
    failed[rows] = rules(_matrix(codes.filter(is_long_enough & is_ascii), length))
    return failed


def _matrix(codes: pl.Series, length: int) -> Bytes:
    """Return codes that are all `length` bytes long as bytes, one row each."""
    array = pl.Array(pl.UInt8, length)
    return codes.cast(pl.Binary).bin.reinterpret(dtype=array).to_numpy()


def _weighed(values: Values, weights: Values) -> Values:
    """Return the weighed sum of each row.

    Not by `@`: the threads of a BLAS library wait for each other longer than such small
    products take, at the expense of the engine's own.
    """
    total: Values = np.einsum("ij,j->i", values, weights)
    return total


def _failed_uscc(codes: Bytes) -> Bytes:
    """Each rule overwrites those after it, so that the first stands."""
    total = _weighed(_VALUES[codes], _WEIGHTS)
    highest = codes[:, 2:8].max(axis=1)  # of the division; letters lie above the digits
    failed = np.zeros(len(codes), dtype=np.uint8)
    failed[total % uscc.MODULUS != 0] = _CHECK_CHARACTER
    failed[_has_wrong_check(codes[:, 8:17])] = _ORGANIZATION_CODE
    failed[(highest > ord("9")) | (highest == ord("0"))] = _DIVISION
    failed[np.isnan(total)] = _ALPHABET
    return failed


def _failed_organization_code(codes: Bytes) -> Bytes:
    failed = np.zeros(len(codes), dtype=np.uint8)
    failed[_has_wrong_check(codes)] = _CODE_CHECK_CHARACTER
    failed[np.isnan(_CODE_VALUES[codes]).any(axis=1)] = _ALPHABET
    return failed


def _has_wrong_check(codes: Bytes) -> Flags:
    """Tell which of nine characters each end in another than their check character."""
    body = _weighed(_CODE_VALUES[codes[:, :8]], _CODE_WEIGHTS)
    total = body + _CODE_CHECKS[codes[:, 8]]
    is_wrong: Flags = total % organization_code.MODULUS != 0
    return is_wrong
