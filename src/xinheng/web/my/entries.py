"""One entry about the organization: what it says, objecting to it, repairing it."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from xinheng.apps.cases.operations import RefusedError
from xinheng.apps.objections import filing as objections
from xinheng.apps.objections.filing import ChangeRefusedError
from xinheng.apps.records import held
from xinheng.apps.records.held import HeldRecord, UnknownRecordError
from xinheng.apps.repairs import operations as repairs
from xinheng.apps.repairs.operations import Application
from xinheng.core.commitments.promises import Type
from xinheng.core.objections import corrections
from xinheng.core.objections.filing import KINDS, Kind, Target
from xinheng.rulebook import redress
from xinheng.web import redress_words
from xinheng.web.access import DeskRequest, agent
from xinheng.web.my import applying, asking, forms

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@agent
@require_safe
def record(request: DeskRequest, uscc: str, record: int) -> HttpResponse:
    """Show an entry whole, whether it is public, and what can be done about it."""
    context = {"item": asking.acting(request, uscc), "record": _get(request, record)}
    return render(request, "my/record.html", context)


@agent
@GET_OR_POST
def choose_kind(request: DeskRequest, uscc: str, record: int) -> HttpResponse:
    """Ask what is wrong with an entry."""
    item, found = asking.acting(request, uscc), _get(request, record)
    kinds = KINDS[Target.RECORD]
    form = forms.ChooseKind(asking.sent(request), kinds=kinds)
    if form.is_valid():
        kind = form.cleaned_data["kind"].lower()
        return redirect("my:object", uscc=uscc, record=record, kind=kind)
    hints = [(radio, redress_words.KINDS[kind][1]) for radio, kind in _hints(form)]
    context = {"item": item, "record": found, "form": form, "choices": hints}
    return render(request, "my/object_kind.html", context)


@agent
@GET_OR_POST
def object_to(request: DeskRequest, uscc: str, record: int, kind: str) -> HttpResponse:
    """Take an objection to an entry; it is marked as disputed at once."""
    item, found = asking.acting(request, uscc), _get(request, record)
    wanted = Kind(kind.upper()) if kind.upper() in set(Kind) else None
    if wanted not in KINDS[Target.RECORD]:
        raise Http404(kind)
    is_content = wanted is Kind.CONTENT
    form = forms.Contest(
        asking.sent(request),
        request.FILES or None,
        fields=corrections.correctable(found.dataset) if is_content else (),
        body=dict(found.body),
    )
    if form.is_valid() and (case := _object(request, found, wanted, form)):
        return _to_case(uscc, case, "objected")
    context = {
        "item": item,
        "record": found,
        "form": form,
        "kind": redress_words.KINDS[wanted],
    }
    return render(request, "my/object.html", context)


@agent
@GET_OR_POST
def repair(request: DeskRequest, uscc: str, record: int) -> HttpResponse:
    """Say whether a repair can be asked for, from when, and take the application."""
    item, found = asking.acting(request, uscc), _get(request, record)
    barred = applying.blocking(repairs.entry_of_record(found), by=asking.by(request))
    form = forms.Apply(asking.sent(request), request.FILES or None)

    def act(application: Application) -> int:
        return repairs.apply_for_record(
            record=record, application=application, by=asking.by(request)
        )

    if not barred and form.is_valid() and (case := applying.apply(request, form, act)):
        return _to_case(uscc, case, "applied")
    context = {
        "item": item,
        "record": found,
        "form": form,
        "blocking": barred,
        "commitment": redress.commitment_types()[Type.REPAIR],
    }
    return render(request, "my/repair.html", context)


def _get(request: DeskRequest, record: int) -> HeldRecord:
    try:
        return held.get_held(
            actor=request.actor, record=record, on=asking.by(request).on
        )
    except UnknownRecordError as unknown:
        raise Http404(str(unknown)) from None


def _hints(form: forms.ChooseKind) -> list[tuple[object, Kind]]:
    return list(zip(form["kind"], KINDS[Target.RECORD], strict=True))


def _to_case(uscc: str, case: int, done: str) -> HttpResponse:
    return redirect(f"{reverse('my:case', args=[uscc, case])}?done={done}")


def _object(
    request: DeskRequest, record: HeldRecord, kind: Kind, form: forms.Contest
) -> int | None:
    """Raise the objection and return the case; tell the form where that can't be."""
    digests = asking.store_files(request, form, "documents")
    if digests is None:
        return None
    contest = objections.Contest(
        kind, form.cleaned_data["ground"], form.changes(), digests
    )
    try:
        return objections.object_to_record(
            record=record.id, contest=contest, by=asking.by(request)
        )
    except ChangeRefusedError as refused:
        for each in refused.found:
            form.add_error(forms.PREFIX + each.field, redress_words.of_code(each.fault))
    except RefusedError as refused:
        form.add_error("ground", redress_words.said(refused))
    return None
