"""What waits: an overview, what a unit has to mend, rows without an organization."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.intake import deciding, mending, queues, registrar_list
from xinheng.apps.intake.mending import Narrowing
from xinheng.apps.intake.queries import UnknownSubmissionError
from xinheng.apps.organizations import workbench
from xinheng.apps.units import queries as units
from xinheng.web import datasets, files, paging
from xinheng.web.access import DeskRequest, signed_in
from xinheng.web.desk import forms_queues, queues_words, reversals, verdicts

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@signed_in
@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """Show how much waits in each queue."""
    context = {
        "waiting": queues.waiting(request.actor),
        "issues": workbench.count_open(request.actor),
        "reversals": reversals.waiting(request.actor),
    }
    return render(request, "desk/queues.html", context)


@signed_in
@require_safe
def mend(request: DeskRequest) -> HttpResponse:
    """List the submissions of which rows are left to mend."""
    narrowing = asked_for(request)
    page = mending.list_to_mend(
        actor=request.actor, narrowing=narrowing, page=paging.number(request)
    )
    rows = [
        (
            item,
            verdicts.title(item.dataset),
            request.actor.may_submit_for(item.unit_code),
        )
        for item in page.items
    ]
    context = {"page": page, "rows": rows, **choices(request, narrowing)}
    return render(request, "desk/queues_mend.html", context)


@signed_in
@require_POST
def mended(request: DeskRequest, submission: str) -> HttpResponse:
    """Take the unit's word that nothing is left to mend."""
    try:
        mending.mark_mended(
            submission=submission, actor=request.actor, at=timezone.now()
        )
    except UnknownSubmissionError as unknown:
        raise Http404(str(unknown)) from None
    except NotAllowedError:
        raise PermissionDenied from None
    return redirect(f"{reverse('desk:queue-mend')}?done=mended")


@signed_in
@GET_OR_POST
def unlinked(request: DeskRequest) -> HttpResponse:
    """List the rows whose organization is not known; ask the registrar for some."""
    narrowing = asked_for(request)
    page = queues.list_unlinked(
        actor=request.actor, narrowing=narrowing, page=paging.number(request)
    )
    form = forms_queues.Rows(answers(request), shown=[row.id for row in page.items])
    if form.is_valid():
        try:
            deciding.ask_register(
                rows=form.cleaned_data["rows"], actor=request.actor, at=timezone.now()
            )
        except NotAllowedError:
            raise PermissionDenied from None
        except deciding.UndecidableError as error:
            form.add_error("rows", str(queues_words.UNDECIDABLE[error.code]))
        else:
            return back(request, "desk:queue-unlinked", done="asked")
    context = {"page": page, "rows": ticked(page.items, form), "form": form}
    context |= choices(request, narrowing)
    return render(request, "desk/queues_unlinked.html", context)


@signed_in
@require_safe
def export(request: DeskRequest) -> HttpResponse:
    """Send the list of organizations that the registrar was asked for."""
    content = registrar_list.as_csv(actor=request.actor)
    return files.attachment(content, "organizations.csv", "text/csv; charset=utf-8")


def asked_for(request: HttpRequest, *, rules: tuple[str, ...] = ()) -> Narrowing:
    """Return how the reader narrowed a list; what is no choice counts as none."""
    on = timezone.localdate()
    return Narrowing(
        unit=_one_of(request, "unit", {unit.code for unit in units.list_units(on)}),
        dataset=_one_of(
            request, "dataset", {item.name for item in datasets.in_order()}
        ),
        rule=_one_of(request, "rule", set(rules)),
    )


def _one_of(request: HttpRequest, name: str, allowed: set[str]) -> str:
    asked = request.GET.get(name, "")
    return asked if asked in allowed else ""


def choices(request: DeskRequest, narrowing: Narrowing) -> dict[str, object]:
    """Return what a list can be narrowed to, and what was done just before."""
    context: dict[str, object] = {
        "narrowing": narrowing,
        "datasets": datasets.in_order(),
        "done": request.GET.get("done", ""),
    }
    if request.actor.sees_all_units:
        context["units"] = units.list_units(timezone.localdate())
    return context


def answers(request: HttpRequest) -> QueryDict | None:
    """Return what was sent; null where the page is only looked at."""
    return request.POST if request.method == "POST" else None


def back(request: HttpRequest, page: str, *, done: str) -> HttpResponse:
    """Return to a list as it was narrowed, saying what was done."""
    query = request.GET.copy()
    query["done"] = done
    return redirect(f"{reverse(page)}?{query.urlencode()}")


def ticked(
    items: tuple[queues.KeptRow, ...], form: forms_queues.Rows
) -> list[tuple[queues.KeptRow, str, bool, list[verdicts.FoundRule]]]:
    """Return rows with their dataset's title, whether each is ticked, and its rules."""
    return [
        (
            item,
            verdicts.title(item.dataset),
            form.is_ticked(item.id),
            verdicts.rules(dict.fromkeys(item.rules, 0)),
        )
        for item in items
    ]
