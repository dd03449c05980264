"""Tasks by file, for a unit without a network: carried out, answered, carried in.

    write   all that is open at a unit, as a signed package
    take    the unit's answers to it

A package holds everything that is open, so one that got lost loses nothing: the next
one brings it again, under the same keys. Its act stands in the ledger with the table's
digest, and the receipt in the package proves it without a network.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.ledger import queries as entries
from xinheng.apps.ledger import receipts
from xinheng.apps.measures import queries
from xinheng.apps.measures.queries import TaskView
from xinheng.core.measures.measures import Mode
from xinheng.core.measures.tasks import State
from xinheng.pipeline import feedback_rows
from xinheng.rulebook import list_schemes

ISSUED = "measures.file_issued"
TABLE, RECEIPT = "tasks.csv", "receipt.json"
MODES = {Mode.MANDATORY: "应当实施", Mode.REFERENCE: "参考", Mode.VOLUNTARY: "自主决定"}


@dataclass(frozen=True, slots=True)
class Package:
    """A ZIP of the table and the receipt of its act; counts of what it asks for."""

    name: str
    content: bytes
    tasks: int
    recalls: int
    digest: str
    entry: int


def write(*, actor: Actor, unit: str, at: datetime) -> Package:
    """Return all that is open at a unit, signed; nothing open makes an empty table.

    Raises:
        NotAllowedError: for whoever may not answer for the unit.
        SigningKeyError: where the ledger's key can't be used.
    """
    if not actor.may_submit_for(unit):
        raise NotAllowedError(f"fetch the tasks of {unit}")
    on = timezone.localdate(at)
    with transaction.atomic():
        # Whoever decides waits for the head, so the table is that of one moment.
        ledger.lock_head()
        waiting = queries.list_waiting(unit=unit)
        table = feedback_rows.write(_rows(waiting))
        recalls = sum(each.state is State.RECALL_OPEN for each in waiting)
        body: dict[str, object] = {
            "unit": unit,
            "sha256": sha256(table).hexdigest(),
            "tasks": len(waiting) - recalls,
            "recalls": recalls,
        }
        appended = ledger.append(
            kind=ISSUED,
            subject=f"unit:{unit}",
            actor=actor.account_id,
            body=body,
            at=at,
        )
    receipt = receipts.receipt(seq=appended.seq, size=entries.size())
    return Package(
        name=f"measures-{unit}-{on:%Y%m%d}-{appended.seq}.zip",
        content=_pack(table, receipt, on),
        tasks=len(waiting) - recalls,
        recalls=recalls,
        digest=str(body["sha256"]),
        entry=appended.seq,
    )


def _pack(table: bytes, receipt: Mapping[str, object], on: date) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in (
            (TABLE, table),
            (RECEIPT, json.dumps(receipt, ensure_ascii=False).encode()),
        ):
            entry = zipfile.ZipInfo(name, (on.year, on.month, on.day, 0, 0, 0))
            package.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _rows(waiting: Iterable[TaskView]) -> Iterator[tuple[str, dict[str, str]]]:
    titles = {each.name: each.title for each in list_schemes.schemes()}
    for task in waiting:
        is_recall = task.state is State.RECALL_OPEN
        yield (
            str(task.key),
            {
                "类别": "解除措施，应当恢复" if is_recall else "实施措施",
                "机构名称": task.organization,
                "统一社会信用代码": task.uscc,
                "措施": task.measure.title,
                "约束程度": MODES[task.measure.mode],
                "法律依据": "；".join(
                    f"{each.title}{each.article or ''}" for each in task.measure.basis
                ),
                "名单": titles.get(task.scheme, task.scheme),
                "生效日期": task.effective_on.isoformat(),
                "届满日期": task.expires_on.isoformat(),
                "解除日期": task.ended_on.isoformat() if task.ended_on else "",
                "办理期限": _last_day(task).isoformat(),
            },
        )


def _last_day(task: TaskView) -> date:
    if task.undo_by is not None:
        return task.undo_by
    return task.acknowledge_by if task.state is State.OPEN else task.report_by
