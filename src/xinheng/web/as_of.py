"""Two times in an address: `?known_at=2019-06-20&on=2019-06-01`, and what to say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from xinheng.apps.catalog import queries as catalog
from xinheng.apps.ledger.as_of import FutureError, MalformedTimeError, parse
from xinheng.apps.records.as_of import ErasedMark
from xinheng.core.catalog.datasets import Dataset
from xinheng.core.two_times import AsOf


@dataclass(frozen=True, slots=True)
class Asking:
    """What was typed, and what it means; `asked` is null where nothing was.

    `fault` says in words why it means nothing.
    """

    known_at: str
    on: str
    asked: AsOf | None
    fault: str = ""

    @property
    def status(self) -> int:
        """The status of the page."""
        return 400 if self.fault else 200


BASES = {
    "TERM_ENDED": _("the term for keeping it had ended"),
    "COURT_ORDER": _("a court ordered it"),
    "AUTHORITY_ORDER": _("a competent authority ordered it"),
    "UNLAWFUL": _("it should not have been collected"),
}


def told(marks: Iterable[ErasedMark]) -> list[tuple[ErasedMark, Dataset, object]]:
    """Return marks with their dataset and the words of their basis, empty for none."""
    known = catalog.list_datasets()
    return [
        (each, known[each.dataset], BASES.get(each.basis or "", ""))
        for each in marks
        if each.dataset in known
    ]


def read(request: HttpRequest, *, at: datetime) -> Asking:
    """Return what the address asks for; a wrong one is today's page with a fault."""
    known_at, on = (request.GET.get(name, "")[:40] for name in ("known_at", "on"))
    try:
        return Asking(known_at, on, parse(known_at=known_at, on=on, at=at))
    except MalformedTimeError:
        fault = str(_("Write days as 2019-06-20. Below is the page of today."))
    except FutureError:
        fault = str(_("That is not known yet. Below is the page of today."))
    return Asking("", "", None, fault)
