"""What a decision does to the register, so that an undo can put it back.

| flag | who holds the code | who is not held |
|---|---|---|
| new code | keeps its identity and a former code | is entered under the new code |
| delete | its code is out of use from that day | nothing |
| keep | nothing | is entered, its code not conforming but confirmed |

Records hang on the organization, not on its code, so they follow.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from xinheng.apps.organizations import changes, corrections_states
from xinheng.apps.organizations.models import (
    Correction,
    Organization,
    OrganizationChange,
    OrganizationCode,
    OrganizationName,
    RegisterIssue,
)
from xinheng.core.disclosures.names import SOLE_PROPRIETOR_PREFIX
from xinheng.core.identifiers import names, uscc
from xinheng.core.merkle import canonical
from xinheng.core.organizations.corrections import Flag, Subject
from xinheng.core.organizations.status import Status, may_follow
from xinheng.pipeline.register_file import LONGEST_KEY

# Why a decision can't be carried out; stable codes.
CODE_HELD = "CODE_HELD"
OUT_OF_ORDER = "OUT_OF_ORDER"


class EffectError(ValueError):
    """The register does not allow it; nothing was changed. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Effect:
    """What was changed: the organization as it was (canonical JSON), and by which code.

    `key` is null and `kept` empty where the register stays as it is. `codes` are those
    for which rows may wait.
    """

    key: int | None = None
    kept: str = "{}"
    codes: tuple[str, ...] = ()


def apply(row: Correction, issue: RegisterIssue, *, at: datetime) -> Effect:
    """Carry out what was decided.

    Raises:
        EffectError: the register does not allow it.
    """
    flag, is_holder = Flag(row.flag), row.subject == Subject.HOLDER
    if is_holder:
        return _on_holder(flag, row, issue, at=at)
    if flag is Flag.NEW_CODE:
        return _enter(row.new_code, issue, at=at, conforms=True)
    if flag is Flag.KEEP:
        return _enter(uscc.normalize(issue.code), issue, at=at, conforms=False)
    return Effect()


def _on_holder(
    flag: Flag, row: Correction, issue: RegisterIssue, *, at: datetime
) -> Effect:
    if flag is Flag.KEEP:
        return Effect()
    rows = Organization.objects.select_for_update()
    holder = rows.get(issues=issue)
    kept = canonical.text(corrections_states.of(holder.id))
    day = row.effective_on
    assert day is not None  # noqa: S101  (a proposal has its day)
    if flag is Flag.DELETE:
        end(holder, Status.CODE_WITHDRAWN, day, at=at)
        return Effect(holder.id, kept, (holder.uscc,))
    _refuse_held(row.new_code, but=holder.id)
    before = holder.uscc
    _change(holder, "uscc", before, row.new_code, day, at)
    Organization.objects.filter(id=holder.id).update(nonconforming=False)
    return Effect(holder.id, kept, (row.new_code, before))


def end(holder: Organization, after: Status, day: date, *, at: datetime) -> None:
    """Let an organization end, in the state that says how.

    Raises:
        EffectError: OUT_OF_ORDER where it ended before, or its state changed later.
    """
    is_there = holder.status == after
    if is_there or not may_follow(Status(holder.status), after):
        raise EffectError(OUT_OF_ORDER)
    _change(holder, "status", holder.status, after.value, day, at)


def _change(
    holder: Organization, name: str, before: str, after: str, day: date, at: datetime
) -> None:
    later = OrganizationChange.objects.filter(
        organization=holder, field=name, effective_on__gt=day
    )
    if later.exists():
        raise EffectError(OUT_OF_ORDER)
    made = {
        "organization_id": [holder.id],
        "field": [name],
        "before": [before],
        "after": [after],
        "effective_on": [day],
        "is_latest": [True],
    }
    changes.record(pl.DataFrame(made), source=None, at=at)


def _refuse_held(code: str, *, but: int | None = None) -> None:
    kind = OrganizationCode.Kind.USCC
    bore = OrganizationCode.objects.filter(code=code, kind=kind)
    bore = bore.exclude(organization=but)
    if Organization.objects.filter(uscc=code).exists() or bore.exists():
        raise EffectError(CODE_HELD)


def _enter(code: str, issue: RegisterIssue, *, at: datetime, conforms: bool) -> Effect:
    _refuse_held(code)
    told = json.loads(issue.details)
    day = told.get("registered_on")
    registered_on = date.fromisoformat(day) if day else None
    row = Organization.objects.create(
        uscc=code,
        identifier=code[8:17],
        name=issue.name,
        name_key=names.fold(issue.name)[:LONGEST_KEY],
        kind=told.get("kind", ""),
        division=code[2:8],
        authority=issue.authority,
        registered_on=registered_on,
        is_sole_proprietor=code.startswith(SOLE_PROPRIETOR_PREFIX),
        nonconforming=not conforms,
        recorded_at=at,
    )
    nothing = {**corrections_states.of(row.id), "row": None}
    OrganizationName.objects.create(
        organization=row, name=row.name, effective_on=registered_on, recorded_at=at
    )
    return Effect(row.id, canonical.text(nothing), (code,))
