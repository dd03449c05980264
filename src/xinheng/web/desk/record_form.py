"""One record typed into a form: for the unit that has one permit a month."""

from __future__ import annotations

import io

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods

from xinheng.apps.intake import entering, repeats
from xinheng.apps.intake.operations import HandIn, Origin
from xinheng.core.catalog.datasets import Dataset
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.web.access import DeskRequest, signed_in
from xinheng.web.desk import forms
from xinheng.web.desk.forms_record import Record
from xinheng.web.desk.handing_in import find_dataset, find_month, own_unit


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: DeskRequest, unit: str, dataset: str, period: str) -> HttpResponse:
    """Ask for one record; hand it in, or say beside each question what is wrong."""
    owner, item = own_unit(request.actor, unit), find_dataset(dataset)
    month = None if period == forms.OWN_DATES else find_month(period)
    form = Record(request.POST if request.method == "POST" else None, item=item)
    if form.is_valid() and form.require_answers():
        submission = _enter(request, form, owner.code, item, month)
        if submission is not None:
            return redirect("desk:submission", submission=submission)
    form.forget_numbers()
    context = {"form": form, "unit": owner, "item": item, "period": month}
    return render(request, "desk/record_form.html", context)


def _enter(
    request: DeskRequest, form: Record, unit: str, item: Dataset, month: str | None
) -> str | None:
    """Return the submission; null where the form now says what is wrong."""

    def hand_in() -> HandIn:
        return HandIn(
            actor=request.actor,
            unit=unit,
            dataset=item.name,
            period=month,
            file_name=f"{item.title}.csv",
            content=io.BytesIO(content),
            origin=Origin.FORM,
            idempotency_key=f"form:{form.cleaned_data['token']}",
        )

    content, at = form.as_csv(), timezone.now()
    try:
        language = get_language() or "zh-hans"
        errors = entering.find_errors(hand_in(), at=at, language=language)
        if not errors:
            return entering.enter(hand_in(), at=at)
        form.add_findings(errors)
    except UnreadableFileError as refused:
        form.add_error(None, forms.said(refused))
    except (repeats.KeyReusedError, repeats.KeyInFlightError):
        form.add_error(
            None,
            gettext("This form was handed in already; see “Submissions”."),
        )
    return None
