"""The words of the queues: what a rule asks, why a decision could not be made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.intake import deciding, questions, queues
from xinheng.apps.intake.views import SubmissionView
from xinheng.core.submissions.plausibility import EQUAL_COUNTS
from xinheng.rulebook import catalog as rulebook
from xinheng.rulebook.plausibility import doubts
from xinheng.web.templatetags.xinheng import is_english, local, month

UNDECIDABLE: dict[str, Promise] = {
    deciding.NOT_OPEN: _(
        "Somebody else decided on a row, or it came again, or it changed its queue."
        " Nothing was done; look at the list again."
    ),
    deciding.NO_ROWS: _("Select at least one row."),
    deciding.UNKNOWN_ORGANIZATION: _(
        "The register does not know the organization yet. Have it registered first;"
        " the row stays here until then."
    ),
    deciding.OTHER_UNIT: _(
        "The record is another unit's. Open the row by itself to send it back or to"
        " take the record over."
    ),
}


@dataclass(frozen=True, slots=True)
class DoubtText:
    """What a doubt says with its figures, in the reader's language."""

    message: str
    advice: str


def doubt(rule: str, details: Mapping[str, object]) -> DoubtText:
    """Return the text of a plausibility rule."""
    told = {key: _told(key, value) for key, value in details.items()}
    rule_ = doubts()[rule]
    message, advice = (
        (rule_.message_en, rule_.advice_en)
        if is_english()
        else (rule_.message_zh, rule_.advice_zh)
    )
    text = message.format(**told)
    if rule == EQUAL_COUNTS:
        listed = _columns(details.get("names"))
        text = f"{text} {listed}" if is_english() else f"{text}{listed}"
    return DoubtText(text, advice)


def about(actor: Actor, item: SubmissionView) -> dict[str, object]:
    """Return what the page of a submission tells of questions and of releases."""
    asked = questions.questions_about(actor=actor, submission=item.id)
    return {
        "doubts": [(each, doubt(each.rule, each.details)) for each in asked],
        "released_from": queues.released_from(actor=actor, submission=item.id),
    }


def _told(key: str, value: object) -> object:
    return month(str(value)) if key in {"period", "earlier"} else value


def _columns(names: object) -> str:
    """Return the titles of columns of the monthly table, in brackets."""
    wanted = names if isinstance(names, list) else []
    chosen = [each for each in rulebook.categories() if each.name in wanted]
    titles = [local(each, "title") for each in chosen]
    return f"({'; '.join(titles)})" if is_english() else f"（{'、'.join(titles)}）"
