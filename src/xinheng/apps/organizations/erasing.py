"""Let go how an organization was called, and what people wrote at the workbench.

The code stays with its states and days: what refers to it still does. A register that
is imported again brings a name back where the file still holds it.
"""

from __future__ import annotations

import polars as pl
from django.db.models import Q

from xinheng.apps.organizations import search_index
from xinheng.apps.organizations.models import (
    Correction,
    Judgement,
    Organization,
    OrganizationChange,
    OrganizationName,
    RegisterIssue,
)
from xinheng.core.merkle import canonical
from xinheng.core.organizations.status import ACTIVE

GONE = "内容已删除 erased"
NOTHING = "{}"
_WORDED = (OrganizationChange.Field.NAME, OrganizationChange.Field.AUTHORITY)


def is_over(code: str) -> bool:
    """Tell whether an organization exists no more and still has its name."""
    active = [status.value for status in ACTIVE]
    rows = Organization.objects.filter(uscc=code).exclude(name=GONE)
    return rows.exclude(status__in=active).exists()


def erase(*, code: str) -> int:
    """Empty every name of an organization, and who registered it."""
    row = Organization.objects.select_for_update().filter(uscc=code).first()
    if row is None or row.name == GONE:
        return 0
    for issue in issues_of(code):
        erase_issue(issue=issue)
    # The undo of a correction finds another state than the one that it left.
    kept = canonical.text({"key": str(row.id)})
    about = Q(issue__organization=row) | Q(kept__contains=f'"{code}"')
    Correction.objects.filter(about).exclude(kept=NOTHING).update(kept=kept)
    OrganizationName.objects.filter(organization=row).delete()
    changes = OrganizationChange.objects.filter(organization=row, field__in=_WORDED)
    changes.exclude(before="").update(before=GONE)
    changes.exclude(after="").update(after=GONE)
    row.name, row.name_key, row.authority = GONE, "", ""
    row.save(update_fields=["name", "name_key", "authority"])
    search_index.refresh(pl.Series([row.id], dtype=pl.Int64))
    return 1


def issues_of(code: str) -> tuple[int, ...]:
    """Return the issues about a code, open or not."""
    rows = RegisterIssue.objects.filter(Q(code=code) | Q(organization__uscc=code))
    return tuple(rows.order_by("id").values_list("id", flat=True))


def is_closed(issue: int) -> bool:
    """Tell whether an issue is decided and still has content."""
    rows = RegisterIssue.objects.filter(id=issue).exclude(name=GONE)
    return rows.exclude(state=RegisterIssue.State.OPEN).exists()


def erase_issue(*, issue: int) -> int:
    """Empty what an issue says, and why its corrections were decided."""
    corrections = Correction.objects.filter(issue=issue)
    corrections.exclude(evidence="").update(evidence=GONE)
    corrections.exclude(reason="").update(reason=GONE)
    rows = RegisterIssue.objects.filter(id=issue).exclude(name=GONE)
    # What is compared stays one of its kind: two open issues may be alike then.
    return rows.update(
        name=GONE, name_key=f"erased:{issue}", authority="", details=NOTHING
    )


def judgements_of(issue: int) -> tuple[int, ...]:
    """Return the judgements that name an issue, and that say why."""
    entry = f"issue:{issue}"
    rows = Judgement.objects.filter(Q(one=entry) | Q(other=entry))
    found = rows.exclude(reason=GONE).order_by("id")
    return tuple(found.values_list("id", flat=True))


def is_judged(judgement: int) -> bool:
    """Tell whether there is such a judgement, with its reason."""
    return Judgement.objects.filter(id=judgement).exclude(reason=GONE).exists()


def erase_judgement(*, judgement: int) -> int:
    """Empty the reason of a judgement; the verdict stays."""
    rows = Judgement.objects.filter(id=judgement).exclude(reason=GONE)
    return rows.update(reason=GONE)
