"""Reference lists that the operator imports: industries and divisions, with titles.

The rulebook knows the sections of industry and python-stdnum's list of divisions. The
lists of the standards are not shipped: a city imports those that it has. They add
titles and further divisions; they never make a code wrong that was taken before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from xinheng.apps.ledger import operations as ledger
from xinheng.apps.organizations.models import ReferenceCode
from xinheng.core.submissions.findings import Severity
from xinheng.pipeline import reference_list
from xinheng.pipeline.reference_list import Kind
from xinheng.rulebook import divisions, fiction

MOST_TOLD = 1000


@dataclass(frozen=True, slots=True)
class ReferenceReport:
    """What an import did: `new + changed + unchanged + rejected = rows_read`.

    `absent` counts the codes that the list held and the file doesn't name: they stay.
    `rejected_rows` are (row, field, rule) of the first `MOST_TOLD` refusals.
    """

    rows_read: int
    new: int
    changed: int
    unchanged: int
    rejected: int
    absent: int
    ledger_seq: int
    rejected_rows: tuple[tuple[int, str, str], ...]


@transaction.atomic
def import_list(*, path: Path, kind: Kind, actor: str, at: datetime) -> ReferenceReport:
    """Take the codes and titles of a file into a list; what it doesn't name stays.

    Raises:
        UnreadableFileError: nothing is stored.
    """
    read = reference_list.read(path, kind, on=timezone.localdate(at))
    held = dict(
        ReferenceCode.objects.select_for_update()
        .filter(list=kind)
        .values_list("code", "title")
    )
    told = dict(read.rows.iter_rows())
    new = {code: title for code, title in told.items() if code not in held}
    changed = {
        code: title for code, title in told.items() if held.get(code, title) != title
    }
    _write(kind, new | changed)
    refused = read.details.filter(pl.col("severity") == Severity.ERROR.value)
    rejected = refused["row"].n_unique()
    body = {"list": kind.value, "file_sha256": read.digest}
    counts = {"new": len(new), "changed": len(changed), "rejected": rejected}
    appended = ledger.append(
        kind="reference.imported",
        subject=f"reference:{kind.value}",
        actor=actor,
        body={**body, "counts": counts},
        at=at,
    )
    return ReferenceReport(
        rows_read=read.rows_read,
        new=len(new),
        changed=len(changed),
        unchanged=read.rows_read - len(new) - len(changed) - rejected,
        rejected=rejected,
        absent=len(held.keys() - told.keys()),
        ledger_seq=appended.seq,
        rejected_rows=tuple(
            refused.select("row", "field", "rule").head(MOST_TOLD).iter_rows()
        ),
    )


def _write(kind: Kind, titles: dict[str, str]) -> None:
    ReferenceCode.objects.bulk_create(
        [
            ReferenceCode(list=kind, code=code, title=title)
            for code, title in titles.items()
        ],
        update_conflicts=True,
        update_fields=["title"],
        unique_fields=["list", "code"],
        batch_size=1000,
    )


def known_divisions() -> frozenset[str]:
    """Return every division that counts as known, the demo city's own among them."""
    imported = ReferenceCode.objects.filter(list=Kind.DIVISIONS)
    own = {fiction.DIVISION} if settings.DEMO else set()
    return divisions.load() | own | set(imported.values_list("code", flat=True))


def title_of(kind: Kind, code: str) -> str:
    """Return the title of a code, empty where the list doesn't hold it."""
    rows = ReferenceCode.objects.filter(list=kind, code=code)
    return rows.values_list("title", flat=True).first() or "" if code else ""
