"""Let go what credit reports were for and who was to have them; their digests stay."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from xinheng.apps.reports.models import Consent, Report

GONE = "erased"


def exists(code: str, *, on: date) -> bool:
    """Tell whether reports or consents that are over still say what they were for."""
    return _reports(code).exists() or _consents(code, on).exists()


def entries_of(code: str) -> tuple[int, ...]:
    """Return the entries of the reports that say what they were for."""
    return tuple(_reports(code).order_by("id").values_list("entry_seq", flat=True))


def erase(*, code: str, on: date) -> int:
    """Empty purposes and receivers; a consent that still holds keeps them."""
    return _reports(code).update(purpose=GONE) + _consents(code, on).update(
        purpose=GONE, receiver=GONE
    )


def _reports(code: str) -> QuerySet[Report]:
    rows = Report.objects.filter(organization__uscc=code)
    return rows.exclude(purpose__in=["", GONE])


def _consents(code: str, on: date) -> QuerySet[Consent]:
    rows = Consent.objects.filter(organization__uscc=code).exclude(purpose=GONE)
    return rows.filter(Q(withdrawn_at__isnull=False) | Q(expires_on__lte=on))
