"""Let go what an objection said: its ground, the values it names, its files."""

from __future__ import annotations

from xinheng.apps.objections.models import ChangeAsked, Objection, ObjectionFile

GONE = "erased"


def files_of(case: int) -> tuple[str, ...]:
    """Return the digests of the files that show what an objection says."""
    rows = ObjectionFile.objects.filter(objection=case).order_by("id")
    return tuple(rows.values_list("digest", flat=True))


def names_file(digest: str, *, but: int) -> bool:
    """Tell whether an objection other than that case's names a file."""
    return ObjectionFile.objects.filter(digest=digest).exclude(objection=but).exists()


def erase(*, case: int) -> None:
    """Empty ground and values, and the key of the record that was contested."""
    rows = Objection.objects.filter(case=case)
    rows.update(ground=GONE, natural_key="")
    ChangeAsked.objects.filter(objection=case).update(old=GONE, new="")
