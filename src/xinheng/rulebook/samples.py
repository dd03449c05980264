"""Sample rows: what a unit of the fictional city might hand in, valid by every rule.

Values come from the catalog itself: the roles of the columns, the code lists, and the
`example` of a field, which may hold these placeholders:

    {number}       distinct within dataset, unit, seed and month
    {year}         year of the decision
    {decided_on}   date of the decision
    {next_year}    the same day a year later

Columns about persons are left out, as in our templates.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from xinheng.core.catalog.datasets import Dataset, SourceUnit
from xinheng.core.catalog.fields import Field, FieldType
from xinheng.rulebook import catalog
from xinheng.rulebook.fiction import (
    FictionalOrganization,
    Kind,
    organizations,
    unit_code,
    unit_name,
)

# The rows speak about the first organizations of register 0; half of them stand on
# recognition lists at most, the other half in adverse records.
POOL = 5000

_WORKDAYS = 5  # decisions fall on the month's last working days, to be reported in time


@dataclass(frozen=True, slots=True)
class _Case:
    """What one row is about."""

    row: int
    number: str
    decided_on: date
    month: str
    organization: FictionalOrganization
    unit: SourceUnit


def sample_rows(
    dataset: Dataset,
    *,
    rows: int,
    seed: int = 0,
    month: str = "2019-05",
    unit: SourceUnit | None = None,
) -> list[dict[str, str]]:
    """Return fictional rows by column title, the same ones on every call.

    No two rows of different seeds, units or months have a natural key in common. All
    are decided in `month` (YYYY-MM), and link to `organizations(POOL)`.
    """
    cases = _cases(dataset, rows, seed, month, unit or catalog.units()[0])
    return [
        {field.title: _value(field, dataset, case) for field in dataset.stored_fields}
        for case in cases
    ]


def _cases(
    dataset: Dataset, rows: int, seed: int, month: str, unit: SourceUnit
) -> list[_Case]:
    candidates = _candidates(dataset.adverse, dataset.sole_proprietors)
    days = _last_workdays(month)
    start = unit.position * 101 + seed * 1009
    return [
        _Case(
            row=row,
            number=f"{month[2:4]}{month[5:]}-{seed:02d}-{row:05d}",
            decided_on=days[row % len(days)],
            month=month,
            organization=candidates[(start + row) % len(candidates)],
            unit=unit,
        )
        for row in range(1, rows + 1)
    ]


@cache
def _candidates(
    adverse: bool, sole_proprietors: bool
) -> tuple[FictionalOrganization, ...]:
    pool = organizations(POOL)
    if adverse:
        pool = pool[1::2]
    elif not sole_proprietors:
        pool = pool[::2]
    return tuple(
        organization
        for organization in pool
        if sole_proprietors or organization.kind is not Kind.SOLE_PROPRIETOR
    )


def _last_workdays(month: str) -> list[date]:
    day = (date.fromisoformat(f"{month}-28") + timedelta(days=4)).replace(day=1)
    found: list[date] = []
    while len(found) < _WORKDAYS:
        day -= timedelta(days=1)
        if day.isoweekday() <= _WORKDAYS:
            found.append(day)
    return found[::-1]


def _value(field: Field, dataset: Dataset, case: _Case) -> str:
    found = (
        _from_role(field, dataset, case),
        _from_unit(field, dataset, case),
        _from_type(field, case),
        _from_example(field, case),
        _from_code_list(field, case),
    )
    return next((value for value in found if value is not None), "")


def _from_role(field: Field, dataset: Dataset, case: _Case) -> str | None:
    organization = case.organization
    roles = {
        dataset.subject_name: organization.name,
        dataset.subject_code: organization.code,
        dataset.subject_category: _category(organization),
        dataset.decided_on: case.decided_on.isoformat(),
    }
    return roles.get(field.name)


def _category(organization: FictionalOrganization) -> str:
    sole = organization.kind is Kind.SOLE_PROPRIETOR
    return "个体工商户" if sole else "法人及非法人组织"


def _from_unit(field: Field, dataset: Dataset, case: _Case) -> str | None:
    """Every body that a row names beside its subject is the unit itself."""
    stem, _, ending = field.name.rpartition("_")
    if ending == "uscc":
        return unit_code(case.unit)
    paired = {other.name for other in dataset.fields}
    if ending == "name" and f"{stem}_uscc" in paired:
        return unit_name(case.unit)
    return None


def _from_type(field: Field, case: _Case) -> str | None:
    if field.type is FieldType.ORGANIZATION_CODE:
        return case.organization.code[8:17]
    if field.type is FieldType.PERIOD:
        return case.month
    return None


def _from_example(field: Field, case: _Case) -> str | None:
    if field.example is None:
        return None
    return field.example.format(
        number=case.number,
        year=case.decided_on.year,
        decided_on=case.decided_on.isoformat(),
        next_year=_next_year(case.decided_on).isoformat(),
    )


def _from_code_list(field: Field, case: _Case) -> str | None:
    if field.code_list is None:
        return None
    values = catalog.code_lists()[field.code_list].values
    return values[case.row % len(values)]


def _next_year(day: date) -> date:
    """Return the day a year later; 29 February becomes the 28th."""
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return day.replace(year=day.year + 1, day=last)


__all__ = ["POOL", "FictionalOrganization", "Kind", "organizations", "sample_rows"]
