"""Inputs that a fuzzer makes by what they reach: atheris, over our own readers.

`rubbish` breaks whole files blindly; here the readers that are written in Python are
watched, and an input that gets somewhere new is changed further. The reader in Rust is
not: it is fed by `rubbish` through the confined process.

    text        delimited text in an encoding, with its header and its records
    parts       the XML of a sheet and of the workbook, within a package
    package     bytes taken for a package, as an archive and as a workbook
    old         bytes taken for a workbook of 1997

An input may end as a table, a refusal or a wrong encoding. Anything else breaks it, and
libFuzzer leaves the input in the directory `--keep`.

    python -m tests.proofs.guided --target parts --inputs 30000 [--keep DIR]
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["xinheng.pipeline.reading", "xlrd"]):
    from xinheng.pipeline.reading import (
        archives,
        delimited,
        encodings,
        kinds,
        marks,
        old_workbooks,
        packages,
    )

from tests.proofs import rubbish
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.matching import Matcher
from xinheng.pipeline.reading.encodings import WrongEncodingError
from xinheng.pipeline.reading.sources import HeldSource

CORPUS = rubbish.CORPUS
SHEET, WORKBOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
MEMORY_MB, SECONDS = 4096, 60
COUNT = Matcher(rubbish.PERMIT).count


def text(content: bytes) -> None:
    """Read delimited text in every encoding that it may have."""
    source = HeldSource(content, "a.csv")
    for encoding in encodings.candidates(content[: kinds.HEAD_BYTES]):
        sheet = delimited.open_sheet(source, encoding, COUNT, is_form=True)
        for frame in sheet.frames:
            assert frame.height >= 0


def parts(content: bytes) -> None:
    """Look at a package of which two parts are the input's halves."""
    sheet, _, workbook = content.partition(b"\0")
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr(SHEET, sheet)
        package.writestr(WORKBOOK, workbook)
    _examined(target.getvalue())


def package(content: bytes) -> None:
    """Take bytes for an archive, and for a workbook."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        path = Path(file.name)
        if archives.is_archive(path):
            archives.members(path, suffixes=kinds.TABLE_SUFFIXES)
            archives.litter(path)
    _examined(content)


def _examined(content: bytes) -> None:
    source = HeldSource(content, "a.xlsx")
    for part in packages.examine(source).flawed:
        list(marks.read(source, part).places())
    marks.sheet_parts(source)


def old(content: bytes) -> None:
    """Take bytes for a workbook of 1997."""
    book = old_workbooks.decode(HeldSource(content, "a.xls"), is_form=True)
    for cells in book.sheets:
        assert cells.frame.height >= 0
    book.asides()


TARGETS: dict[str, Callable[[bytes], None]] = {
    each.__name__: each for each in (text, parts, package, old)
}


def seeds(target: str) -> list[bytes]:
    """Return sound inputs to begin with."""
    sound = rubbish.seeds()
    if target == "text":
        return [sound[name] for name in sound if name.endswith((".csv", ".tsv"))]
    if target == "old":
        return [sound["book.xls"]]
    packed = [sound["book.xlsx"], rubbish.vast()]
    if target == "package":
        return [*packed, sound["texts.zip"], sound["books.zip"]]
    return [_halves(content) for content in packed]


def _halves(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(SHEET) + b"\0" + archive.read(WORKBOOK)


def main() -> None:
    """Fuzz one target; leave with a code above 0 where an input breaks it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--target", choices=TARGETS, required=True)
    parser.add_argument("--inputs", type=int, default=30_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--keep", type=Path, default=CORPUS)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        for number, content in enumerate(seeds(asked.target)):
            (Path(place) / str(number)).write_bytes(content)
        options = {
            "runs": asked.inputs,
            "seed": asked.seed,
            "max_len": 65_536,
            "rss_limit_mb": MEMORY_MB,
            "timeout": SECONDS,
            "report_slow_units": SECONDS,
            "artifact_prefix": f"{asked.keep}/{asked.target}-",
        }
        flags = [f"-{name}={value}" for name, value in options.items()]
        atheris.Setup([sys.argv[0], *flags, place], _one(TARGETS[asked.target]))
        atheris.Fuzz()


def _one(target: Callable[[bytes], None]) -> Callable[[bytes], None]:
    def feed(content: bytes) -> None:
        try:
            target(content)
        except (UnreadableFileError, WrongEncodingError):
            return

    return feed


if __name__ == "__main__":
    main()
