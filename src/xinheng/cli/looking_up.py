"""What `standing` does once Django is ready."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils import timezone

from xinheng.apps.standing import operations
from xinheng.apps.standing.operations import (
    Asker,
    Channel,
    Question,
    UnknownMatterError,
)
from xinheng.apps.standing.snapshot import SnapshotNotReadyError
from xinheng.apps.standing.uses import NotLoggedError
from xinheng.apps.units import queries as units
from xinheng.apps.units.queries import UnknownUnitError
from xinheng.cli import failures, two_times
from xinheng.core import formulas
from xinheng.core.submissions.reasons import ReasonError
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.linkage.code_columns import CodeColumns
from xinheng.pipeline.reading import files
from xinheng.pipeline.reading.encodings import WrongEncodingError
from xinheng.rulebook import measures

COLUMNS = (
    *("row", "code", "state", "reason", "lists", "measure", "title", "title_en"),
    *("mode", "basis", "expires_on"),
)
BATCH_ROWS = 10_000
ASKER = "operator"
Row = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """In which matter, what for, for which unit; `on` null is today.

    `known_at` is a day or a size of the ledger as it was typed, empty for now.
    """

    matter: str
    purpose: str
    unit: str
    on: date | None
    known_at: str
    as_json: bool


def look_up(
    file: Path, *, column: str, asked: Asked, out: Path | None
) -> dict[str, Any]:
    """Look a file's codes up and return the counts; rows are written to `out`."""
    asker = Asker(ASKER, unit(asked.unit, as_json=asked.as_json), Channel.FILE)
    on = asked.on or timezone.localdate()
    then = two_times.read(known_at=asked.known_at, on="", as_json=asked.as_json)
    known_at = then.ledger_size if then else None
    question = Question(asked.matter, asked.purpose, on, known_at)
    states: Counter[str] = Counter()
    rows = list(read(file, column, as_json=asked.as_json))
    lines: list[list[object]] = []
    size = None
    for chunk in _chunks(rows):
        told = _ask(asker, question, [code for _, code in chunk], as_json=asked.as_json)
        size = told["ledger_size"]
        for (number, _), result in zip(chunk, told["results"], strict=True):
            states[result["state"]] += 1
            lines += _lines(number, result, told["measures"])
    if out is not None:
        _write(out, lines, as_json=asked.as_json)
    return {
        "rows": len(rows),
        "matter": asked.matter,
        "on": on.isoformat(),
        "ledger_size": size,
        "states": dict(states),
    }


def unit(code: str, *, as_json: bool) -> str:
    """Return the code of a source unit; leave with exit code 2 where there is none."""
    try:
        return units.get_unit(code).code
    except UnknownUnitError:
        failures.fail(
            "UNKNOWN_UNIT",
            f"没有信源单位“{code}”。",
            f"There is no source unit {code}.",
            as_json=as_json,
        )


def read(file: Path, column: str, *, as_json: bool) -> Iterator[Row]:
    """Yield (row, text) of a column of codes; leave where the file can't be read."""
    columns = CodeColumns(column)
    try:
        for reading in files.readings(file, file_name=file.name):
            try:
                batches = list(columns.read(file, reading, BATCH_ROWS))
            except WrongEncodingError:
                continue
            for batch in batches:
                rows = batch.select("row", "code").iter_rows()
                yield from ((number, code or "") for number, code in rows)
            return
    except UnreadableFileError as refused:
        failures.fail(
            refused.code, refused.message_zh, refused.message_en, as_json=as_json
        )


def _chunks(rows: Sequence[Row]) -> Iterator[list[Row]]:
    remaining = iter(rows)
    while chunk := list(islice(remaining, operations.MOST_CODES)):
        yield chunk


def _ask(
    asker: Asker, question: Question, codes: list[str], *, as_json: bool
) -> dict[str, Any]:
    try:
        text = operations.look_up_many(
            asker=asker, codes=codes, question=question, at=timezone.now()
        )
    except UnknownMatterError:
        known = "、".join(measures.rules().matters)
        failures.fail(
            "UNKNOWN_MATTER",
            f"没有这一事项。可用：{known}。",
            f"There is no such matter; there are: {known}.",
            as_json=as_json,
        )
    except ReasonError:
        failures.fail(
            "PURPOSE",
            "请写明查询用途（1至200个字符，不得含个人身份证号码）。",
            "Say what the look-up is for, in 1 to 200 characters, without a person's"
            " number.",
            as_json=as_json,
        )
    except (SnapshotNotReadyError, NotLoggedError):
        failures.fail(
            "NOT_LOGGED",
            "登记库无法读取或写入，未予回答，请重试。",
            "The register can't be read or written, so nothing is answered; try again.",
            as_json=as_json,
        )
    answer: dict[str, Any] = json.loads(text)
    return answer


def _lines(
    number: int, result: dict[str, Any], about: dict[str, Any]
) -> Iterator[list[object]]:
    """Yield a line for each measure of a row, one without any where there is none."""
    head = [
        number,
        result["uscc"] or "",
        result["state"],
        result.get("reason", ""),
        " ".join(result.get("lists", ())),
    ]
    for measure in result.get("measures") or ():
        told = about[measure["code"]]
        basis = "；".join(
            f"{each['title']}{each['article'] or ''}" for each in told["basis"]
        )
        yield [
            *head,
            measure["code"],
            told["title"],
            told["title_en"],
            told["mode"],
            basis,
            measure["expires_on"],
        ]
    if not result.get("measures"):
        yield [*head, "", "", "", "", "", ""]


def _write(out: Path, lines: Sequence[Sequence[object]], *, as_json: bool) -> None:
    try:
        with out.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            writer.writerows(
                [formulas.disarmed(cell) for cell in line] for line in lines
            )
    except OSError as refused:
        failures.fail(
            "OUT",
            f"结果文件无法写入：{refused.strerror}。",
            f"The file given with --out can't be written: {refused.strerror}.",
            as_json=as_json,
        )
