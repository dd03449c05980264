"""Say in plain words that the ledger takes nothing: then no act is done at all.

Every act and its entry share one transaction, so where the entry can't be signed or
written, the act is not done either. That is no fault of who asked for it.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from xinheng.apps.ledger.keys import SigningKeyError
from xinheng.apps.ledger.tree_store import TamperedLedgerError

UNAVAILABLE = 503
log = structlog.get_logger()


class LedgerClosed:
    """Answer an act that the ledger did not take with 503 and a page that says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self._get_response(request)

    def process_exception(
        self, request: HttpRequest, failure: Exception
    ) -> HttpResponse | None:
        """Answer what the ledger refused; leave everything else alone."""
        if not isinstance(failure, SigningKeyError | TamperedLedgerError):
            return None
        log.error("ledger closed", failure=type(failure).__name__)
        return render(request, "503.html", status=UNAVAILABLE)
