"""Receipts under their permanent address, for whoever holds the code.

The page repeats what the receipt proves; it does not replace the proof. A code is not
to be guessed, and search engines are told to stay away.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinheng.apps.ledger import queries, receipt_codes, receipts, witnesses
from xinheng.apps.ledger.queries import EntryView
from xinheng.apps.ledger.receipt_codes import ErasedReceiptError, UnknownCodeError
from xinheng.apps.reports import operations as reports
from xinheng.apps.reports import queries as issued
from xinheng.web import files
from xinheng.web.act_words import words
from xinheng.web.credit_reports import KINDS

DIGESTS = ("file_sha256", "sha256", "digest")


class CodeConverter:
    """A receipt's code as a part of a path."""

    regex = receipt_codes.PATTERN

    def to_python(self, value: str) -> str:
        """Return the code as the queries take it."""
        return value

    def to_url(self, value: str) -> str:
        """Return the code as the path shows it."""
        return value


@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a code, and lead to its page; one that is wrong is told here."""
    typed = request.GET.get("code", "").strip()[:100]
    if not typed:
        return render(request, "portal/verify.html", {"typed": ""})
    code = receipt_codes.normalized(typed)
    try:
        receipt_codes.find(code)
    except UnknownCodeError:
        return render(
            request,
            "portal/verify.html",
            {"typed": typed, "is_wrong": True},
            status=404,
        )
    except ErasedReceiptError:
        pass
    return redirect("portal:receipt", code=code)


@require_safe
def receipt(request: HttpRequest, code: str) -> HttpResponse:
    """Show a receipt, to be printed and kept."""
    try:
        entry = _find(code)
    except ErasedReceiptError as erased:
        context: dict[str, object] = {"seq": erased.seq}
        return _hidden(
            render(request, "portal/receipt_erased.html", context, status=410)
        )
    agreed = [
        each
        for each in witnesses.standing().agreements
        if each.size is not None and each.size > entry.seq
    ]
    context = {
        "code": code,
        "entry": entry,
        "what": words(entry.kind),
        "digest": _digest(entry.body or {}),
        "facts": list(_facts(entry.body or {})),
        "receipt": _receipt(entry),
        "witnesses": agreed,
        **_report(entry),
    }
    return _hidden(render(request, "portal/receipt.html", context))


@require_safe
def receipt_file(request: HttpRequest, code: str) -> HttpResponse:
    """Send the receipt as a file that verifies offline."""
    try:
        entry = _find(code)
    except ErasedReceiptError:
        raise Http404 from None
    text = json.dumps(_receipt(entry), ensure_ascii=False, indent=2, sort_keys=True)
    name = f"receipt-{entry.seq}.json"
    return _hidden(files.attachment(f"{text}\n".encode(), name, "application/json"))


def _find(code: str) -> EntryView:
    try:
        return receipt_codes.find(code)
    except UnknownCodeError:
        raise Http404 from None


def _report(entry: EntryView) -> dict[str, object]:
    """Return the report that an act issued; nothing for any other act."""
    if entry.kind != reports.ISSUED:
        return {}
    found = issued.find_issued(entry=entry.seq, on=timezone.localdate())
    return {"report": found, "report_kind": KINDS[found.kind]} if found else {}


def _receipt(entry: EntryView) -> dict[str, object]:
    """Return the receipt where a witness agreed to it, else as it is signed today."""
    size = witnesses.find_cosigned_size(above=entry.seq) or queries.size()
    return receipts.receipt(seq=entry.seq, size=size)


def _digest(body: Mapping[str, object]) -> object:
    """Return the digest of the bytes that were handed in, null where none were."""
    return next((body[name] for name in DIGESTS if name in body), None)


def _facts(body: Mapping[str, object], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in body.items():
        if isinstance(value, Mapping):
            yield from _facts(value, f"{before}{name}.")
        elif isinstance(value, str):
            yield f"{before}{name}", value
        else:
            yield f"{before}{name}", json.dumps(value, ensure_ascii=False)


def _hidden(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "private, no-store"
    return response
