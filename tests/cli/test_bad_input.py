"""Files that can't be taken: exit 2, one line in two languages, nothing stored."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from tests.factories import files, people
from tests.factories.city import PERSONAL_NUMBER
from xinheng.apps.intake.models import HeldRow, Submission
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.organizations.models import Organization
from xinheng.apps.records.models import Record
from xinheng.cli import founding
from xinheng.cli.commands import check, codes, crossfoot, import_, submit

PERHAPS_PERSONAL = "310115450427964"  # passes as a registration number, too
COMPOUND = bytes.fromhex("D0CF11E0A1B11AE1")
ROWS = files.permit_rows(2)
CSV = files.as_csv(ROWS)
HEADER, FIRST, SECOND = CSV.decode().splitlines()
CODE = "行政相对人代码_1(统一社会信用代码)"
Make = Callable[[Path], object]


def holding(content: bytes | str) -> Make:
    octets = content.encode() if isinstance(content, str) else content
    return lambda path: path.write_bytes(octets)


def workbook(change: Callable[[Any], object] = lambda sheet: None) -> bytes:
    """Return a good workbook with something done to its sheet."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(ROWS[0]))
    for row in ROWS:
        sheet.append(list(row.values()))
    change(sheet)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    """Return a good workbook in which one part is another one."""
    target = io.BytesIO()
    source = zipfile.ZipFile(io.BytesIO(workbook()))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in source.namelist():
            if part != name:
                archive.writestr(part, source.read(part))
        archive.writestr(name, content)
    return target.getvalue()


def far_away(sheet: Any) -> None:
    sheet["XFD1048576"] = "x"


def named_after_a_person(sheet: Any) -> None:
    sheet.title = PERSONAL_NUMBER


def loop(path: Path) -> None:
    path.symlink_to(path)


BAD: dict[str, tuple[str, Make, str]] = {
    "missing": ("absent.csv", lambda path: None, "FILE_MISSING"),
    "missing of two lines": ("a\nb.csv", lambda path: None, "FILE_MISSING"),
    "directory": ("a.csv", Path.mkdir, "FILE_DIRECTORY"),
    "pipe": ("a.csv", os.mkfifo, "FILE_SPECIAL"),
    "device": ("a.csv", lambda path: path.symlink_to("/dev/zero"), "FILE_SPECIAL"),
    "loop": ("a.csv", loop, "FILE_UNREADABLE"),
    "long name": ("x" * 300 + ".csv", lambda path: None, "FILE_UNREADABLE"),
    "empty": ("a.csv", holding(b""), "FILE_EMPTY"),
    "extension": ("a.doc", holding(CSV), "FILE_EXTENSION"),
    "no extension": (".csv", holding(CSV), "FILE_EXTENSION"),
    "program": ("a.csv", holding(b"\x7fELF\x02\x01" + bytes(99)), "FILE_BINARY"),
    "picture": ("a.xlsx", holding(b"\x89PNG\r\n\x1a\n" + bytes(99)), "FILE_BINARY"),
    "password": (
        "a.xlsx",
        holding(COMPOUND + bytes(9000) + "EncryptedPackage".encode("utf-16-le")),
        "FILE_ENCRYPTED",
    ),
    "old workbook": ("a.xls", holding(COMPOUND + bytes(9000)), "FILE_DAMAGED"),
    "text as old workbook": ("a.xls", holding(CSV), "FILE_CONTENT"),
    "text as workbook": ("a.xlsx", holding(CSV), "FILE_CONTENT"),
    "workbook as text": ("a.csv", holding(workbook()), "FILE_CONTENT"),
    "half a workbook": ("a.xlsx", holding(workbook()[:3000]), "FILE_DAMAGED"),
    "torn sheet": (
        "a.xlsx",
        holding(with_part("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row")),
        "FILE_DAMAGED",
    ),
    "stray cell": ("a.xlsx", holding(workbook(far_away)), "FILE_TOO_LARGE"),
    "bomb": (
        "a.xlsx",
        holding(with_part("docProps/custom.xml", b" " * 65 * 1024**2)),
        "FILE_TOO_LARGE",
    ),
    "nul": ("a.csv", holding(CSV + b"\0"), "FILE_BINARY"),
    "half a utf-16": (
        "a.csv",
        holding(CSV.decode().encode("utf-16")[:-1]),
        "FILE_ENCODING",
    ),
    "broken gb18030": (
        "a.csv",
        holding(CSV.decode().encode("gb18030") + b"\xc4"),
        "FILE_ENCODING",
    ),
    "row without end": (
        "a.csv",
        holding(f"{HEADER}\n{'x' * 21_000_000}"),
        "FILE_ROW_TOO_LONG",
    ),
    "no columns": ("a.csv", holding("a,b\n1,2\n"), "NO_COLUMNS"),
    "no key": ("a.csv", holding("备注\n甲\n"), "KEY_COLUMNS"),
    "two of one column": (
        "a.csv",
        holding(f"{HEADER},{CODE}\n{FIRST},x\n"),
        "DUPLICATE_COLUMN",
    ),
    "header alone": ("a.csv", holding(HEADER), "NO_ROWS"),
    "blank lines": ("a.csv", holding(HEADER + "\r\n" * 100_000), "NO_ROWS"),
    "blank rows": (
        "a.csv",
        holding(f"{HEADER}\n" + f"{',' * HEADER.count(',')}\n" * 100_000),
        "NO_ROWS",
    ),
    "person in the name": (f"{PERSONAL_NUMBER}.csv", holding(CSV), "PERSONAL_ID"),
    "person in a header": (
        "a.csv",
        holding(f"{HEADER},证件{PERSONAL_NUMBER}\n{FIRST},\n"),
        "PERSONAL_ID",
    ),
    "perhaps a person in a header": (
        "a.csv",
        holding(f"{HEADER},{PERHAPS_PERSONAL}\n{FIRST},\n"),
        "PERSONAL_ID",
    ),
    "person above the header": (
        "a.csv",
        holding(f"填报人 {PERSONAL_NUMBER}\n{HEADER}\n{FIRST}\n"),
        "PERSONAL_ID",
    ),
    "person in a sheet's name": (
        "a.xlsx",
        holding(workbook(named_after_a_person)),
        "PERSONAL_ID",
    ),
}
# What each reader asks for more, or less, than the check of a dataset.
OF_CODES = {
    name: code
    for name, (_, _, code) in BAD.items()
    if code not in {"PERSONAL_ID", "KEY_COLUMNS"}
} | {"no key": "NO_COLUMNS"}
# A table without their header is refused before its end is read.
AT_THE_END = {"nul", "half a utf-16", "broken gb18030", "row without end"}
OF_ANY_TABLE = {
    name: code
    for name, (_, _, code) in BAD.items()
    if code.startswith("FILE_") and name not in AT_THE_END
}


