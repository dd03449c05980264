"""An application for repair, of a record or a listing: what bars it, and making it."""

from __future__ import annotations

from collections.abc import Callable

from xinheng.apps.cases.operations import By, RefusedError
from xinheng.apps.repairs import operations as repairs
from xinheng.apps.repairs.operations import Application, Entry, Shown
from xinheng.core.repairs.conditions import Fault
from xinheng.web import redress_words
from xinheng.web.access import DeskRequest
from xinheng.web.my import asking, forms

# What an applicant can't mend by ticking a box or adding a file.
NOT_NOW = frozenset({Fault.MINIMUM_TERM, Fault.BARRED, Fault.OPEN, Fault.NOTHING_SHOWN})
FIELDS = {
    Fault.CONDUCT_CORRECTED.value: "conduct_corrected",
    Fault.DUTIES_DONE.value: "duties_done",
    Fault.COMMITMENT.value: "commits",
    "PERSONAL_ID": "statement",
}


def blocking(entry: Entry, *, by: By) -> list[str]:
    """Return in words what stands against a repair whatever the applicant states."""
    everything = Application("", True, True, True)
    return [
        redress_words.said(
            RefusedError(lack.fault, day=lack.from_on, basis=lack.citation)
        )
        for lack in repairs.list_lacks(entry, everything, by=by)
        if lack.fault in NOT_NOW
    ]


def apply(
    request: DeskRequest, form: forms.Apply, act: Callable[[Application], int]
) -> int | None:
    """Make the application and return the case; tell the form where that can't be."""
    told, files = form.cleaned_data, []
    for field, kind in (("duties", "DUTIES"), ("third_party", "THIRD_PARTY")):
        digests = asking.store_files(request, form, field)
        if digests is None:
            return None
        files += [Shown(kind, digest) for digest in digests]
    application = Application(
        told["statement"],
        told["conduct_corrected"],
        told["duties_done"],
        told["commits"],
        files,
    )
    try:
        return act(application)
    except RefusedError as refused:
        form.add_error(FIELDS.get(refused.code), redress_words.said(refused))
    return None
