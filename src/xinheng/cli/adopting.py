"""What `rulebook` does once Django is ready."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.utils import timezone

from xinheng.apps.accounts import queries as accounts
from xinheng.apps.law import operations, queries
from xinheng.cli import failures
from xinheng.rulebook import editions

TEXTS = {
    "lawyer": (
        "律师姓名须为 1 至 100 个字，不得含身份证号码。",
        "A lawyer's name has 1 to 100 characters and holds no identity number.",
    ),
    "same_person": (
        "提出的人不能自己确认，须由第二人确认。",
        "Who proposed it can't confirm it: a second person does.",
    ),
    "adopted": (
        "本版规则已经采用。",
        "This edition of the rulebook is adopted already.",
    ),
    "changed": (
        "规则在提出之后已有变化，请重新提出。",
        "The rulebook has changed since it was proposed: propose it anew.",
    ),
}


def propose(
    *, lawyer: str, effective_on: date | None, username: str
) -> dict[str, object]:
    """Propose that a lawyer adopts the rulebook, in effect today by default."""
    proposed = operations.propose(
        lawyer=lawyer,
        effective_on=effective_on or timezone.localdate(),
        actor=_account(username),
        at=timezone.now(),
    )
    return _answer(proposed)


def confirm(*, adoption: int, username: str) -> dict[str, object]:
    """Confirm a proposal as the second person."""
    adopted = operations.adopt(
        adoption=adoption, actor=_account(username), at=timezone.now()
    )
    return _answer(adopted)


def diff(*, as_json: bool) -> dict[str, Any]:
    """Return what changed since the last adoption; leaves with 1 where none was."""
    changes = queries.changes_since_adoption()
    if changes is None:
        failures.refuse(
            "NOT_ADOPTED",
            "尚无律师采用任何一版规则。",
            "No edition of the rulebook has been adopted yet.",
            as_json=as_json,
        )
    return {
        "digest": editions.digest(),
        "changes": [
            {
                "file": change.file,
                "key": change.key,
                "before": change.before,
                "after": change.after,
            }
            for change in changes
        ],
    }


def lines(answer: Mapping[str, Any]) -> list[str]:
    """Return the changes as lines for people."""
    changes = [
        f"{each['file']}: {each['key']}: {each['before']} -> {each['after']}"
        for each in answer["changes"]
    ]
    return changes or [f"没有变化。 Nothing changed. {answer['digest']}"]


@contextmanager
def refusals(*, as_json: bool) -> Iterator[None]:
    """Turn a refusal into one line: exit 1, or 2 for a name that nothing bears."""
    try:
        yield
    except operations.AdoptionRefusedError as why:
        failures.refuse(why.reason.upper(), *TEXTS[why.reason], as_json=as_json)
    except accounts.UnknownAccountError as why:
        failures.fail(
            "UNKNOWN_ACCOUNT",
            f"没有可用账号“{why}”。",
            f"There is no open account {why}.",
            as_json=as_json,
        )
    except queries.UnknownAdoptionError as why:
        failures.fail(
            "UNKNOWN_ADOPTION",
            f"没有编号为 {why} 的提议。",
            f"There is no proposal number {why}.",
            as_json=as_json,
        )


def _account(username: str) -> str:
    found = accounts.find_account(username=username)
    if found is None:
        raise accounts.UnknownAccountError(username)
    return found.account_id


def _answer(adoption: queries.AdoptionView) -> dict[str, object]:
    return {
        "adoption": adoption.id,
        "digest": adoption.digest,
        "lawyer": adoption.lawyer,
        "effective_on": adoption.effective_on.isoformat(),
        "adopted": adoption.is_adopted,
    }
