"""Let go what an application for repair said: its statement and its files."""

from __future__ import annotations

from xinheng.apps.repairs.models import Repair, RepairFile

GONE = "erased"


def files_of(case: int) -> tuple[str, ...]:
    """Return the digests of the files that show what an application states."""
    rows = RepairFile.objects.filter(repair=case).order_by("id")
    return tuple(rows.values_list("digest", flat=True))


def names_file(digest: str, *, but: int) -> bool:
    """Tell whether a repair other than that case's names a file."""
    return RepairFile.objects.filter(digest=digest).exclude(repair=but).exists()


def erase(*, case: int) -> None:
    """Empty the statement, and the key of the record that it is about."""
    Repair.objects.filter(case=case).update(statement=GONE, natural_key="")
