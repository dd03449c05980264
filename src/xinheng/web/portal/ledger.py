"""The ledger's own page: where it ends, who signed, who agreed, and how to check it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinheng.apps.ledger import key_history, queries, witnesses
from xinheng.web import files


@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """Show the signed checkpoint of now, the keys' terms and the witnesses."""
    head = queries.get_head()
    standing = witnesses.standing()
    context = {
        "head": head,
        "terms": key_history.list_terms() if head.note else (),
        "standing": standing,
        "is_late": witnesses.is_late(at=timezone.now()),
    }
    return render(request, "portal/ledger.html", context)


@require_safe
def verifier(request: HttpRequest) -> HttpResponse:
    """Send the one file with which anyone checks receipts, tiles and checkpoints."""
    found = importlib.util.find_spec("xinheng.verifier")
    content = Path(str(found.origin if found else "")).read_bytes()
    return files.attachment(content, "verifier.py", "text/x-python; charset=utf-8")
