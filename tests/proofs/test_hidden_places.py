"""Personal numbers in what is no row of a file: nothing of them stays.

A number outside the rows does not refuse them; one in a name that would be stored
refuses the file. Searched are what is told and written by a check alone, and by a
register that took the file: its tables, its archive, staging, logs and the workbooks
that it hands back. Numbers in rows: `test_personal_numbers.py`. Part of the rounds runs
with the suite.
"""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from django.db import connection
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink

from tests.factories import city as cities
from tests.factories import files, people
from tests.factories.old_workbooks import Sheet, as_rows, xls
from tests.proofs import WHOLE, rubbish
from tests.proofs.decoders import Decoders
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.intake import mending_files, operations
from xinheng.apps.intake.models import Submission
from xinheng.apps.intake.operations import HandIn
from xinheng.apps.intake.views import SubmissionView
from xinheng.pipeline import preview, run
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.reading import confined

ROUNDS = 60 if WHOLE else 6  # for each place
# The last one is rejected, so that some of the file comes back.
ROWS = [*files.permit_rows(2), files.permit_rows(3)[2] | {"许可类别": "特别"}]
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


def tip(text: str) -> Hyperlink:
    return Hyperlink(ref="B2", location="A1", tooltip=text)


def validated(text: str) -> bytes:
    hint = DataValidation(type="list", formula1='"甲"', prompt=text, sqref="A2")
    return book(lambda made: made.active.add_data_validation(hint))


def in_name(text: str) -> bytes:
    name = DefinedName("列表", attr_text=f'"{text}"')
    return book(lambda made: made.defined_names.add(name))


def added(part: str, text: str, *, book_of: bytes | None = None) -> bytes:
    """Return the workbook with another part, as programs add them."""
    target = io.BytesIO(book_of or book(lambda made: None))
    with zipfile.ZipFile(target, "a") as package:
        package.writestr(part, text)
    return target.getvalue()


def in_runs(number: str) -> bytes:
    """Return a workbook with a comment of which half is bold, as people make them."""
    half = len(number) // 2
    runs = "".join(
        f'<r><rPr><b/><sz val="9"/></rPr><t xml:space="preserve">{text}</t></r>'
        for text in (number[:half], number[half:])
    )
    comment = f'<comments><comment ref="B2"><text>{runs}</text></comment></comments>'
    return added("xl/comments9.xml", comment)


def in_cell_runs(number: str) -> bytes:
    half = len(number) // 2
    rich = CellRichText(number[:half], TextBlock(InlineFont(b=True), number[half:]))
    return book(lambda made: made.create_sheet("另").append([rich]))


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
    "a comment in two runs": lambda it: ("a.xlsx", in_runs(it)),
    "a comment with numbers for its signs": lambda it: (
        "a.xlsx",
        added(
            "xl/comments9.xml",
            "<comments><text><t>"
            + "".join(f"&#{ord(sign)};" for sign in it)
            + "</t></text></comments>",
        ),
    ),
    "a cell in two runs": lambda it: ("a.xlsx", in_cell_runs(it)),
    "a text box": lambda it: (
        "a.xlsx",
        added(
            "xl/drawings/drawing9.xml",
            f"<xdr:wsDr><a:p><a:r><a:t>{it}</a:t></a:r></a:p></xdr:wsDr>",
        ),
    ),
    "a threaded comment": lambda it: (
        "a.xlsx",
        added("xl/threadedComments/threadedComment1.xml", f"<t><text>{it}</text></t>"),
    ),
    "a property of one's own": lambda it: (
        "a.xlsx",
        added("docProps/custom.xml", f"<p><vt:lpwstr>{it}</vt:lpwstr></p>"),
    ),
    "the cache of a pivot table": lambda it: (
        "a.xlsx",
        added("xl/pivotCache/pivotCacheRecords1.xml", f'<r><s v="{it}"/></r>'),
    ),
    "an external link": lambda it: (
        "a.xlsx",
        added("xl/externalLinks/externalLink1.xml", f"<e><v>{it}</v></e>"),
    ),
    "a tip of a link": lambda it: (
        "a.xlsx",
        book(lambda made: setattr(made.active["B2"], "hyperlink", tip(it))),
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


@pytest.fixture
def city(db: None, settings: Any, tmp_path: Path) -> None:
    cities.found(tmp_path, settings)


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
    packed = [path for path in found if path.suffix == ".parquet"]
    cells = [str(pl.read_parquet(path).rows()) for path in packed]
    return [path.read_bytes().decode("utf-8", "ignore") for path in found] + cells


def test_of_files_that_the_register_took_nothing_stays_either(
    city, settings, monkeypatch, capfd, caplog, decoders
):
    monkeypatch.setattr(confined, "_run", decoders.run)
    chance = random.Random(11)
    numbers, told = [], []
    rounds = max(ROUNDS // 10, 1)

    for where in list(PLACES) * rounds:
        numbers.append(people.number_18(chance))
        name, content = PLACES[where](said(numbers[-1], chance))
        told += handed_in(cities.clerk_of("U02"), name, content)

    captured = capfd.readouterr()
    texts = [*told, captured.out, captured.err, caplog.text, *tables()]
    texts += written(settings.DATA_DIR)
    assert Submission.objects.filter(state=Submission.State.COMPLETED).count() > rounds
    assert not any(people.holds(text, *numbers) for text in texts)


def handed_in(clerk: Actor, name: str, content: bytes) -> list[str]:
    """Hand a file in as the worker does, and as a dry run; return what is told."""
    told = []
    for act in (_received, _tried):
        hand_in = HandIn(clerk, "U02", "permit", "2019-05", name, io.BytesIO(content))
        try:
            done = act(hand_in)
        except UnreadableFileError as refused:
            told.append(f"{refused} {refused.message_zh} {refused.message_en}")
            continue
        told.append(repr(done))
        if done.has_rejects:
            workbook = mending_files.rejects_xlsx(
                actor=clerk, submission=done.id, language="zh-hans"
            )
            told.append(text_of_package(workbook))
    return told


def _received(hand_in: HandIn) -> SubmissionView:
    identifier = operations.receive(hand_in, at=cities.AT)
    return operations.process(submission=identifier, at=cities.AT)


def _tried(hand_in: HandIn) -> SubmissionView:
    return operations.submit(hand_in, at=cities.AT, dry_run=True)


def text_of_package(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return "\n".join(package.read(name).decode() for name in package.namelist())


def tables() -> Iterator[str]:
    """Yield what every table of the database holds."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            yield str(cursor.fetchall())
