"""A column of short texts as one piece of memory, fast to read at single places.

A frame answers a question about all rows; the index of names asks for two dozen rows,
a thousand times a second.
"""

from __future__ import annotations

import numpy as np
import polars as pl


class PackedTexts:
    """Texts by place; null is kept as the empty text."""

    def __init__(self, texts: pl.Series) -> None:
        """Take the texts of a column of strings."""
        filled = texts.fill_null("")
        lengths = filled.str.len_bytes().to_numpy()
        self._ends = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
        self._bytes = "".join(filled.to_list()).encode()

    def __len__(self) -> int:
        """Return how many texts there are."""
        return len(self._ends) - 1

    def __getitem__(self, place: int) -> str:
        """Return the text at this place."""
        start, end = self._ends[place], self._ends[place + 1]
        return self._bytes[start:end].decode()

    @property
    def nbytes(self) -> int:
        """How much memory the texts take."""
        return len(self._bytes) + int(self._ends.nbytes)
