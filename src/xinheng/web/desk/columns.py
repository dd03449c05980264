"""What the columns of a file are taken for: a look before it is checked."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.catalog import queries as catalog
from xinheng.apps.intake import confirming, mappings
from xinheng.apps.intake import queries as intake
from xinheng.apps.units import queries as units
from xinheng.core.catalog.datasets import Dataset
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.preview import Preview
from xinheng.web.access import DeskRequest, signed_in
from xinheng.web.desk import verdicts
from xinheng.web.desk.forms_columns import Columns
from xinheng.web.desk.handing_in import find_dataset, own_unit
from xinheng.web.desk.submissions import found_or_404
from xinheng.web.templatetags.xinheng import local


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@found_or_404
def columns(request: DeskRequest, submission: str) -> HttpResponse:
    """Show what each column was taken for; take the corrections and go on."""
    item = intake.get_submission(actor=request.actor, submission=submission)
    known = catalog.get_dataset(item.dataset)
    try:
        shown = confirming.look(actor=request.actor, submission=submission)
    except NotAllowedError:
        raise PermissionDenied from None
    except (confirming.NotWaitingError, UnreadableFileError):
        return redirect("desk:submission", submission=submission)
    data = request.POST if request.method == "POST" else None
    form = Columns(data, shown=shown, item=known)
    if form.is_valid() and _confirm(request, submission, form):
        return redirect("desk:submission", submission=submission)
    context = {"item": item, "form": form, "shown": shown}
    context["title"] = local(known, "title")
    context["missing"] = _missing(shown, known)
    context["left_out"] = verdicts.left_out(shown.skipped)
    return render(request, "desk/columns.html", context)


def _confirm(request: DeskRequest, submission: str, form: Columns) -> bool:
    """Confirm what the form says; tell whether the file goes on."""
    try:
        confirming.confirm(
            actor=request.actor,
            submission=submission,
            chosen=form.chosen(),
            at=timezone.now(),
        )
    except UnreadableFileError as refused:
        form.add_refusal(refused)
        return False
    except confirming.NotWaitingError:  # confirmed in another window
        return True
    return True


def _missing(shown: Preview, known: Dataset) -> list[str]:
    return [local(known.field(name), "title") for name in shown.missing]


@signed_in
@require_POST
@found_or_404
def cancel(request: DeskRequest, submission: str) -> HttpResponse:
    """Take a file back that nobody has begun to check."""
    try:
        confirming.cancel(actor=request.actor, submission=submission, at=timezone.now())
    except NotAllowedError:
        raise PermissionDenied from None
    except confirming.NotWaitingError:
        pass  # too late: the page shows what became of it
    return redirect("desk:submission", submission=submission)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def remembered(request: DeskRequest, unit: str, dataset: str) -> HttpResponse:
    """List what is remembered of a unit's columns; forget it where asked."""
    owner: units.UnitView = own_unit(request.actor, unit)
    item = find_dataset(dataset)
    if request.method == "POST":
        mappings.forget(actor=request.actor, unit=owner.code, dataset=item.name)
        return redirect("desk:remembered-columns", unit=unit, dataset=dataset)
    kept = mappings.list_remembered(
        actor=request.actor, unit=owner.code, dataset=item.name
    )
    titles = {field.name: local(field, "title") for field in item.fields}
    rows = [(each, titles.get(each.field, "")) for each in kept]
    context = {"unit": owner, "item": item, "rows": rows}
    return render(request, "desk/columns_remembered.html", context)
