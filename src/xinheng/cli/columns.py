"""Text in columns on a terminal, where a Chinese character is two places wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_WIDE = frozenset("WF")


def width(text: str) -> int:
    """Return how many places the text takes."""
    return sum(
        2 if unicodedata.east_asian_width(character) in _WIDE else 1
        for character in text
        if not unicodedata.combining(character)
    )


def left(text: str, places: int) -> str:
    """Return the text, filled up with blanks behind it."""
    return text + " " * (places - width(text))


def right(text: str, places: int) -> str:
    """Return the text, filled up with blanks before it."""
    return " " * (places - width(text)) + text


def lines(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return one line for each row: the first column left, the others right.

    Every row has as many cells as the first.
    """
    places = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            left(cell, places[index]) if index == 0 else right(cell, places[index])
            for index, cell in enumerate(row)
        ).rstrip()
        for row in rows
    ]