@pytest.fixture
def bad(tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that makes the bad file of that name."""

    def make(name: str) -> Path:
        file_name, content, _ = BAD[name]
        directory = tmp_path / "in"
        directory.mkdir()
        content(directory / file_name)
        return directory / file_name

    return make


def run(command: Any, file: Path, *more: str) -> Result:
    return CliRunner().invoke(command, [str(file), *more])


def assert_refused(command: Any, file: Path, *more: str, code: str) -> None:
    """Run without and with --json; the code is null where any will do."""
    plain, as_json = run(command, file, *more), run(command, file, *more, "--json")

    assert (plain.exit_code, as_json.exit_code) == (2, 2), (
        plain.exception,
        as_json.exception,
    )
    assert isinstance(plain.exception, SystemExit)
    assert (plain.stdout, as_json.stderr) == ("", "")
    assert plain.stderr.count("\n") == as_json.stdout.count("\n") == 1
    (error,) = json.loads(as_json.stdout).values()
    assert error["code"] == code
    assert error["message_zh"] in plain.stderr
    assert error["message_en"] in plain.stderr
    said = plain.output + as_json.output
    assert not people.holds(said, PERSONAL_NUMBER, PERHAPS_PERSONAL)


@pytest.mark.parametrize("name", BAD)
def test_check_refuses(bad, tmp_path, name):
    out = tmp_path / "out"

    assert_refused(
        check.command,
        bad(name),
        "--dataset=permit",
        f"--out={out}",
        code=BAD[name][2],
    )

    assert not out.exists() or list(out.iterdir()) == []


@pytest.mark.parametrize("name", OF_CODES)
def test_codes_refuses(bad, tmp_path, name):
    out = tmp_path / "out.csv"

    assert_refused(
        codes.command,
        bad(name),
        f"--column={CODE}",
        f"--out={out}",
        code=OF_CODES[name],
    )

    assert not out.exists()


@pytest.mark.parametrize("name", OF_ANY_TABLE)
def test_crossfoot_refuses(bad, name):
    assert_refused(crossfoot.command, bad(name), code=OF_ANY_TABLE[name])


@pytest.fixture
def empty_register(db, settings, tmp_path, monkeypatch) -> Path:
    """A founded register in a directory of the test's own."""
    settings.DATA_DIR = tmp_path / "data"
    settings.STAGING_DIR = tmp_path / "data" / "staging"
    settings.ARCHIVE_DIR = tmp_path / "data" / "archive"
    settings.KEYS_DIR = tmp_path / "data" / "keys"
    settings.KEYS_DIR.mkdir(mode=0o700, parents=True)
    founding.found()
    for command in (submit, import_):
        monkeypatch.setattr(command, "prepare", lambda directory, as_json: None)
    return Path(settings.DATA_DIR)


def assert_untouched(register: Path, *, ledger_size: int) -> None:
    assert ledger.size() == ledger_size
    for model in (Submission, HeldRow, Record, Organization):
        assert not model.objects.exists()
    left = [path for path in register.rglob("*") if path.is_file()]
    assert [path for path in left if "keys" not in path.parts] == []


class TestRegister:
    """One test for each command: the register is founded once for all the files."""

    def test_keeps_nothing_of_a_submission(self, empty_register, tmp_path):
        size = ledger.size()
        for number, (name, content, code) in enumerate(BAD.values()):
            file = tmp_path / str(number) / name
            file.parent.mkdir()
            content(file)

            assert_refused(
                submit.command, file, "--dataset=permit", "--unit=U01", code=code
            )

            assert_untouched(empty_register, ledger_size=size)

    def test_keeps_nothing_of_an_import(self, empty_register, tmp_path):
        size = ledger.size()
        for number, name in enumerate(OF_ANY_TABLE):
            file = tmp_path / str(number) / BAD[name][0]
            file.parent.mkdir()
            BAD[name][1](file)

            assert_refused(import_.command, file, code=OF_ANY_TABLE[name])

            assert_untouched(empty_register, ledger_size=size)


ODD: dict[str, tuple[str, bytes]] = {
    "utf-8 with a mark": ("a.csv", b"\xef\xbb\xbf" + CSV),
    "utf-16, little end first": (
        "a.csv",
        b"\xff\xfe" + CSV.decode().encode("utf-16-le"),
    ),
    "utf-16, big end first": ("a.csv", b"\xfe\xff" + CSV.decode().encode("utf-16-be")),
    "gb18030": ("a.csv", CSV.decode().encode("gb18030")),
    "gb18030, four bytes each": (
        "a.csv",
        CSV.decode().replace("示例市", "示例市㐀𠀀").encode("gb18030"),
    ),
    "line ends of old": ("a.csv", CSV.replace(b"\r\n", b"\r")),
    "line ends of Unix": ("a.txt", CSV.replace(b"\r\n", b"\n")),
    "no last line end": ("a.csv", CSV.rstrip()),
    "a header of two lines": (
        "a.csv",
        CSV.replace("许可编号".encode(), '"许可\n编号"'.encode(), 1),
    ),
    "a header in full width": (
        "a.csv",
        CSV.replace(b"(", "（".encode()).replace(b")", "）".encode()),
    ),
    "titles above": (
        "a.csv",
        f"行政许可公示\n\n{HEADER}\n{FIRST}\n{SECOND}\n".encode(),
    ),
    "blank columns": ("a.csv", f"{HEADER},,\n{FIRST},,\n{SECOND},,\n".encode()),
    "capitals": ("A.CSV", CSV),
    "a name with quotes": ("q'\"$(x).csv", CSV),
    "a name of two lines": ("a\nb.csv", CSV),
    "a workbook": ("a.xlsx", workbook()),
}


@pytest.mark.parametrize("name", ODD)
def test_check_takes(tmp_path, name):
    file_name, content = ODD[name]
    file = tmp_path / file_name
    file.write_bytes(content)

    done = run(check.command, file, "--dataset=permit", "--json", "--on=2019-06-03")

    assert json.loads(done.stdout)["rows_read"] == 2
    assert json.loads(done.stdout)["accepted"] == 2
    assert (done.exit_code, done.stderr) == (0, "")
