"""Two times in an address: `?known_at=2019-06-20&on=2019-06-01`, and what to say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xinheng.apps.catalog import queries as catalog
from xinheng.apps.ledger.as_of import (
    LONGEST,
    FutureError,
    MalformedTimeError,
    parse,
)
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

    @property
    def query(self) -> str:
        """What an address ends with that asks for the same; empty for today."""
        if self.asked is None:
            return ""
        return "?" + urlencode({"known_at": self.known_at, "on": self.on})


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


class TwoTimes(forms.Form):
    """The two times of a question that is asked by a form; both may stay empty."""

    use_required_attribute = False
    known_at = forms.CharField(
        label=_("As known on"),
        help_text=_("A day, such as 2019-06-20, or a size of the ledger."),
        max_length=LONGEST,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    on = forms.CharField(
        label=_("About the day"),
        help_text=_("Empty: the same day."),
        max_length=LONGEST,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_known_at(self) -> str:
        """Refuse what is neither a day nor a size, or not known yet."""
        text: str = self.cleaned_data["known_at"]
        _refuse_strange(known_at=text, on="")
        return text

    def clean_on(self) -> str:
        """Refuse what is no day."""
        text: str = self.cleaned_data["on"]
        _refuse_strange(known_at="", on=text)
        return text

    def asked(self, *, at: datetime) -> AsOf | None:
        """Return what was asked for, null for today."""
        told = self.cleaned_data
        return parse(known_at=told["known_at"], on=told["on"], at=at)


def _refuse_strange(*, known_at: str, on: str) -> None:
    try:
        parse(known_at=known_at, on=on, at=timezone.now())
    except MalformedTimeError:
        raise forms.ValidationError(_("Enter a day such as 2019-06-04.")) from None
    except FutureError:
        raise forms.ValidationError(_("That is not known yet.")) from None
