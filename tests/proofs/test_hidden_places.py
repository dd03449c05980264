"""Personal numbers in what is no row of a file: nothing of them stays.

A number outside the rows does not refuse them, but then the file's bytes are not kept;
one in a name that would be stored refuses the file. Numbers in rows:
`test_personal_numbers.py`. Part of the rounds runs with the suite.
"""

from __future__ import annotations

import io
import os
import random
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from tests.factories import files, people
from tests.factories.old_workbooks import Sheet, as_rows, xls
from tests.proofs import rubbish
from tests.proofs.decoders import Decoders
from xinheng.pipeline import preview, run
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.reading import confined

WHOLE = os.environ.get("XINHENG_PROVE") == "whole"
ROUNDS = 60 if WHOLE else 6  # for each place
ROWS = files.permit_rows(3)
SEPARATORS = ("", " ", "  ", "-", "–", ".", "\u3000", "\xa0", "\u202f")

pytestmark = pytest.mark.proof


def said(number: str, chance: random.Random) -> str:
    """Return the number as somebody may have typed it in one line."""
    between = chance.choice(SEPARATORS)
    text = between.join((number[:6], number[6:-4], number[-4:]))
    wide = {ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789X"}
    text = chance.choice((text, text.translate(wide), text.lower()))
    return chance.choice(("{}", "证件{}", "示例甲（{}）", "联系人 {} 示例")).format(
        text
    )


def book(change: Callable[[openpyxl.Workbook], None]) -> bytes:
    made, target = openpyxl.Workbook(), io.BytesIO()
    made.active.append(list(ROWS[0]))
    for row in ROWS:
        made.active.append(list(row.values()))
    change(made)
    made.save(target)
    return target.getvalue()


def beside(text: str, *, state: str) -> bytes:
    def change(made: openpyxl.Workbook) -> None:
        other = made.create_sheet("另")
        other["C9"], other.sheet_state = text, state

    return book(change)


def old(**changes: object) -> bytes:
    title = str(changes.pop("title", ""))
    return xls([Sheet(name="许可", rows=as_rows(ROWS), **changes)], title=title)


def zipped(name: str, content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.csv", files.as_csv(ROWS))
        archive.writestr(name, content)
    return target.getvalue()


def validated(text: str) -> bytes:
    hint = DataValidation(type="list", formula1='"甲"', prompt=text, sqref="A2")
    return book(lambda made: made.active.add_data_validation(hint))


def in_name(text: str) -> bytes:
    name = DefinedName("列表", attr_text=f'"{text}"')
    return book(lambda made: made.defined_names.add(name))


# Where the number is: how the file is called, and what is in it.
Made = tuple[str, bytes]
PLACES: dict[str, Callable[[str], Made]] = {
    "a sheet that is no data": lambda it: ("a.xlsx", beside(it, state="visible")),
    "a hidden sheet": lambda it: ("a.xlsx", beside(it, state="hidden")),
    "a very hidden sheet": lambda it: ("a.xlsx", beside(it, state="veryHidden")),
    "a comment": lambda it: (
        "a.xlsx",
        book(lambda made: setattr(made.active["B2"], "comment", Comment(it, "甲"))),
    ),
    "the author of a comment": lambda it: (
        "a.xlsx",
        book(lambda made: setattr(made.active["B2"], "comment", Comment("甲", it))),
    ),
    "a document property": lambda it: (
        "a.xlsx",
        book(lambda made: setattr(made.properties, "keywords", it)),
    ),
    "a page header": lambda it: (
        "a.xlsx",
        book(lambda made: setattr(made.active.oddHeader.left, "text", f"表 {it}")),
    ),
    "a page footer": lambda it: (
        "a.xlsx",
        book(lambda made: setattr(made.active.evenFooter.right, "text", f"表 {it}")),
    ),
    "a defined name": lambda it: ("a.xlsx", in_name(it)),
    "a hint of a validation": lambda it: ("a.xlsx", validated(it)),
    "a formula": lambda it: (
        "a.xlsx",
        book(lambda made: made.create_sheet("另").append([f'=IF(1=1,"甲","{it}")'])),
    ),
    "the name of a sheet": lambda it: (
        "a.xlsx",
        book(lambda made: setattr(made.active, "title", it[:31])),
    ),
    "the name of the file": lambda it: (f"{it}.csv", files.as_csv(ROWS)),
    "the name of a member": lambda it: ("a.zip", zipped(f"{it}.csv", ROWS_TEXT)),
    "what a system left in an archive": lambda it: (
        "a.zip",
        zipped("__MACOSX/._a.csv", it.encode("utf-16-le")),
    ),
    "a title above the header": lambda it: (
        "a.csv",
        f"{it}\n".encode() + files.as_csv(ROWS).removeprefix(b"\xef\xbb\xbf"),
    ),
    "a comment of an old workbook": lambda it: ("a.xls", old(comments={(1, 1): it})),
    "a page header of an old workbook": lambda it: (
        "a.xls",
        old(page_header=f"表 {it}"),
    ),
}
ROWS_TEXT = files.as_csv(ROWS)


@pytest.fixture(scope="module")
def decoders() -> Iterator[Decoders]:
    with Decoders() as kept:
        yield kept


@pytest.mark.parametrize("where", PLACES)
class TestNumbersBesideTheRows:
    def test_are_found_and_stay_nowhere(
        self, tmp_path, monkeypatch, capfd, decoders, where
    ):
        monkeypatch.setattr(confined, "_run", decoders.run)
        chance = random.Random(where)

        for round_ in range(ROUNDS):
            number = people.number_18(chance)
            name, content = PLACES[where](said(number, chance))
            place = tmp_path / str(round_)
            place.mkdir()
            file, out = place / Path(name).name, place / "out"
            file.write_bytes(content)

            told = answers(file, out)

            file.unlink()
            captured = capfd.readouterr()
            texts = [told, captured.out, captured.err, *written(place)]
            assert not any(people.holds(text, number) for text in texts)


def answers(file: Path, out: Path) -> str:
    """Return all that is told of the file; its bytes may not be kept."""
    told = []
    try:
        told.append(str(preview.preview(file, dataset=rubbish.PERMIT)))
    except UnreadableFileError as refused:
        told.append(str(refused))
    try:
        report = run.check(
            file, dataset=rubbish.PERMIT, context=rubbish.SURROUNDINGS, out=out
        )
    except UnreadableFileError as refused:
        told.append(f"{refused} {refused.message_zh}")
        is_refused = refused.code == "PERSONAL_ID"
    else:
        told.append(str(report))
        is_refused = report.personal_data
    assert is_refused
    return "\n".join(told)


def written(place: Path) -> list[str]:
    """Return the text of all files, and the cells of those that are packed."""
    found = [path for path in place.rglob("*") if path.is_file()]
    cells = [str(pl.read_parquet(path).rows()) for path in found]
    return [path.read_bytes().decode("utf-8", "ignore") for path in found] + cells
