"""What a report states, as one JSON-able value: the register asked as one audience."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings

from xinheng.apps.catalog import queries as catalog
from xinheng.apps.commitments import queries as commitments
from xinheng.apps.law import queries as law
from xinheng.apps.listings import public as listings
from xinheng.apps.listings.public import PublicListing
from xinheng.apps.organizations import public_then
from xinheng.apps.organizations import queries as organizations
from xinheng.apps.organizations.queries import OrganizationView
from xinheng.apps.records import reported
from xinheng.apps.records.queries import PublicRecord, View
from xinheng.apps.records.reported import Reported
from xinheng.core.catalog.datasets import Dataset, SubjectKind
from xinheng.core.disclosures.visibility import is_of_class
from xinheng.core.listings.schemes import ADVERSE
from xinheng.core.merkle.entries import timestamp
from xinheng.core.reports.kinds import AUDIENCES, Kind
from xinheng.core.two_times import AsOf
from xinheng.rulebook import credit_report
from xinheng.rulebook.credit_report import Section

FORMAT = "xinheng-report/1"
_VIEWS = {
    Kind.PUBLIC: View.PORTAL,
    Kind.OWN: View.OWN,
    Kind.AUTHORIZED: View.AUTHORIZED,
    Kind.ADMINISTRATIVE: View.BODY,
}
Json = dict[str, Any]


class NoOrganizationError(LookupError):
    """The register holds no organization under this code; the code is not repeated."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whom and in which kind, on which day, and whether the rulebook is adopted.

    `on` is today, `then` the past that is asked about, null for none.
    """

    item: OrganizationView
    kind: Kind
    on: date
    is_adopted: bool
    then: AsOf | None


def find(uscc: str, then: AsOf | None = None) -> OrganizationView:
    """Return the organization that a report is to be about, as it was known.

    Raises:
        NoOrganizationError: the register holds none under this code, or held none.
    """
    if then is None:
        found = organizations.get_public(uscc)
    else:
        found = public_then.get(uscc, on=then.on, known_at=then.known_at)
    if found is None:
        raise NoOrganizationError
    return found


def compose(
    item: OrganizationView, kind: Kind, *, on: date, then: AsOf | None = None
) -> Json:
    """Return what a report of a kind states about an organization on a day.

    Values are texts, integers, booleans, null, lists and objects: canonical JSON. `on`
    is today; of a past that is asked about (`then`) nothing is stated that may not be
    stated today, but in the organization's own report.
    """
    asked = _Asked(item, kind, on, _is_adopted(on, then), then)
    active = {
        name: each
        for name, each in catalog.list_datasets().items()
        if each.subject is SubjectKind.ORGANIZATION
    }
    audience = AUDIENCES[kind]
    shown = {
        name: each
        for name, each in active.items()
        if is_of_class(each.disclosure, audience)
    }
    found = reported.list_reported(
        organization=item.key, on=on, view=_VIEWS[kind], asked=then
    )
    by_class = _by_class(found, asked)
    return {
        "format": FORMAT,
        "ledger": settings.LEDGER_ORIGIN,
        "demo": settings.DEMO,
        "kind": kind.value,
        "organization": _organization(item),
        "sections": [
            {
                **_section(each, shown, by_class, asked),
                "is_out_of_scope": _is_out_of_scope(each, active, shown),
            }
            for each in credit_report.rules().sections
        ],
        "out_of_scope": [
            {"title": each.title, "title_en": each.title_en}
            for name, each in active.items()
            if name not in shown
        ],
        "is_cut": found.is_cut,
        **_then(found, shown, asked),
    }


def _is_adopted(on: date, then: AsOf | None) -> bool:
    """Tell whether the rulebook is adopted, and was as far as it was known."""
    if not law.is_adopted(on=on):
        return False
    return then is None or law.is_adopted(on=then.on, known_at=then.known_at)


def _then(found: Reported, shown: Mapping[str, Dataset], asked: _Asked) -> Json:
    """Return which past is stated, and the marks of what was erased since.

    Of adverse records nobody but the organization is told that some were erased.
    """
    if asked.then is None:
        return {}
    is_own = asked.kind is Kind.OWN
    return {
        "then": {
            "on": asked.then.on.isoformat(),
            "ledger_size": asked.then.ledger_size,
        },
        "erased": [
            {
                "title": shown[each.dataset].title,
                "title_en": shown[each.dataset].title_en,
                "count": each.count,
                "erased_on": each.erased_on.isoformat(),
                "basis": each.basis,
            }
            for each in found.erased
            if each.dataset in shown and (is_own or not shown[each.dataset].adverse)
        ],
    }


def _organization(item: OrganizationView) -> Json:
    is_person = item.is_sole_proprietor
    return {
        "uscc": item.uscc,
        "name": item.name,
        "is_sole_proprietor": is_person,
        "nonconforming": item.nonconforming,
        "status": None if is_person else item.status,
        "status_on": _day(None if is_person else item.status_on),
        "kind": "" if is_person else item.kind,
        "authority": "" if is_person else item.authority,
        "registered_on": _day(None if is_person else item.registered_on),
        "former_names": [name for name, _, _ in item.former_names],
        "former_codes": [code for code, _, _ in item.former_codes],
    }


def _by_class(found: Reported, asked: _Asked) -> dict[str, list[Json]]:
    told: dict[str, list[Json]] = {}
    for record in found.records:
        row = _record(record)
        if asked.then is not None:
            corrected = found.corrected.get(record.key)
            row["corrected_at"] = timestamp(corrected) if corrected else None
        told.setdefault(record.dataset, []).append(row)
    return told


def _section(
    section: Section,
    shown: Mapping[str, Dataset],
    by_class: Mapping[str, list[Json]],
    asked: _Asked,
) -> Json:
    classes = [
        _class(shown[name], by_class.get(name, ()), asked)
        for name in section.datasets
        if name in shown
    ]
    if section.lists is not None:
        classes.insert(0, _lists(section, asked))
    if section.commitments:
        classes.append(_commitments(section, asked))
    return {
        "name": section.name,
        "title": section.title,
        "title_en": section.title_en,
        "classes": classes,
    }


def _is_out_of_scope(
    section: Section, active: Mapping[str, Dataset], shown: Mapping[str, Dataset]
) -> bool:
    """Tell whether something is collected for a section that is not shown."""
    names = set(section.datasets)
    return bool(names & set(active)) and not names & set(shown)


def _class(dataset: Dataset, records: Iterable[Json], asked: _Asked) -> Json:
    is_barred = dataset.adverse and not asked.is_adopted and asked.kind is not Kind.OWN
    return {
        "name": dataset.name,
        "title": dataset.title,
        "title_en": dataset.title_en,
        "is_barred": is_barred,
        "records": list(records),
    }


def _record(record: PublicRecord) -> Json:
    return {
        "key": record.key,
        "unit": record.source_unit,
        "decided_on": _day(record.decided_on),
        "recorded_at": timestamp(record.recorded_at),
        "entry": record.entry,
        "public": record.state.public,
        "until": _day(record.state.until),
        "disputed": record.state.is_disputed,
        "fields": [list(each) for each in record.fields],
    }


def _lists(section: Section, asked: _Asked) -> Json:
    is_adverse = section.lists == "adverse"
    key, then = int(asked.item.key), asked.then
    public = listings.public_of(organization=key, on=asked.on, asked=then)
    is_own = asked.kind is Kind.OWN
    rows = _held_lists(key, asked) if is_own else public
    is_barred = is_adverse and not asked.is_adopted and not is_own
    return {
        "name": f"{section.name}-lists",
        "title": "现行名单",
        "title_en": "Lists in force",
        "is_barred": is_barred,
        "records": [
            _listing(row, is_public=row in public)
            for row in rows
            if (row.scheme.kind in ADVERSE) is is_adverse
        ],
    }


def _held_lists(key: int, asked: _Asked) -> tuple[PublicListing, ...]:
    if asked.then is None:
        return listings.held_of(organization=key, on=asked.on)
    then = asked.then
    return listings.held_of(organization=key, on=then.on, known_at=then.known_at)


def _listing(row: PublicListing, *, is_public: bool) -> Json:
    return {
        "key": row.decision_no,
        "unit": row.authority,
        "decided_on": _day(row.decided_on),
        "recorded_at": None,
        "entry": None,
        "public": is_public,
        "until": _day(row.expires_on),
        "disputed": row.is_disputed,
        "fields": [
            ["名单", "List", row.scheme.title],
            ["决定文书号", "Decision number", row.decision_no],
            ["认定依据", "Basis", row.basis],
        ],
    }


def _commitments(section: Section, asked: _Asked) -> Json:
    is_own = asked.kind is Kind.OWN
    rows = commitments.list_stated(
        organization=asked.item.key, is_own=is_own, asked=asked.then
    )
    return {
        "name": section.name,
        "title": section.title,
        "title_en": section.title_en,
        "is_barred": False,
        "records": list(_promises(rows)),
    }


def _promises(rows: Iterable[commitments.CommitmentView]) -> Iterator[Json]:
    for row in rows:
        yield {
            "key": str(row.id),
            "unit": row.unit_name,
            "decided_on": _day(row.made_on),
            "recorded_at": None,
            "entry": None,
            "public": row.is_public,
            "until": _day(row.valid_to),
            "disputed": False,
            "fields": [
                ["承诺类型", "Type", row.rule.title],
                ["承诺事项", "Matter", row.matter],
                ["承诺内容", "Text", row.text],
                ["履行状态", "Fulfilment", row.state.value],
            ],
        }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
