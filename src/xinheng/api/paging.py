"""A page of a longer list, as every list of the API is answered."""

from __future__ import annotations

from typing import TypeVar

from xinheng.core.paging import Page

T = TypeVar("T")


def answer(found: Page[T]) -> dict[str, object]:
    """Return the page's items and where it stands among the others."""
    return {
        "items": found.items,
        "page": found.number,
        "pages": found.pages,
        "total": found.total,
    }
