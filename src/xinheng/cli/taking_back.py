"""The proposal to take a submission back, as the command line makes and tells it."""

from __future__ import annotations

from dataclasses import asdict

import click
from django.urls import reverse
from django.utils import timezone

from xinheng.apps.accounts.actors import OPERATOR
from xinheng.apps.intake import reversing
from xinheng.apps.intake.queries import UnknownSubmissionError
from xinheng.apps.intake.reversing import By, Counted, NotReversibleError
from xinheng.cli import failures
from xinheng.core.submissions import reasons
from xinheng.core.submissions.reasons import ReasonError

_REFUSALS = {
    reversing.NOT_COMPLETED: (
        "该批次没有数据入库，无需撤回。",
        "Nothing of this submission was taken.",
    ),
    reversing.IS_RELEASE: (
        "这是放行批次，请撤回其来源批次。",
        "These rows were released: take back the submission that they came from.",
    ),
    reversing.OPEN_ALREADY: (
        "该批次已提出撤回或已撤回。",
        "It was proposed or done already.",
    ),
}


def propose(submission: str, *, reason: str, dry_run: bool, as_json: bool) -> None:
    """Propose it and tell what it means, or leave with why that can't be."""
    try:
        why = reasons.require(reason)
        counted = reversing.preview(submission=submission, actor=OPERATOR)
        entry = None
        if not dry_run:
            by = By(OPERATOR, why, timezone.now())
            entry = reversing.propose(submission=submission, by=by)
    except UnknownSubmissionError:
        failures.refuse(
            "SUBMISSION",
            "没有这个报送批次。",
            "There is no such submission.",
            as_json=as_json,
        )
    except NotReversibleError as error:
        failures.refuse(error.code, *_REFUSALS[error.code], as_json=as_json)
    except ReasonError as error:
        failures.fail(
            str(error.fault),
            "理由应为1至500个字符，且不得含个人身份证号码。",
            "The reason has 1 to 500 characters and no number of a person.",
            as_json=as_json,
        )
    _tell(submission, counted, entry, as_json=as_json)


def _tell(
    submission: str, counted: Counted, entry: int | None, *, as_json: bool
) -> None:
    page = reverse("desk:reversal", args=[submission])
    if as_json:
        told = {"submission": submission, **asdict(counted), "entry": entry}
        failures.print_json({**told, "confirm_at": page if entry is not None else None})
        return
    click.echo(
        f"撤回后：移除 {counted.withdrawn:,} 条，恢复 {counted.restored:,} 条，"
        f"其后已变更而保留 {counted.stays:,} 条，退回 {counted.sent_back:,} 行。"
    )
    click.echo(
        f"It would withdraw {counted.withdrawn:,}, restore {counted.restored:,}, leave"
        f" {counted.stays:,} changed since, send back {counted.sent_back:,} rows."
    )
    if entry is not None:
        click.echo(
            f"已提出（账本条目 {entry}），须由信用办另一人在 {page} 确认。"
            f" Proposed in ledger entry {entry}; another person confirms it at {page}."
        )
