"""What the desk asks in a case of redress: which step, with which result, and why.

The choices are the steps of the procedure's table that the reader may take.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from xinheng.apps.cases.queries import CaseView
from xinheng.apps.cases.tables import regulated
from xinheng.apps.objections.queries import ObjectionView
from xinheng.core.objections.filing import Kind, Outcome
from xinheng.core.procedures.acting import Refusal
from xinheng.core.procedures.tables import Step as TableStep
from xinheng.web.desk.forms_queues import Boxes, Radios
from xinheng.web.desk.workbench_forms import SELECT_ONE
from xinheng.web.templatetags.xinheng import local

BETWEEN = ":"
FIELDS: Mapping[str, str] = {
    Refusal.REASON.value: "reason",
    Refusal.SAME_PERSON.value: "choice",
    Refusal.NOT_NOW.value: "choice",
    "OBJECTION_PARTLY": "upheld",
    "REPAIR_OTHER_RESULT": "choice",
    "REDRESS_NO_TERM": "choice",
}


class Step(forms.Form):
    """A step with its result, and why."""

    use_required_attribute = False
    choice = forms.ChoiceField(
        label=_("What do you do?"), widget=Radios, error_messages=SELECT_ONE
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_(
            "The organization reads it, and it is kept in the ledger. Name no natural"
            " persons."
        ),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, data: object, *, choices: Iterable[tuple[str, str]]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["choice"].choices = list(choices)  # type: ignore[attr-defined]

    def chosen(self) -> tuple[str, str]:
        """Return the act and the result, empty where it has none."""
        act, _between, outcome = self.cleaned_data["choice"].partition(BETWEEN)
        return act, outcome


class StepWithChanges(Step):
    """The same, where some of the values asked for may be right and others not."""

    upheld = forms.MultipleChoiceField(
        label=_("Values that are right, where it is upheld in part"),
        required=False,
        widget=Boxes,
    )
    field_order = ("choice", "upheld", "reason")

    def __init__(
        self,
        data: object,
        *,
        choices: Iterable[tuple[str, str]],
        changes: Iterable[tuple[str, str]],
    ) -> None:
        super().__init__(data, choices=choices)
        self.fields["upheld"].choices = list(changes)  # type: ignore[attr-defined]


def step_form(
    data: object,
    case: CaseView,
    steps: Iterable[TableStep],
    beside: Mapping[str, object],
) -> Step | None:
    """Return the form of the steps that can be taken, null where none can."""
    choices = [each for step in steps for each in _choices(case, step)]
    if not choices:
        return None
    told = beside.get("objection")
    if isinstance(told, ObjectionView) and len(told.changes) > 1 and _partly(choices):
        changes = [
            (
                each.field,
                f"{local(each, 'title')}: {each.old or '-'} → {each.new or '-'}",
            )
            for each in told.changes
        ]
        return StepWithChanges(data, choices=choices, changes=changes)
    return Step(data, choices=choices)


def _choices(case: CaseView, step: TableStep) -> list[tuple[str, str]]:
    if not step.outcomes:
        return [(step.act, local(step, "title"))]
    table = regulated(case.procedure).procedure
    offered = [name for name in step.outcomes if _is_possible(case, name)]
    return [
        (
            f"{step.act}{BETWEEN}{name}",
            f"{local(step, 'title')}: {local(table.outcome(name), 'title')}"
            if len(step.outcomes) > 1
            else local(step, "title"),
        )
        for name in offered
    ]


def _is_possible(case: CaseView, outcome: str) -> bool:
    return outcome != Outcome.PARTLY or case.topic == Kind.CONTENT


def _partly(choices: list[tuple[str, str]]) -> bool:
    return any(name.endswith(BETWEEN + Outcome.PARTLY) for name, _title in choices)
