"""Files that feed the register: whole ones, and deltas.

A whole file (snapshot) says what is. A delta says what happened, row by row:

    新增  addition    the organization is new
    变更  change      it has another name, code, kind, industry, parent ...
    终止  ending      it was revoked, deregistered, merged, or its code is out of use

What a row doesn't state stays as it is, in both. The one function below decides what a
row does; the bulk import does the same on columns and is tested to agree.
"""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """What a row says that happened; a row of a whole file only states."""

    STATE = "state"
    ADD = "add"
    CHANGE = "change"


class Effect(StrEnum):
    """What a row does to the register."""

    ENTER = "enter"  # a new organization
    UPDATE = "update"  # an organization that is held, as far as it differs
    NONE = "none"  # an addition that was made already
    CLAIM = "claim"  # somebody else's code: kept for a person to decide
    UNKNOWN = "unknown"  # a change to what the register doesn't hold: refused


def effect(
    action: Action, *, is_held: bool, bears_name: bool, is_claimed: bool
) -> Effect:
    """Return what a row does.

    `is_held` says that the register holds the code, `bears_name` that its holder bears
    or bore the row's name, `is_claimed` that the row's name is an open claim on it.
    """
    if not is_held:
        return Effect.UNKNOWN if action is Action.CHANGE else Effect.ENTER
    if bears_name:
        return Effect.NONE if action is Action.ADD else Effect.UPDATE
    if is_claimed or action is Action.ADD:
        return Effect.CLAIM
    return Effect.UPDATE
