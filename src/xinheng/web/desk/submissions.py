"""Submissions at the desk: list, progress, verdict, findings, rejects, receipt."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from xinheng.apps.intake import mending_files
from xinheng.apps.intake import queries as intake
from xinheng.apps.intake.views import SubmissionView
from xinheng.apps.units import queries as units
from xinheng.core.submissions.findings import Severity
from xinheng.pipeline.rejects_workbook import Kind
from xinheng.web import files, paging
from xinheng.web.access import DeskRequest, signed_in
from xinheng.web.desk import queues_words, reversals, verdicts
from xinheng.web.templatetags.xinheng import is_english

View = Callable[[DeskRequest, str], HttpResponse]
_UNKNOWN = (
    intake.UnknownSubmissionError,
    intake.NoReceiptError,
    mending_files.NoRejectsError,
)

# What htmx reads: load the whole page anew, because the verdict is there.
RELOAD = {"HX-Refresh": "true"}


def found_or_404(view: View) -> View:
    """Answer 404 for a submission that the reader may not see, as for one unknown."""

    @wraps(view)
    def answer(request: DeskRequest, submission: str) -> HttpResponse:
        try:
            return view(request, submission)
        except _UNKNOWN as unknown:
            raise Http404(str(unknown)) from None

    return answer


@signed_in
@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """List what was handed in, latest first."""
    unit = request.GET.get("unit") or None
    page = intake.list_submissions(
        actor=request.actor, unit=unit, page=paging.number(request)
    )
    context = {"page": page, "rows": verdicts.with_titles(page.items), "chosen": unit}
    if request.actor.sees_all_units:
        context["units"] = units.list_units(timezone.localdate())
    return render(request, "desk/submissions.html", context)


@signed_in
@require_safe
@found_or_404
def submission(request: DeskRequest, submission: str) -> HttpResponse:
    """Show a submission: its progress, or the verdict and what to do next."""
    item = intake.get_submission(actor=request.actor, submission=submission)
    context = _about(request, item)
    context["left_out"] = verdicts.left_out(item.skipped)
    if item.counts:
        context["parts"] = verdicts.parts(item.counts)
        context["rules"] = verdicts.rules(item.findings)
        context["is_person_in_rows"] = verdicts.is_person_in_rows(item.findings)
        context |= queues_words.about(request.actor, item)
        context |= reversals.about(request.actor, item)
    return render(request, "desk/submission.html", context)


@signed_in
@require_safe
@found_or_404
def progress(request: DeskRequest, submission: str) -> HttpResponse:
    """Answer the part of the page that tells how far the check is."""
    item = intake.get_submission(actor=request.actor, submission=submission)
    if item.is_finished:
        return HttpResponse(headers=RELOAD)
    return render(request, "desk/progress.html", _about(request, item))


@signed_in
@require_safe
@found_or_404
def findings(request: DeskRequest, submission: str) -> HttpResponse:
    """List the findings row by row, of all rules or of one."""
    item = intake.get_submission(actor=request.actor, submission=submission)
    rule = request.GET.get("rule") or None
    severity = request.GET.get("severity") or None
    rules = verdicts.rules(item.findings)
    page = intake.list_findings(
        actor=request.actor,
        submission=submission,
        language=get_language() or "zh-hans",
        rule=rule if rule in item.findings else None,
        severity=severity if severity in set(Severity) else None,
        page=paging.number(request),
    )
    context = _about(request, item)
    context |= {"page": page, "chosen": rule, "rules": rules}
    context |= {"severity": severity, "severities": verdicts.severities(rules)}
    return render(request, "desk/findings.html", context)


@signed_in
@require_safe
@found_or_404
def rejects(request: DeskRequest, submission: str) -> HttpResponse:
    """Send the findings as a file."""
    content = intake.rejects_csv(actor=request.actor, submission=submission)
    name = f"rejects-{submission[:8]}.csv"
    return files.attachment(content, name, "text/csv; charset=utf-8")


@signed_in
@require_safe
@found_or_404
def rejects_workbook(request: DeskRequest, submission: str) -> HttpResponse:
    """Send the rejected rows as a workbook to mend."""
    return _workbook(request, submission, Kind.REJECTED, name="rejects")


@signed_in
@require_safe
@found_or_404
def questions_workbook(request: DeskRequest, submission: str) -> HttpResponse:
    """Send the questionable rows as a workbook to mend."""
    return _workbook(request, submission, Kind.QUESTIONABLE, name="questions")


def _workbook(
    request: DeskRequest, submission: str, kind: Kind, *, name: str
) -> HttpResponse:
    """Return a workbook whose comments are in this language."""
    content = mending_files.rejects_xlsx(
        actor=request.actor,
        submission=submission,
        language="en" if is_english() else "zh-hans",
        kind=kind,
    )
    return files.attachment(content, f"{name}-{submission[:8]}.xlsx", files.XLSX)


@signed_in
@require_safe
@found_or_404
def receipt(request: DeskRequest, submission: str) -> HttpResponse:
    """Show the receipt, to be printed and kept."""
    item = intake.get_submission(actor=request.actor, submission=submission)
    signed = intake.receipt(actor=request.actor, submission=submission)
    context = _about(request, item)
    context["receipt"] = signed
    if item.counts:
        context["parts"] = verdicts.parts(item.counts)
    return render(request, "desk/receipt.html", context)


@signed_in
@require_safe
@found_or_404
def receipt_file(request: DeskRequest, submission: str) -> HttpResponse:
    """Send the signed receipt as a file that verifies offline."""
    signed = intake.receipt(actor=request.actor, submission=submission)
    text = json.dumps(signed, ensure_ascii=False, indent=2, sort_keys=True)
    name = f"receipt-{submission[:8]}.json"
    return files.attachment(f"{text}\n".encode(), name, "application/json")


def _about(request: DeskRequest, item: SubmissionView) -> dict[str, object]:
    return {
        "item": item,
        "title": verdicts.title(item.dataset),
        "may_submit": request.actor.may_submit_for(item.unit_code),
    }
