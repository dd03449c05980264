"""Files as they reach the intake, in a clerk's name."""

from __future__ import annotations

import io
from collections.abc import Sequence

from tests.factories import files
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.intake.operations import HandIn


def hand_in(
    actor: Actor,
    rows: Sequence[files.Row],
    *,
    unit: str = "U01",
    period: str | None = "2019-05",
) -> HandIn:
    """Return the rows as a permit file that the actor hands in."""
    content = io.BytesIO(files.as_csv(rows))
    return HandIn(actor, unit, "permit", period, "permits.csv", content)
