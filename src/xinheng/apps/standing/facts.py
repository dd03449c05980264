"""What is on record of an organization, as a public body in its own matter may see it.

Permits, penalties, judgments and whatever else the catalog holds, each in force and
within its term: what may be seen is said by `core.disclosures`, as everywhere. It is
read from the tables, so it is asked for and not part of every answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from xinheng.apps.catalog import queries as catalog
from xinheng.apps.organizations import queries as organizations
from xinheng.apps.records import reported
from xinheng.apps.records.queries import PublicRecord, View
from xinheng.core.catalog.datasets import Dataset
from xinheng.core.two_times import AsOf

MOST = 200


@dataclass(frozen=True, slots=True)
class Facts:
    """Records as JSON-able objects, the latest decision first; `is_cut` if more."""

    records: tuple[dict[str, object], ...] = ()
    is_cut: bool = False


def find(uscc: str, *, today: date, asked: AsOf | None) -> Facts:
    """Return the facts of an organization; of a code that the register lacks, none.

    Where a past is `asked`: what was known then and may be seen today.
    """
    item = organizations.get_public(uscc)
    if item is None:
        return Facts()
    found = reported.list_reported(
        organization=item.key, on=today, view=View.BODY, asked=asked
    )
    datasets = catalog.list_datasets()
    told = tuple(_told(each, datasets) for each in found.records[:MOST])
    return Facts(told, found.is_cut or len(found.records) > MOST)


def _told(record: PublicRecord, datasets: Mapping[str, Dataset]) -> dict[str, object]:
    state, dataset = record.state, datasets[record.dataset]
    return {
        "dataset": record.dataset,
        "title": record.dataset_title,
        "title_en": record.dataset_title_en,
        "source_unit": record.source_unit,
        "basis": [
            {"title": each.title, "article": each.article, "level": each.level}
            for each in dataset.legal_basis
        ],
        "decided_on": record.decided_on.isoformat() if record.decided_on else None,
        "until": state.until.isoformat() if state.until else None,
        "disputed": state.is_disputed,
        "fields": [
            {"title": title, "title_en": title_en, "text": text}
            for title, title_en, text in record.fields
        ],
    }
