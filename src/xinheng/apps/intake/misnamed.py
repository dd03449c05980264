"""Names that the register does not hold for a code become issues of the register.

Either the unit or the register is wrong, so besides the row in question there is an
issue, once for each code and name, for whoever corrects the register.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import datetime

import polars as pl

from xinheng.apps.intake.models import HeldRow, Submission
from xinheng.apps.organizations import operations as organizations
from xinheng.apps.organizations.issues import Finder
from xinheng.rulebook import catalog as rulebook

RULE = "NAME_MISMATCH"
_AT_ONCE = 2000


def record(*, submission: str, at: datetime) -> int:
    """Keep what a submission's rows in question say; return how many are new."""
    original = Submission.objects.get(id=uuid.UUID(submission))
    dataset = rulebook.dataset(original.dataset, original.edition)
    name = dataset.subject_name
    if name is None:
        return 0
    finder = Finder(at, submission=original.id, unit=original.unit_id)
    return sum(
        organizations.record_mismatches(named=part, finder=finder)
        for part in _parts(original, name)
    )


def _parts(original: Submission, name: str) -> Iterator[pl.DataFrame]:
    """Yield `code` and `name` of the rows in question, so many at a time."""
    rows = HeldRow.objects.filter(
        submission=original, rules__contains=f",{RULE},"
    ).values_list("subject_code", "body")
    several: list[tuple[str, str]] = []
    for code, body in rows.iterator(chunk_size=_AT_ONCE):
        several.append((code, json.loads(body).get(name, "")))
        if len(several) == _AT_ONCE:
            yield _frame(several)
            several = []
    if several:
        yield _frame(several)


def _frame(rows: list[tuple[str, str]]) -> pl.DataFrame:
    schema = {"code": pl.String, "name": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row").unique(maintain_order=True)
