"""The fictional city with its register, and files handed in for its units."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.factories import files
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.intake import operations as intake
from xinheng.apps.intake.views import SubmissionView
from xinheng.apps.organizations import operations as organizations
from xinheng.cli import founding
from xinheng.rulebook import samples

AT = datetime(2019, 6, 3, 2, 0, tzinfo=UTC)
PERSONAL_NUMBER = "210899199001010012"


def found(directory: Path, settings: Any) -> None:
    """Found the register in a directory of the test's own."""
    settings.DATA_DIR = directory
    settings.STAGING_DIR = directory / "staging"
    settings.ARCHIVE_DIR = directory / "archive"
    settings.KEYS_DIR = directory / "keys"
    settings.KEYS_DIR.mkdir(mode=0o700, exist_ok=True)
    founding.found()
    register = files.write_register(directory / "register.csv")
    organizations.import_register(path=register, actor="test", at=AT)


def clerk_of(unit: str) -> Actor:
    return Actor(f"clerk-of-{unit}", units=frozenset({unit}))


def hand_in(
    rows: Sequence[files.Row] | bytes,
    *,
    unit: str = "U02",
    dataset: str = "permit",
    period: str | None = "2019-05",
    name: str = "permits.csv",
    at: datetime = AT,
) -> SubmissionView:
    """Hand in a file and have it processed."""
    content = rows if isinstance(rows, bytes) else files.as_csv(rows)
    waiting = intake.receive(
        intake.HandIn(clerk_of(unit), unit, dataset, period, name, io.BytesIO(content)),
        at=at,
    )
    return intake.process(submission=waiting, at=at)


def some_wrong_rows() -> list[dict[str, str]]:
    """Return eight permit rows: five good, a wrong code, a late date, a person."""
    rows = files.permit_rows(8)
    code = rows[1]["行政相对人代码_1(统一社会信用代码)"]
    rows[1]["行政相对人代码_1(统一社会信用代码)"] = code[:-1] + (
        "0" if code[-1] != "0" else "1"
    )
    rows[2]["许可决定日期"] = "2031-01-01"
    rows[3]["备注"] = f"身份证 {PERSONAL_NUMBER}"
    return rows


def an_organization() -> samples.FictionalOrganization:
    """Return the first organization of the register that is a company."""
    return next(
        each
        for each in samples.organizations(400, seed=0)
        if not each.code.startswith("92")
    )


def a_sole_proprietor() -> samples.FictionalOrganization:
    return next(
        each
        for each in samples.organizations(400, seed=0)
        if each.code.startswith("92")
    )
