"""A page of a longer list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
LAST_PAGE = 1_000_000  # a database counts only so far; nobody turns so many pages


def clamp(page: int) -> int:
    """Return the page's number as it can be asked for: 1 to `LAST_PAGE`."""
    return min(max(1, page), LAST_PAGE)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Items of page `number` (from 1), at most `size` of `total`."""

    items: tuple[T, ...]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """Number of pages, at least 1."""
        return max(1, -(-self.total // self.size))

    @property
    def offset(self) -> int:
        """Items before this page."""
        return (self.number - 1) * self.size

    @property
    def has_previous(self) -> bool:
        """Whether a page stands before this one."""
        return self.number > 1

    @property
    def has_next(self) -> bool:
        """Whether a page follows this one."""
        return self.number < self.pages
