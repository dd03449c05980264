"""Accounts and their mandates, for an administrator to read."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from xinheng.apps.accounts import queries as accounts
from xinheng.web.access import DeskRequest, administrator


@administrator
@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """List every account with the roles that it holds."""
    context = {"accounts": accounts.list_accounts(actor=request.actor)}
    return render(request, "desk/accounts.html", context)
