"""The code workbench: the queue of issues, and one issue with everything about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.evidence.queries import UnknownEvidenceError
from xinheng.apps.organizations import (
    corrections,
    judgements,
    suggestions,
    workbench,
)
from xinheng.apps.organizations.corrections import (
    AnswerError,
    By,
    UncorrectableError,
)
from xinheng.apps.organizations.workbench import IssueInFull, Narrowing
from xinheng.apps.records import counting
from xinheng.apps.units import queries as units
from xinheng.core.evidence.faults import EvidenceError
from xinheng.core.organizations.issues import IssueKind
from xinheng.web import paging
from xinheng.web.access import DeskRequest, signed_in
from xinheng.web.desk import evidence, verdicts, workbench_forms, workbench_words
from xinheng.web.desk.queues import GET_OR_POST
from xinheng.web.templatetags.xinheng import local


@signed_in
@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """List the issues of codes, as the reader narrows them."""
    narrowing = _narrowing(request)
    page = workbench.list_issues(
        actor=request.actor,
        narrowing=narrowing,
        at=timezone.now(),
        page=paging.number(request),
    )
    counted = workbench.count_by_kind(request.actor)
    names = unit_names()
    context = {
        "page": page,
        "rows": [
            (
                item,
                workbench_words.kind_title(item.kind),
                stage_words(item.stage, item.state),
                names.get(item.unit or "", ""),
            )
            for item in page.items
        ],
        "narrowing": narrowing,
        "kinds": [
            (each.value, workbench_words.kind_title(each), counted.get(each, 0))
            for each in IssueKind
        ],
        "stages": [(each, workbench_words.STAGES[each]) for each in workbench.STAGES],
        "ages": workbench_words.AGES.items(),
        "authorities": workbench.list_authorities(request.actor),
        "units": names.items() if request.actor.sees_all_units else (),
        "total": sum(counted.values()),
    }
    return render(request, "desk/workbench.html", context)


@signed_in
@GET_OR_POST
def issue(request: DeskRequest, issue: int) -> HttpResponse:
    """Show an issue, and take one of the acts that its page offers."""
    try:
        item = workbench.get_issue(actor=request.actor, issue=issue)
    except workbench.UnknownIssueError as unknown:
        raise Http404(str(unknown)) from None
    act = request.POST.get("act", "") if request.method == "POST" else ""
    if request.method == "POST" and act not in _ACTS:
        raise Http404(act)
    forms = _forms(request, item, act)
    if act:
        _require(request, item, act)
        form = forms[act]
        if form.is_valid() and _acted(_ACTS[act], request, item, form):
            done = _done(act, form)
            return redirect(f"{reverse('desk:code-issue', args=[issue])}?done={done}")
    return render(request, "desk/workbench_issue.html", _context(request, item, forms))


@signed_in
@require_POST
def withdraw(request: DeskRequest, issue: int, judgement: int) -> HttpResponse:
    """Take a judgement back."""
    try:
        judgements.withdraw(judgement=judgement, actor=request.actor, at=timezone.now())
    except NotAllowedError:
        raise PermissionDenied from None
    except judgements.WithdrawnError as error:
        raise Http404(str(error)) from None
    return redirect(f"{reverse('desk:code-issue', args=[issue])}?done=withdrawn")


@signed_in
@require_safe
def file(request: DeskRequest, issue: int, digest: str) -> HttpResponse:
    """Hand out a file that proves a correction."""
    try:
        ref, content = workbench.open_file(
            actor=request.actor, issue=issue, digest=digest
        )
    except (workbench.UnknownIssueError, UnknownEvidenceError) as unknown:
        raise Http404(str(unknown)) from None
    return evidence.download(ref, content)


def unit_names() -> dict[str, str]:
    """Return the units of today by code, named in the reader's language."""
    return {
        unit.code: local(unit, "name")
        for unit in units.list_units(timezone.localdate())
    }


def stage_words(stage: str, state: str) -> object:
    """Return where an issue stands, in words: how it was closed, or its stage."""
    is_closed = stage == workbench.CLOSED
    return workbench_words.STATES[state] if is_closed else workbench_words.STAGES[stage]


def _narrowing(request: HttpRequest) -> Narrowing:
    asked = request.GET.get
    ages = {str(days): days for days in workbench.AGES}
    stage = asked("stage", workbench.OPEN)
    return Narrowing(
        kind=_one_of(asked("kind", ""), IssueKind),
        unit=_one_of(asked("unit", ""), unit_names()),
        authority=asked("authority", "").replace("\x00", "")[:200],
        stage=stage if stage in workbench.STAGES else "",
        older_than=ages.get(asked("age", ""), 0),
    )


def _one_of(asked: str, allowed: object) -> str:
    return asked if asked in list(allowed) else ""  # type: ignore[call-overload]


def _forms(request: DeskRequest, item: IssueInFull, act: str) -> dict[str, Form]:
    """Return the forms of the page; only the one that was sent holds answers."""

    def data(name: str) -> object:
        return request.POST if name == act else None

    entries = [(each.entry, f"{each.name} {each.code}") for each in item.entries]
    return {
        "assign": workbench_forms.Assign(data("assign"), units=unit_names().items()),
        "propose": workbench_forms.Propose(
            data("propose"), request.FILES if act == "propose" else None, case=item.case
        ),
        "decide": workbench_forms.Decide(data("decide")),
        "undo": workbench_forms.Undo(data("undo")),
        "judge": workbench_forms.Judge(data("judge"), entries=entries),
    }


