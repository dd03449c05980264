"""Nil returns: a unit states that it has nothing to report (零报告).

A silent unit and a unit with nothing to report are different facts; this is the second.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.catalog import operations as catalog_lock
from xinheng.apps.catalog import queries as catalog
from xinheng.apps.intake.models import NilReturn
from xinheng.apps.intake.views import NilReturnView, nil_return_view
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.records import queries as records
from xinheng.apps.units import queries as units
from xinheng.core.catalog import periods


class NilReturnRefusedError(ValueError):
    """The nil return contradicts what is known; the messages say how."""

    def __init__(self, code: str, message_zh: str, message_en: str) -> None:
        super().__init__(f"{code}: {message_en}")
        self.code = code
        self.message_zh = message_zh
        self.message_en = message_en


@transaction.atomic
def file_nil_return(
    *, actor: Actor, unit: str, dataset: str, period: str, at: datetime
) -> NilReturnView:
    """File a nil return; the same one again is answered with the first.

    Raises:
        NilReturnRefusedError: records of the month are in the register, or the month
            has not begun.
        NotAllowedError, UnknownUnitError, UnknownDatasetError, InvalidPeriodError.
    """
    owner = units.get_unit(unit)
    if not actor.may_submit_for(owner.code):
        raise NotAllowedError(f"submit for {owner.code}")
    item = catalog.get_dataset(dataset)
    month = periods.parse(period)
    catalog_lock.lock(dataset=item.name)
    filed = (
        NilReturn.objects.select_related("unit")
        .filter(unit_id=owner.code, dataset=item.name, period=month)
        .first()
    )
    if filed is None:
        _refuse_contradiction(owner.code, item.name, month, at=at)
        filed = _file(owner.code, item.name, month, actor=actor, at=at)
    return nil_return_view(filed)


def _refuse_contradiction(unit: str, dataset: str, month: str, *, at: datetime) -> None:
    if month > periods.of(timezone.localdate(at)):
        raise NilReturnRefusedError(
            "PERIOD_FUTURE",
            f"{month} 尚未开始，不能提交零报告。",
            f"{month} has not begun; a nil return can't be filed yet.",
        )
    count = records.count_of_month(unit=unit, dataset=dataset, period=month)
    if count:
        raise NilReturnRefusedError(
            "RECORDS_EXIST",
            f"{month} 已报送 {count} 条记录，不能提交零报告。",
            f"{count} records of {month} are in the register; a nil return would"
            " contradict them.",
        )


def _file(
    unit: str, dataset: str, month: str, *, actor: Actor, at: datetime
) -> NilReturn:
    appended = ledger.append(
        kind="nil_return.filed",
        subject=f"unit:{unit}",
        actor=actor.account_id,
        body={"dataset": dataset, "period": month},
        at=at,
    )
    return NilReturn.objects.create(
        unit_id=unit,
        dataset=dataset,
        period=month,
        filed_by=actor.account_id,
        filed_at=at,
        ledger_seq=appended.seq,
    )
