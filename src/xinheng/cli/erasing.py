"""An erasure as the command line asks for it and tells it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import NoReturn

import click
from django.utils import timezone

from xinheng.apps.accounts.actors import OPERATOR
from xinheng.apps.custody import erasure, subjects
from xinheng.apps.ledger.erasing import KeptEntryError
from xinheng.apps.records import erasing as records
from xinheng.apps.records.erasing import Version
from xinheng.cli import failures
from xinheng.core.changes import cursor
from xinheng.core.submissions.reasons import ReasonError


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for on the command line."""

    records: tuple[str, ...]
    dataset: str | None
    decided_before: date | None
    entries: tuple[int, ...]
    subjects: tuple[str, ...]
    basis: str
    citation: str


def erase(asked: Asked, *, dry_run: bool, as_json: bool) -> None:
    """Erase and tell what went, or leave with the reason."""
    order = erasure.Order(
        versions=_find(asked, as_json=as_json),
        entries=asked.entries,
        basis=erasure.Basis(asked.basis),
        citation=asked.citation,
        subjects=_subjects(asked, as_json=as_json),
    )
    if dry_run:
        _tell_plan(order, as_json=as_json)
        return

    def refuse(code: str, message_zh: str, message_en: str) -> NoReturn:
        failures.refuse(code, message_zh, message_en, as_json=as_json)

    try:
        done = erasure.erase(order=order, actor=OPERATOR.account_id, at=timezone.now())
    except erasure.NothingToEraseError:
        refuse(
            "NOTHING_TO_ERASE",
            "没有找到仍有内容的记录，未删除任何内容。",
            "No such record still has content; nothing was erased.",
        )
    except KeptEntryError as kept:
        refuse(
            "ENTRY_KEPT",
            f"账本条目 {kept} 不存在，或属于证据本身（密钥、删除记录），不能清空。",
            f"Ledger entries {kept} are not there or are the evidence itself (keys,"
            " erasures); they can't be emptied.",
        )
    except ReasonError as error:
        failures.fail(
            str(error.fault),
            "依据应为1至500个字符，且不得含个人身份证号码。",
            "The citation has 1 to 500 characters and no number of a person.",
            as_json=as_json,
        )
    _tell(done, as_json=as_json)


def _subjects(asked: Asked, *, as_json: bool) -> tuple[str, ...]:
    try:
        subjects.with_parts(asked.subjects, on=timezone.localdate())
    except subjects.UnknownSubjectError as unknown:
        failures.refuse(
            "SUBJECT_NAME",
            f"{unknown.name[:80]}：没有这一项、仍有效力或已无内容。请写成 listing:12、"
            f"look-ups:统一代码 等；可用：{'、'.join(subjects.KINDS)}。名单、案件等应先"
            "终结。",
            f"{unknown.name[:80]}: not there, in effect still, or empty. Write"
            " listing:12, look-ups:CODE and the like; there are:"
            f" {', '.join(subjects.KINDS)}. A listing, case and so on has to be over"
            " first.",
            as_json=as_json,
        )
    return asked.subjects


def _find(asked: Asked, *, as_json: bool) -> tuple[Version, ...]:
    for name in asked.records:
        try:
            place = cursor.parse(name)
        except cursor.MalformedCursorError:
            place = cursor.BEGINNING
        if place.seq < 0 or place.row == cursor.WHOLE:
            failures.fail(
                "RECORD_NAME",
                "记录请按“账本条目.行号”填写，如 1024.17（见变更接口的 id）。",
                "A record is named as ENTRY.ROW, such as 1024.17 (the feed's id).",
                as_json=as_json,
            )
    found = records.find_by_names(asked.records)
    if asked.dataset and asked.decided_before:
        found += records.find_decided_before(
            dataset=asked.dataset, day=asked.decided_before
        )
    return found


def _tell_plan(order: erasure.Order, *, as_json: bool) -> None:
    versions = sum(each.key is not None for each in order.versions)
    parts = len(subjects.with_parts(order.subjects, on=timezone.localdate()))
    answer = {
        "versions": versions,
        "entries": len(order.entries),
        "subjects": parts,
        "erased": False,
    }
    if as_json:
        failures.print_json(answer)
    else:
        click.echo(
            f"将删除 {versions} 个记录版本、{len(order.entries)} 条账本内容、"
            f"{parts} 项所写内容；尚未删除。"
            f" {versions} versions, {len(order.entries)} entries and {parts} subjects"
            " would go; nothing was erased."
        )


def _tell(done: erasure.Erased, *, as_json: bool) -> None:
    if as_json:
        failures.print_json(asdict(done) | {"erased": True})
    else:
        click.echo(
            f"已删除 {done.versions} 个记录版本、{done.entries} 条账本内容，改写"
            f" {done.parts} 个归档文件，清空 {done.subjects} 项所写内容；"
            f"账本第 {done.ledger_seq} 条为证。此前的备份仍含这些内容，"
            "请按制度销毁；恢复时会自动再次删除。"
            f" {done.versions} versions and {done.entries} entries are gone,"
            f" {done.parts} files of the archive were rewritten, {done.subjects}"
            f" rows about subjects emptied; entry {done.ledger_seq} says so. Older"
            " backups still hold it: destroy them when their time has come; a restore"
            " erases it again."
        )
