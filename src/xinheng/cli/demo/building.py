"""Building the demo city: register, accounts, files handed in, nil returns.

Every step looks at what is there already, so that a build that broke off goes on where
it stopped and a finished one is left as it is.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

from django.utils import timezone

from xinheng.apps.accounts.actors import OPERATOR, Actor
from xinheng.apps.intake import nil_returns, operations, queries
from xinheng.apps.intake.views import SubmissionView
from xinheng.apps.law import operations as law
from xinheng.apps.law import queries as adoptions
from xinheng.apps.organizations import operations as organizations_operations
from xinheng.apps.organizations import queries as organizations
from xinheng.apps.statistics import queries as statistics
from xinheng.cli.demo import (
    accounts,
    duties,
    issue,
    lists,
    measures,
    penalties,
    redress,
    unit_files,
)
from xinheng.cli.demo.facts import Facts
from xinheng.cli.demo.unit_files import UnitFile
from xinheng.core.catalog import periods
from xinheng.core.catalog.datasets import SourceUnit
from xinheng.core.statistics.monthly import MonthlyTable
from xinheng.rulebook import catalog, fiction, samples

# What a unit without anything to report states nil returns for.
NIL_DATASETS = ("permit", "penalty")
COMPLETED = "COMPLETED"
LAWYER = "示例律师"

Tell = Callable[[str], None]
Key = tuple[str, str]  # unit code, dataset


class BuildError(RuntimeError):
    """The demo city did not come out as the facts say: a defect of this program."""


def build(directory: Path, facts: Facts, *, tell: Tell) -> MonthlyTable:
    """Build what is missing and return the month's table.

    Raises:
        BuildError: where a file or the table did not come out as it should.
    """
    files = directory / "files"
    files.mkdir(parents=True, exist_ok=True)
    _import_register(files, tell=tell)
    since = date.fromisoformat(f"{facts.period}-01")
    accounts.open_all(directory, since=since, tell=tell)
    _adopt_rulebook(tell=tell)
    handed_in = _hand_in_all(files, facts, tell=tell)
    _file_nil_returns(facts, tell=tell)
    duties.assign_all(facts, without_records=NIL_DATASETS, tell=tell)
    issue.publish(facts, tell=tell)
    lists.list_some(tell=tell)
    measures.answer_some(tell=tell)
    redress.add_some(directory, tell=tell)
    penalties.add_some(tell=tell)
    table = statistics.table(period=facts.period)
    if handed_in:
        _compare(table, facts)
    return table


def list_month(period: str) -> list[SubmissionView]:
    """Return the submissions of the month, the latest first."""
    found: list[SubmissionView] = []
    number = 1
    while True:
        page = queries.list_submissions(actor=OPERATOR, page=number)
        found += [each for each in page.items if each.period == period]
        if not page.has_next:
            return found
        number += 1


def _adopt_rulebook(*, tell: Tell) -> None:
    """Have a lawyer who doesn't exist adopt the rulebook: the city doesn't either."""
    at = timezone.now()
    on = timezone.localdate(at)
    if adoptions.is_adopted(on=on):
        return
    tell(f"规则 rulebook  {LAWYER}")
    proposed = law.propose(lawyer=LAWYER, effective_on=on, actor="demo-office", at=at)
    law.adopt(adoption=proposed.id, actor="demo-lawyer", at=at)


def _import_register(files: Path, *, tell: Tell) -> None:
    if organizations.count() >= samples.POOL:
        return
    tell(f"机构名录 register  {samples.POOL}")
    path = files / "register.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(["机构名称", "统一社会信用代码", "成立日期", "信源单位编号"])
        writer.writerows(
            [each.name, each.code, each.registered_on.isoformat(), ""]
            for each in samples.organizations(samples.POOL)
        )
        # The units are organizations themselves: their own arrears count, too.
        writer.writerows(
            [fiction.unit_name(unit), fiction.unit_code(unit), "", unit.code]
            for unit in catalog.units()
        )
    organizations_operations.import_register(
        path=path, actor=OPERATOR.account_id, at=timezone.now()
    )


def _hand_in_all(files: Path, facts: Facts, *, tell: Tell) -> int:
    """Hand in what is missing and return how many files that were."""
    known = {(each.unit_code, each.dataset): each for each in list_month(facts.period)}
    planned = list(unit_files.plan(facts))
    handed_in = 0
    for number, file in enumerate(planned, start=1):
        before = known.get((file.unit.code, file.dataset.name))
        if before is not None and before.state == COMPLETED:
            continue
        path = file.write(files)
        done = _hand_in(file, path, facts.period, before)
        _check_verdict(file, done)
        handed_in += 1
        tell(f"{number:2d}/{len(planned)}  {_verdict(file, done)}")
    return handed_in


def _hand_in(
    file: UnitFile, path: Path, period: str, before: SubmissionView | None
) -> SubmissionView:
    """Push a file through the intake; one that was received already is gone on with."""
    if before is not None and not before.is_finished:
        return operations.process(submission=before.id, at=timezone.now())
    with path.open("rb") as content:
        hand_in = operations.HandIn(
            actor=_clerk(file.unit),
            unit=file.unit.code,
            dataset=file.dataset.name,
            period=period,
            file_name=path.name,
            content=content,
        )
        received = operations.receive(hand_in, at=_received_at(period))
    return operations.process(submission=received, at=timezone.now())


def _received_at(period: str) -> datetime:
    """Return when the demo's units hand in: on the third of the month after."""
    day = periods.first_day(periods.before(period, -1)).replace(day=3)
    return datetime.combine(day, time(10), tzinfo=timezone.get_default_timezone())


def _clerk(unit: SourceUnit) -> Actor:
    return Actor(f"demo-clerk-{unit.code}", units=frozenset({unit.code}))


def _check_verdict(file: UnitFile, done: SubmissionView) -> None:
    """Hold the verdict against what is known about the file."""
    if done.state != COMPLETED:
        raise BuildError(f"{file.name}: {done.error_zh} {done.error_en}")
    counts = done.verdict
    if (counts.rows_read, counts.accepted) != (len(file.rows), file.clean):
        raise BuildError(f"{file.name}: {counts} {dict(done.findings)}")


def _verdict(file: UnitFile, done: SubmissionView) -> str:
    counts = done.verdict
    kept_back = counts.rows_read - counts.accepted
    return f"{file.name}  入库 {counts.accepted}，未入库 {kept_back}"


def _file_nil_returns(facts: Facts, *, tell: Tell) -> None:
    stating = [row.unit for row in facts.units if row.nil_return]
    tell(f"零报告 nil returns  {len(stating)}")
    for unit in stating:
        for dataset in NIL_DATASETS:
            nil_returns.file_nil_return(
                actor=_clerk(unit),
                unit=unit.code,
                dataset=dataset,
                period=facts.period,
                at=_received_at(facts.period),
            )


def _compare(table: MonthlyTable, facts: Facts) -> None:
    """Hold every cell of the table against the bulletin's."""
    names = [column.name for column in table.columns]
    for row, expected in zip(table.units, facts.units, strict=True):
        cells = tuple(expected.cells.get(name, 0) for name in names)
        if row.cells != cells:
            raise BuildError(f"{row.unit.name}: {row.cells}, {cells}")
