"""Reading the register of organizations; finding some is `search`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
from django.db.models import Count, F, Min

from xinheng.apps import bulk
from xinheng.apps.bulk import is_storable
from xinheng.apps.organizations import references
from xinheng.apps.organizations.history import OrganizationAsOf, as_of
from xinheng.apps.organizations.models import (
    Organization,
    OrganizationCode,
    OrganizationName,
    RegisterIssue,
)
from xinheng.apps.organizations.rates import CodeRates, Rate, code_rates
from xinheng.core.disclosures import names
from xinheng.core.organizations.industries import Section
from xinheng.core.organizations.issues import IssueKind, IssueState
from xinheng.core.organizations.kinds import PREFIX_LENGTH, OrganizationKind
from xinheng.core.paging import Page, clamp
from xinheng.pipeline.reference_list import Kind
from xinheng.rulebook import organizations as rulebook

PAGE_SIZE = 20
_AT_ONCE = 20_000

_STAGE = "lookup_codes"
_ORGANIZATIONS = Organization._meta.db_table
_CONFIRMED = "CASE WHEN o.nonconforming THEN 1 ELSE 0 END"
_LOOKED_UP = {
    "code": pl.String,
    "organization": pl.Int64,
    "name": pl.String,
    "nonconforming": pl.Int64,
    "is_former": pl.Int64,
}


class UnknownOrganizationError(LookupError):
    """The register holds no organization of that key."""

    def __init__(self, key: int) -> None:
        super().__init__(str(key))
        self.key = key


@dataclass(frozen=True, slots=True)
class RelatedOrganization:
    """A parent or branch; `name` is null where only the code may be shown."""

    uscc: str
    name: str | None
    status: str


@dataclass(frozen=True, slots=True)
class OrganizationView:
    """An organization as the public may see it.

    `key` is the register's own. `kind` is what the registrar wrote, `code_kind` what
    the code says, `industry` the code with `industry_section` that it belongs to; null
    where the code says nothing. `industry_title` is empty unless a list of industries
    was imported. `status_on` is the day since when the state holds. `former_names` and
    `former_codes` are (text, borne from, borne until), latest first; days are null
    where the register does not know them. A sole proprietor has no former names here.
    `branches` counts the branches.
    """

    key: str
    uscc: str
    name: str | None
    kind: str
    code_kind: OrganizationKind | None
    status: str
    status_on: date | None
    division: str
    industry: str
    industry_section: Section | None
    industry_title: str
    authority: str
    registered_on: date | None
    is_sole_proprietor: bool
    nonconforming: bool
    former_names: tuple[tuple[str, date | None, date | None], ...]
    former_codes: tuple[tuple[str, date | None, date | None], ...]
    parent: RelatedOrganization | None
    branches: int


class DatabaseRegister:
    """The register as the pipeline asks it: all names behind the codes of a file."""

    def lookup(self, codes: pl.Series) -> pl.DataFrame:
        """Return code, organization, name, nonconforming, is_former: one row a name.

        A code that nobody bears, and that one organization alone bore before, leads to
        that one.
        """
        wanted = pl.DataFrame({"code": codes}).drop_nulls().unique()
        bulk.stage(_STAGE, {"code": "text"}, wanted)
        names = f"JOIN {OrganizationName._meta.db_table} n ON n.organization_id = o.id"
        rows = bulk.fetch(
            f"SELECT o.uscc, o.id, n.name, {_CONFIRMED}, 0"
            f" FROM {_STAGE} c JOIN {_ORGANIZATIONS} o ON o.uscc = c.code {names}"
        )
        former = bulk.fetch(
            f"SELECT b.code, o.id, n.name, {_CONFIRMED}, 1 FROM {_STAGE} c"
            f" JOIN {OrganizationCode._meta.db_table} b ON b.code = c.code"
            f" JOIN {_ORGANIZATIONS} o ON o.id = b.organization_id {names}"
            f" WHERE b.kind = %s AND NOT EXISTS"
            f" (SELECT 1 FROM {_ORGANIZATIONS} h WHERE h.uscc = c.code)",
            [OrganizationCode.Kind.USCC.value],
        )
        bulk.drop(_STAGE)
        known = pl.DataFrame([*rows, *former], schema=_LOOKED_UP, orient="row")
        bearers = pl.col("organization").n_unique().over("code")
        return known.filter((pl.col("is_former") == 0) | (bearers == 1)).with_columns(
            pl.col("organization").cast(pl.String),
            pl.col("nonconforming") == 1,
            pl.col("is_former") == 1,
        )


def register() -> DatabaseRegister:
    """Return the register for the pipeline to ask."""
    return DatabaseRegister()


def get_public(uscc: str) -> OrganizationView | None:
    """Return the organization under a code as the public may see it, null if none."""
    code = uscc.strip().upper()
    if not is_storable(code):
        return None
    row = Organization.objects.select_related("parent").filter(uscc=code).first()
    return None if row is None else public_view(row)


def public_view(row: Organization) -> OrganizationView:
    """Return the plain value of a row, for the modules of this app."""
    return OrganizationView(
        key=str(row.id),
        uscc=row.uscc,
        name=names.public_name(row.name, is_sole_proprietor=row.is_sole_proprietor),
        kind=row.kind,
        code_kind=rulebook.kinds().get(row.uscc[:PREFIX_LENGTH]),
        status=row.status,
        status_on=row.status_on,
        division=row.division,
        industry=row.industry,
        industry_section=section_of(row.industry),
        industry_title=references.title_of(Kind.INDUSTRIES, row.industry),
        authority=row.authority,
        registered_on=row.registered_on,
        is_sole_proprietor=row.is_sole_proprietor,
        nonconforming=row.nonconforming,
        former_names=_former_names(row),
        former_codes=_former_codes(row),
        parent=related(row.parent) if row.parent else None,
        branches=row.branches.count(),
    )


@dataclass(frozen=True, slots=True)
class Identity:
    """An organization as other acts refer to it; its name is for public bodies."""

    key: int
    uscc: str
    name: str
    is_sole_proprietor: bool


def get_identity(key: int) -> Identity:
    """Return the organization of a key.

    Raises:
        UnknownOrganizationError: where there is none.
    """
    row = Organization.objects.filter(id=key).first()
    if row is None:
        raise UnknownOrganizationError(key)
    return Identity(row.id, row.uscc, row.name, row.is_sole_proprietor)


def list_branches(*, uscc: str, page: int = 1) -> Page[RelatedOrganization]:
    """Return the branches of an organization, by code."""
    number = clamp(page)
    rows = Organization.objects.filter(parent__uscc=uscc)
    offset = (number - 1) * PAGE_SIZE
    window = rows.order_by("uscc")[offset:][:PAGE_SIZE]
    return Page(tuple(map(related, window)), number, PAGE_SIZE, rows.count())


def find_former(code: str) -> str | None:
    """Return the code of today of the one organization that bore this one before."""
    wanted = code.strip().upper()
    if not is_storable(wanted):
        return None
    kind = OrganizationCode.Kind.USCC
    bore = OrganizationCode.objects.filter(code=wanted, kind=kind)
    found = bore.values_list("organization__uscc", flat=True).distinct()[:2]
    return found[0] if len(found) == 1 else None


def related(row: Organization) -> RelatedOrganization:
    """Return a parent or branch as the public may see it."""
    name = names.public_name(row.name, is_sole_proprietor=row.is_sole_proprietor)
    return RelatedOrganization(row.uscc, name, row.status)


def section_of(industry: str) -> Section | None:
    """Return the section that an industry belongs to, null where there is none."""
    sections = rulebook.sections()
    return next((each for each in sections if each.letter == industry[:1]), None)


def _former_names(
    row: Organization,
) -> tuple[tuple[str, date | None, date | None], ...]:
    if row.is_sole_proprietor:
        return ()
    former = row.names.exclude(expires_on=None, name=row.name)
    periods = [(each.name, each.effective_on, each.expires_on) for each in former]
    return tuple(sorted(periods, key=_latest_first))


def _former_codes(
    row: Organization,
) -> tuple[tuple[str, date | None, date | None], ...]:
    former = row.codes.filter(kind=OrganizationCode.Kind.USCC).exclude(code=row.uscc)
    periods = [(each.code, each.effective_on, each.expires_on) for each in former]
    return tuple(sorted(periods, key=_latest_first))


def _latest_first(period: tuple[str, date | None, date | None]) -> tuple[int, str]:
    return -(period[2] or date.min).toordinal(), period[0]


def iterate_states() -> Iterator[tuple[str, str]]:
    """Yield (code, state) of every organization."""
    return Organization.objects.values_list("uscc", "status").iterator(_AT_ONCE)


def iterate_former_codes() -> Iterator[tuple[str, str]]:
    """Yield (former code, code of today) where one organization alone bore it."""
    kind = OrganizationCode.Kind.USCC
    bore = OrganizationCode.objects.filter(kind=kind).exclude(
        code=F("organization__uscc")
    )
    alone = bore.values("code").annotate(bearers=Count("organization", distinct=True))
    rows = alone.filter(bearers=1).annotate(uscc=Min("organization__uscc"))
    return rows.values_list("code", "uscc").iterator(_AT_ONCE)


def count() -> int:
    """Return how many organizations the register holds."""
    return Organization.objects.count()


@dataclass(frozen=True, slots=True)
class IssueView:
    """An issue of the register; see `models.RegisterIssue`."""

    id: int
    kind: str
    state: str
    uscc: str | None
    code: str
    name: str
    authority: str
    unit: str | None
    found_at: datetime
    closed_at: datetime | None


def list_issues(
    *,
    state: IssueState = IssueState.OPEN,
    kind: IssueKind | None = None,
    unit: str | None = None,
    page: int = 1,
) -> Page[IssueView]:
    """Return issues in the order in which they were found."""
    rows = RegisterIssue.objects.filter(state=state)
    if kind is not None:
        rows = rows.filter(kind=kind)
    if unit is not None:
        rows = rows.filter(unit=unit)
    number = clamp(page)
    window = rows.select_related("organization").order_by("found_at", "id")
    window = window[(number - 1) * PAGE_SIZE :][:PAGE_SIZE]
    return Page(tuple(map(_issue, window)), number, PAGE_SIZE, rows.count())


def count_issues() -> dict[tuple[str, str], int]:
    """Return how many issues there are, by kind and state."""
    counted = RegisterIssue.objects.values_list("kind", "state").annotate(Count("id"))
    return {(kind, state): number for kind, state, number in counted}


def _issue(row: RegisterIssue) -> IssueView:
    return IssueView(
        id=row.id,
        kind=row.kind,
        state=row.state,
        uscc=row.organization.uscc if row.organization else None,
        code=row.code,
        name=row.name,
        authority=row.authority,
        unit=row.unit_id,
        found_at=row.found_at,
        closed_at=row.closed_at,
    )


__all__ = [
    "CodeRates",
    "DatabaseRegister",
    "IssueView",
    "OrganizationAsOf",
    "OrganizationView",
    "Rate",
    "RelatedOrganization",
    "as_of",
    "code_rates",
    "count",
    "count_issues",
    "find_former",
    "get_public",
    "list_branches",
    "list_issues",
    "register",
]
