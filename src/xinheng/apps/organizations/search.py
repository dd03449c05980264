"""Search for everyone: by code, by a part of a name, by pinyin initials.

| typed | looked for |
|---|---|
| letters and digits | a unified code that begins so, or a former code that is so |
| the same, where no code is | names whose pinyin initials hold it |
| anything else | names that hold it, the former ones too |

Names are compared folded: brackets, blanks, width, case and traditional characters make
no difference. One character is not looked for: half of the register would hold it.
Codes of sole proprietors (`92`) are found whole only, so that nobody reads them off one
after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from xinheng.apps import bulk
from xinheng.apps.organizations import search_stores
from xinheng.apps.organizations.models import (
    Organization,
    OrganizationCode,
    OrganizationName,
)
from xinheng.apps.organizations.search_stores import Hits, Piece
from xinheng.core.disclosures import names
from xinheng.core.disclosures.names import SOLE_PROPRIETOR_PREFIX
from xinheng.core.identifiers import uscc
from xinheng.core.linkage import repair, slips
from xinheng.core.paging import Page, clamp
from xinheng.pipeline.linkage.folding import fold

PAGE_SIZE = 20
# Beyond this many hits only "more than" is said: counting further helps nobody.
MOST_COUNTED = 10_000
SHORTEST_TEXT = 2
LONGEST_TEXT = 300
MOST_NEAR = 3  # suggestions for a mistyped code

_TABLE = search_stores.TABLE
_CODES = OrganizationCode._meta.db_table
_SHOWN = ("uscc", "name", "kind", "status", "division", "is_sole_proprietor")
_LAST = "~"  # stands behind every character of a code
# What an organization was found by, from its row and its names.
_Reason = Callable[[Organization, Sequence[str]], Mapping[str, str | None]]


@dataclass(frozen=True, slots=True)
class OrganizationSummary:
    """A hit; `name` is null where only the code may be shown.

    `former_name` is set where the organization was found by that name, and by no other;
    `former_code` where it was found by a code that it bears no more.
    """

    uscc: str
    name: str | None
    kind: str
    status: str
    division: str
    former_name: str | None = None
    former_code: str | None = None


@dataclass(frozen=True, slots=True)
class SearchPage(Page[OrganizationSummary]):
    """A page of hits; where `is_capped`, there are more than `total`."""

    is_capped: bool = False


def search(*, text: str, page: int = 1) -> SearchPage:
    """Return the organizations that a reader means who typed this.

    Names are ordered by status, length and code, codes by themselves. What holds less
    than `SHORTEST_TEXT` letters or digits, or is longer than any name, finds nothing.
    At most `MOST_COUNTED` hits are counted and shown.
    """
    number = clamp(page)
    wanted = _wanted(text)
    if not wanted:
        return SearchPage((), number, PAGE_SIZE, 0)
    hits, reason = _page(wanted, min((number - 1) * PAGE_SIZE, MOST_COUNTED))
    total = min(hits.total, MOST_COUNTED)
    shown = hits.keys[: max(0, MOST_COUNTED - (number - 1) * PAGE_SIZE)]
    items = _summaries(shown, reason)
    return SearchPage(items, number, PAGE_SIZE, total, hits.total > MOST_COUNTED)


def near(text: str) -> tuple[OrganizationSummary, ...]:
    """Return organizations of whose code one slip may have made the text.

    Likeliest first. Nothing for a valid code or for what may be a person's number, and
    no sole proprietor, whose code must be known to be found.
    """
    code = repair.folded(uscc.normalize(text[:LONGEST_TEXT]))
    if not repair.is_repairable(code):
        return ()
    tried = {each for each in slips.undone(code) if not _is_sole_proprietor(each)}
    rows = Organization.objects.only(*_SHOWN).filter(uscc__in=tried)
    held = {row.uscc: row for row in rows if repair.is_possible(row.uscc)}
    found = [repair.Candidate(each, is_held=True) for each in held]
    ordered = repair.suggest(code, found, name=None)[:MOST_NEAR]
    return tuple(_summary(held[each.code], {}) for each in ordered)


def _wanted(text: str) -> str:
    """Return the text folded, empty where nothing can be found by it."""
    if len(text) > LONGEST_TEXT or not bulk.is_storable(text):
        return ""
    folded = fold(text)
    return folded if SHORTEST_TEXT <= len(folded) <= LONGEST_TEXT else ""


def _page(wanted: str, offset: int) -> tuple[Hits, _Reason]:
    """Return the hits, and for each the former name or code that it was found by."""
    if wanted.isascii():
        by_code = _by_code(wanted, offset)
        if by_code.total:
            return by_code, lambda row, _: {"former_code": _former_code(row, wanted)}
    piece = Piece(wanted, of_initials=wanted.isascii())
    most = MOST_COUNTED + 1
    found = search_stores.store().find(piece, offset=offset, limit=PAGE_SIZE, most=most)
    return found, lambda row, former: {"former_name": _former_name(row, former, piece)}


def _by_code(code: str, offset: int) -> Hits:
    """Return organizations whose code begins so, then who once bore this code."""
    last = code if _is_sole_proprietor(code) else code + _LAST
    begins = (
        f"SELECT organization_id, code, 0 AS tier FROM {_TABLE}"
        f" WHERE code >= %s AND code <= %s"
    )
    borne = (
        f"SELECT DISTINCT e.organization_id, e.code, 1 AS tier FROM {_CODES} c"
        f" JOIN {_TABLE} e ON e.organization_id = c.organization_id"
        f" WHERE c.code = %s AND NOT (e.code >= %s AND e.code <= %s)"
    )
    counted = bulk.fetch(
        f"SELECT (SELECT count(*) FROM ({begins} LIMIT %s) a),"
        f" (SELECT count(*) FROM ({borne} LIMIT %s) b)",
        [code, last, MOST_COUNTED + 1, code, code, last, MOST_COUNTED + 1],
    )[0]
    keys = bulk.fetch(
        f"SELECT organization_id FROM ("
        f"SELECT * FROM ({begins} ORDER BY code LIMIT %s) a"
        f" UNION ALL SELECT * FROM ({borne}) b) hit"
        f" ORDER BY tier, code LIMIT %s OFFSET %s",
        [code, last, offset + PAGE_SIZE, code, code, last, PAGE_SIZE, offset],
    )
    total = min(sum(counted), MOST_COUNTED + 1)
    return Hits(tuple(key for (key,) in keys), total)


def _is_sole_proprietor(code: str) -> bool:
    return code.startswith(SOLE_PROPRIETOR_PREFIX)


def _summaries(keys: Sequence[int], reason: _Reason) -> tuple[OrganizationSummary, ...]:
    rows = Organization.objects.only(*_SHOWN).in_bulk(keys)
    former: dict[int, list[str]] = {key: [] for key in keys}
    for each in OrganizationName.objects.filter(organization__in=keys).order_by("name"):
        former[each.organization_id].append(each.name)
    return tuple(
        _summary(rows[key], reason(rows[key], former[key]))
        for key in keys
        if key in rows
    )


def _summary(
    row: Organization, found_by: Mapping[str, str | None]
) -> OrganizationSummary:
    return OrganizationSummary(
        uscc=row.uscc,
        name=names.public_name(row.name, is_sole_proprietor=row.is_sole_proprietor),
        kind=row.kind,
        status=row.status,
        division=row.division,
        **found_by,
    )


def _former_code(row: Organization, code: str) -> str | None:
    return None if row.uscc.startswith(code) else code


def _former_name(row: Organization, known: Sequence[str], piece: Piece) -> str | None:
    """Return the former name that holds the piece where the present one does not."""
    if row.is_sole_proprietor or piece.is_in(row.name):
        return None
    return next((name for name in known if piece.is_in(name)), None)
