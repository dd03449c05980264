"""Rows that are kept aside, and the people who may decide on them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.factories import files
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.intake import operations
from xinheng.apps.intake.views import SubmissionView
from xinheng.apps.organizations import operations as organizations
from xinheng.rulebook import samples

AT = datetime(2019, 6, 3, 2, 0, tzinfo=UTC)
LATER = datetime(2019, 6, 5, 2, 0, tzinfo=UTC)
OFFICE = Actor("office", sees_all_units=True, may_decide=True)
CODE, NAME = "行政相对人代码_1(统一社会信用代码)", "行政相对人名称"
# The register of the tests holds the first 400 organizations.
STRANGERS = samples.organizations(460, seed=0)[400:]


def clerk_of(unit: str) -> Actor:
    return Actor(f"clerk-of-{unit}", units=frozenset({unit}))


def submit(
    rows: Sequence[files.Row],
    *,
    unit: str = "U01",
    dataset: str = "permit",
    period: str | None = "2019-05",
    at: datetime = AT,
    actor: Actor | None = None,
) -> SubmissionView:
    content = io.BytesIO(files.as_csv(rows))
    who = actor or clerk_of(unit)
    hand_in = operations.HandIn(who, unit, dataset, period, "permits.csv", content)
    return operations.submit(hand_in, at=at)


def misnamed(row: files.Row) -> dict[str, str]:
    """Return the row under a name that the register never held for its code."""
    return {**row, NAME: "示例市另一家有限公司"}


def of_stranger(row: files.Row, number: int = 0) -> dict[str, str]:
    """Return the row about an organization that the register does not hold yet."""
    stranger = STRANGERS[number]
    kind = "个体工商户" if stranger.code.startswith("92") else "法人及非法人组织"
    changed = {CODE: stranger.code, NAME: stranger.name, "行政相对人类别": kind}
    return {**row, **changed}


def import_strangers(
    directory: Path, numbers: Sequence[int], *, renamed: bool = False
) -> list[str]:
    """Take some of the strangers into the register and return their codes."""
    chosen = [STRANGERS[number] for number in numbers]
    rows = [
        {"name": f"{each.name}分店" if renamed else each.name, "uscc": each.code}
        for each in chosen
    ]
    path = files.write_csv(directory / "strangers.csv", rows)
    organizations.import_register(path=path, actor="test", at=LATER)
    return [each.code for each in chosen]
