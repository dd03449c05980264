"""The blank templates, one per dataset."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from xinheng.web import datasets
from xinheng.web.access import DeskRequest, signed_in


@signed_in
@require_safe
def templates(request: DeskRequest) -> HttpResponse:
    """List the templates."""
    context = {"datasets": datasets.in_order()}
    return render(request, "desk/templates.html", context)
