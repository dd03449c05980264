"""Reading the register of organizations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl
from django.db.models import QuerySet
from django.db.models.functions import Length

from xinheng.apps import bulk
from xinheng.apps.bulk import is_storable
from xinheng.apps.organizations.models import Organization, OrganizationName
from xinheng.core.disclosures import names
from xinheng.core.paging import Page, clamp

PAGE_SIZE = 20
# Beyond this many hits only "more than" is said: counting further helps nobody.
MOST_COUNTED = 10_000
SHORTEST_TEXT = 2
LONGEST_TEXT = 300

_STAGE = "lookup_codes"


@dataclass(frozen=True, slots=True)
class OrganizationSummary:
    """A hit of the search; `name` is null where only the code may be shown."""

    uscc: str
    name: str | None
    kind: str
    status: str
    division: str


@dataclass(frozen=True, slots=True)
class OrganizationView:
    """An organization as the public may see it.

    `key` is the register's own. `former_names` are (name, borne until), latest first;
    the date is null where the register does not know it.
    """

    key: str
    uscc: str
    name: str | None
    kind: str
    status: str
    division: str
    registered_on: date | None
    is_sole_proprietor: bool
    nonconforming: bool
    former_names: tuple[tuple[str, date | None], ...]


class DatabaseRegister:
    """The register as the pipeline asks it: all names behind the codes of a file."""

    def lookup(self, codes: pl.Series) -> pl.DataFrame:
        """Return code, organization, name, nonconforming: one row for each name."""
        wanted = pl.DataFrame({"code": codes}).drop_nulls().unique()
        bulk.stage(_STAGE, {"code": "text"}, wanted)
        rows = bulk.fetch(
            f"SELECT o.uscc, o.id, n.name, o.nonconforming"
            f" FROM {_STAGE} c JOIN {Organization._meta.db_table} o ON o.uscc = c.code"
            f" JOIN {OrganizationName._meta.db_table} n ON n.organization_id = o.id"
        )
        bulk.drop(_STAGE)
        return pl.DataFrame(
            [
                (code, str(key), name, bool(confirmed))
                for code, key, name, confirmed in rows
            ],
            schema={
                "code": pl.String,
                "organization": pl.String,
                "name": pl.String,
                "nonconforming": pl.Boolean,
            },
            orient="row",
        )


def register() -> DatabaseRegister:
    """Return the register for the pipeline to ask."""
    return DatabaseRegister()


def search(*, text: str, page: int = 1) -> Page[OrganizationSummary]:
    """Return organizations whose code begins with, or whose name holds, the text.

    Shorter than `SHORTEST_TEXT`, or longer than any name, finds nothing. Ordered by
    length of name, then name, then code; the total is capped at `MOST_COUNTED`.
    """
    wanted = text.strip()
    number = clamp(page)
    if not SHORTEST_TEXT <= len(wanted) <= LONGEST_TEXT or not is_storable(wanted):
        return Page((), number, PAGE_SIZE, 0)
    if wanted.isascii() and wanted.isalnum():
        rows = Organization.objects.filter(uscc__startswith=wanted.upper())
    else:
        rows = _named(wanted)
    total = rows[:MOST_COUNTED].count()
    offset = (number - 1) * PAGE_SIZE
    window = rows.order_by(Length("name"), "name", "uscc")[offset:][:PAGE_SIZE]
    return Page(tuple(_summary(row) for row in window), number, PAGE_SIZE, total)


def _named(text: str) -> QuerySet[Organization]:
    """Return the organizations whose public name holds the text.

    What a sole proprietor's name does not show can't be searched for either: who knows
    the owner's name would find the business by it.
    """
    rows = Organization.objects.filter(name__contains=text)
    hidden = [
        key
        for key, name in rows.filter(is_sole_proprietor=True).values_list("id", "name")
        if text not in (names.public_name(name, is_sole_proprietor=True) or "")
    ]
    return rows.exclude(id__in=hidden) if hidden else rows


def _summary(row: Organization) -> OrganizationSummary:
    return OrganizationSummary(
        uscc=row.uscc,
        name=names.public_name(row.name, is_sole_proprietor=row.is_sole_proprietor),
        kind=row.kind,
        status=row.status,
        division=row.division,
    )


def get_public(uscc: str) -> OrganizationView | None:
    """Return the organization under a code as the public may see it, null if none."""
    code = uscc.strip().upper()
    if not is_storable(code):
        return None
    row = Organization.objects.filter(uscc=code).first()
    if row is None:
        return None
    return OrganizationView(
        key=str(row.id),
        uscc=row.uscc,
        name=names.public_name(row.name, is_sole_proprietor=row.is_sole_proprietor),
        kind=row.kind,
        status=row.status,
        division=row.division,
        registered_on=row.registered_on,
        is_sole_proprietor=row.is_sole_proprietor,
        nonconforming=row.nonconforming,
        former_names=_former_names(row),
    )


def _former_names(row: Organization) -> tuple[tuple[str, date | None], ...]:
    if row.is_sole_proprietor:
        return ()
    former = row.names.exclude(name=row.name).order_by("-expires_on", "name")
    return tuple((each.name, each.expires_on) for each in former)


def count() -> int:
    """Return how many organizations the register holds."""
    return Organization.objects.count()