def _require(request: DeskRequest, item: IssueInFull, act: str) -> None:
    """Refuse what the actor may never do with this issue."""
    is_asked = act == "propose" and item.may_propose(request.actor)
    if not (request.actor.may_decide or is_asked):
        raise PermissionDenied


def _acted(
    act: Callable[..., None], request: DeskRequest, item: IssueInFull, form: Form
) -> bool:
    """Do as the form says; tell the form and return False where that can't be."""
    try:
        act(request, item, form, at=timezone.now())
    except NotAllowedError:
        raise PermissionDenied from None
    except UncorrectableError as error:
        form.add_error(None, str(workbench_words.REFUSALS[error.code]))
        return False
    except AnswerError as error:
        form.refuse(error)  # type: ignore[attr-defined]
        return False
    except EvidenceError as error:
        evidence.refuse(form, "attached", error)
        return False
    return True


def _by(request: DeskRequest, form: Form, at: datetime) -> By:
    return By(request.actor, form.cleaned_data["reason"], at)


def _assign(
    request: DeskRequest, item: IssueInFull, form: Form, *, at: datetime
) -> None:
    unit = form.cleaned_data["unit"]
    corrections.assign(issue=item.row.id, unit=unit, by=_by(request, form, at))


def _propose(
    request: DeskRequest,
    item: IssueInFull,
    form: workbench_forms.Propose,
    *,
    at: datetime,
) -> None:
    corrections.propose(
        issue=item.row.id,
        answer=form.answer(),
        actor=request.actor,
        at=at,
        files=form.handed(),
    )


def _decide(
    request: DeskRequest, item: IssueInFull, form: Form, *, at: datetime
) -> None:
    is_decided = form.cleaned_data["choice"] == "decide"
    act = corrections.decide if is_decided else corrections.send_back
    act(issue=item.row.id, by=_by(request, form, at))


def _undo(request: DeskRequest, item: IssueInFull, form: Form, *, at: datetime) -> None:
    corrections.undo(issue=item.row.id, by=_by(request, form, at))


def _judge(
    request: DeskRequest,
    item: IssueInFull,
    form: workbench_forms.Judge,
    *,
    at: datetime,
) -> None:
    judgements.judge(
        pair=form.pair(),
        verdict=form.verdict_given(),
        reason=form.cleaned_data["reason"],
        actor=request.actor,
        at=at,
    )


_ACTS: dict[str, Callable[..., None]] = {
    "assign": _assign,
    "propose": _propose,
    "decide": _decide,
    "undo": _undo,
    "judge": _judge,
}


_PAST = {
    "assign": "assigned",
    "propose": "proposed",
    "decide": "decided",
    "undo": "undone",
    "judge": "judged",
}


def _done(act: str, form: Form) -> str:
    if act == "decide" and form.cleaned_data["choice"] == "send-back":
        return "sent-back"
    return _PAST[act]


def _context(
    request: DeskRequest, item: IssueInFull, forms: dict[str, Form]
) -> dict[str, object]:
    actor, live = request.actor, item.live
    keys = [each.key for each in item.entries if each.key is not None]
    counted = counting.count_of_organizations(keys)
    found = suggestions.suggest(code=item.row.code, name=item.row.name)
    sent = next((each for each in forms.values() if each.is_bound), None)
    is_open = item.row.state == "OPEN"
    stage = live.stage if live else ""
    return {
        "item": item,
        "title": workbench_words.kind_title(item.row.kind),
        "text": workbench_words.kind_text(item.row.kind),
        "stage": stage_words(item.row.stage, item.row.state),
        "entries": [
            (each, _counts(counted.get(each.key or 0, {}))) for each in item.entries
        ],
        "reporter": unit_names().get(item.row.reported_by or "", ""),
        "may_see_submission": actor.sees_all_units
        or item.row.reported_by in actor.visible_units,
        "is_ready": found.is_ready,
        "suggestions": workbench_words.suggestions(found),
        "forms": forms,
        "form": sent,
        "live": live,
        "unit_name": unit_names().get(live.unit or "", "") if live else "",
        "flag": workbench_words.FLAGS.get(live.flag) if live else None,
        "subject": workbench_words.SUBJECTS.get(live.subject) if live else None,
        "may_assign": actor.may_decide and is_open and stage in ("", "ASSIGNED"),
        "may_propose": item.may_propose(actor),
        "may_decide": item.may_decide(actor),
        "may_undo": actor.may_decide and stage == "DECIDED",
        "may_judge": actor.may_decide and len(item.entries) > 1,
        "waits_for_another": actor.may_decide
        and stage == "PROPOSED"
        and not item.may_decide(actor),
        "judged": [_judged(item, each) for each in item.judgements],
        "done": workbench_words.DONE.get(request.GET.get("done", "")),
    }


def _counts(counted: dict[str, int]) -> list[tuple[str, int]]:
    return [(verdicts.title(name), number) for name, number in sorted(counted.items())]


def _judged(
    item: IssueInFull, given: judgements.JudgementView
) -> tuple[judgements.JudgementView, str, str, object]:
    names = {each.entry: f"{each.name} {each.code}" for each in item.entries}
    return (
        given,
        names.get(given.one, given.one),
        names.get(given.other, given.other),
        workbench_words.VERDICTS[given.verdict],
    )
