"""What is wrong with a rulebook, so that whoever edits it finds the place."""

from __future__ import annotations


class RulebookError(ValueError):
    """A file of the rulebook says something that can't stand.

    `item` and `key` say where in the file; either is empty where the whole file or the
    whole item is meant.
    """

    def __init__(
        self, *, file: str, item: str = "", key: str = "", problem: str
    ) -> None:
        where = ": ".join(part for part in (file, item, key) if part)
        super().__init__(f"{where}: {problem}")
        self.file = file
        self.item = item
        self.key = key
        self.problem = problem
