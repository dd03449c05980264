"""Feed the intake rubbish: sound files of every format, broken at random.

Whatever is made of a file, the answer is a report whose counts add up or one sentence
in each language with nothing left behind. Workbooks and archives are decoded by a
confined process that is kept for many files (`decoders`), so that what asks for absurd
memory is fed, too, and a hundred thousand inputs take minutes.

    python -m tests.proofs.rubbish --inputs 100000 --seed 7 [--jobs N] [--keep DIR]
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import functools
import hashlib
import io
import json
import os
import random
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from unittest import mock

import openpyxl

from tests.factories import files
from tests.factories.old_workbooks import Sheet, as_rows, xls
from tests.pipeline.conftest import ON
from tests.proofs.decoders import Decoders
from xinheng.pipeline import context, preview, run
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.reading import confined
from xinheng.rulebook import catalog

CORPUS = Path("tests/fuzz")
PERMIT = catalog.dataset("permit")
SURROUNDINGS = replace(context.standard(ON), threads=1)
CHECKED = 5  # every fifth is checked whole, the others are only previewed

# What parsers stumble over.
TOKENS = (
    *(b'"', b",", b"\t", b"\r", b"\n", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\x81"),
    *(b'""', b'"\n', b";", b"|", b"=1+1", b"9.1E+17", b"#REF!", b"\xe2\x80\x8b"),
    *(b"<", b">", b"]]>", b"<!DOCTYPE a>", b"&#x0;", b"&amp;", b"</row>", b"<c>"),
    *(b'r="XFD1048576"', b't="s"', b"<v>999999999</v>", b"<v>-1</v>", b"1e308"),
    *(
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"\xff\xff\xff\xff",
        b"\0\0\0\0",
        b"../",
        b"A" * 99,
    ),
)
TIMES = (1, 1, 2, 4, 16)  # how often a file is changed


@functools.cache
def seeds() -> dict[str, bytes]:
    """Return a sound file of each kind, by its name."""
    rows = files.permit_rows(3)
    text = files.as_csv(rows)
    plain = text.decode("utf-8-sig")
    book = _xlsx(rows)
    return {
        "utf8.csv": plain.encode(),
        "marked.csv": text,
        "gb.csv": plain.encode("gb18030"),
        "wide.csv": plain.encode("utf-16"),
        "tabs.tsv": plain.replace(",", "\t").encode(),
        "book.xlsx": book,
        "book.xls": xls([Sheet(name="许可", rows=as_rows(rows))]),
        "texts.zip": _zip({"a.csv": text, "b.csv": text}),
        "books.zip": _zip({"a.xlsx": book}),
    }


def _xlsx(rows: list[dict[str, str]]) -> bytes:
    book, target = openpyxl.Workbook(), io.BytesIO()
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append(list(row.values()))
    book.active.append([911100006000373000, "=1/0", "#N/A"])
    book.save(target)
    return target.getvalue()


@functools.cache
def vast() -> bytes:
    """Return a workbook with a cell in the last place that a sheet can have.

    It is written as no spreadsheet does it, so that the look at all parts passes over
    it and the reader asks for half a terabyte.
    """
    with zipfile.ZipFile(io.BytesIO(seeds()["book.xlsx"])) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    far = b"<row><c r='XFD1048576'><v>1</v></c></row></sheetData>"
    parts[sheet] = parts[sheet].replace(b"</sheetData>", far)
    return _zip(parts)


def _zip(members: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def broken(content: bytes, chance: random.Random) -> bytes:
    """Return the bytes with a few changes; of a package mostly inside its parts."""
    if content.startswith(b"PK") and chance.random() < 0.7:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        name = chance.choice(list(parts))
        parts[name] = broken(parts[name], chance)
        return _zip(parts)
    encoding = _encoding(content)
    if encoding and chance.random() < 0.7:
        return _broken_text(content.decode(encoding), chance).encode(encoding)
    for _ in range(chance.choice(TIMES)):
        content = chance.choice(CHANGES)(content, chance)
    return content


def _encoding(content: bytes) -> str | None:
    """Return the encoding of a text, null where the bytes are none."""
    if content.startswith(b"\xff\xfe"):
        return "utf-16"
    for encoding in ("utf-8", "gb18030"):
        with contextlib.suppress(UnicodeDecodeError):
            content.decode(encoding)
            return None if b"\0" in content else encoding
    return None


def _broken_text(text: str, chance: random.Random) -> str:
    """Return text of which some characters were changed, but not its encoding."""
    for _ in range(chance.choice(TIMES)):
        start = chance.randint(0, len(text))
        end = start + chance.choice((0, 0, 1, 1, 2, 8, 64, 512))
        instead = chance.choice(
            ("", chance.choice(TOKENS).decode("latin-1"), text[start:end] * 3)
        )
        text = text[:start] + instead + text[end:]
    return text


def _flip(content: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(content) or 1)
    return content[:place] + chance.randbytes(1) + content[place + 1 :]


def _insert(content: bytes, chance: random.Random) -> bytes:
    place = chance.randint(0, len(content))
    return content[:place] + chance.choice(TOKENS) + content[place:]


def _overwrite(content: bytes, chance: random.Random) -> bytes:
    place, token = chance.randint(0, len(content)), chance.choice(TOKENS)
    return content[:place] + token + content[place + len(token) :]


def _delete(content: bytes, chance: random.Random) -> bytes:
    place = chance.randint(0, len(content))
    return content[:place] + content[place + chance.choice((1, 2, 8, 64, 512)) :]


def _repeat(content: bytes, chance: random.Random) -> bytes:
    start = chance.randint(0, len(content))
    piece = content[start : start + chance.choice((1, 4, 32, 256))]
    return content[:start] + piece * chance.choice((2, 3, 50)) + content[start:]


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randint(0, len(content))]


CHANGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    *(_flip, _flip, _insert, _insert, _overwrite, _overwrite),
    *(_delete, _repeat, _cut),
)


def inputs(count: int, *, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield names and broken files, every kind as often; those that kill are few."""
    chance = random.Random(seed)
    sound = [*list(seeds().items()) * 5, ("vast.xlsx", vast())]
    for number in range(count):
        name, content = sound[number % len(sound)]
        yield name, broken(content, chance)


def feed(content: bytes, name: str, place: Path, *, is_checked: bool) -> str:
    """Hand a file in; return the code of its refusal, else `report`.

    Raises:
        AssertionError: the answer is neither a report nor a refusal as it should be.
    """
    path, out = place / name, place / "out"
    path.write_bytes(content)
    try:
        if not is_checked:
            preview.preview(path, dataset=PERMIT)
            return "preview"
        report = run.check(path, dataset=PERMIT, context=SURROUNDINGS, out=out)
    except UnreadableFileError as refused:
        return _refused(refused, out)
    counts = (report.accepted, report.rejected, report.questionable)
    assert sum(counts) + (report.unlinked or 0) == report.rows_read > 0
    for left in out.iterdir():
        left.unlink()
    return "report"


def _refused(refused: UnreadableFileError, out: Path) -> str:
    assert refused.message_zh
    assert refused.message_en
    assert not out.exists() or not list(out.iterdir())
    return refused.code


def run_all(count: int, *, seed: int, keep: Path | None) -> collections.Counter[str]:
    """Feed so many inputs; what breaks is kept and raised."""
    answers: collections.Counter[str] = collections.Counter()
    with (
        tempfile.TemporaryDirectory() as place,
        Decoders() as decoders,
        mock.patch.object(confined, "_run", decoders.run),
    ):
        for number, (name, content) in enumerate(inputs(count, seed=seed)):
            try:
                is_checked = number % CHECKED == 0
                answer = feed(content, name, Path(place), is_checked=is_checked)
            except BaseException:
                if keep is not None:
                    _keep(content, name, keep)
                raise
            answers[answer] += 1
    return answers


def _keep(content: bytes, name: str, keep: Path) -> None:
    digest = hashlib.sha256(content).hexdigest()[:8]
    (keep / f"{digest}-{name}").write_bytes(content)


def run_jobs(
    count: int, *, seed: int, keep: Path | None, jobs: int
) -> collections.Counter[str]:
    """Feed the inputs in as many processes, each with a seed of its own."""
    shares = [count // jobs + (job < count % jobs) for job in range(jobs)]
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        running = [
            pool.submit(run_all, share, seed=seed + job, keep=keep)
            for job, share in enumerate(shares)
        ]
        return sum((each.result() for each in running), collections.Counter())


def main() -> None:
    """Feed, and print what came out as one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--keep", type=Path, default=CORPUS)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    os.environ["POLARS_MAX_THREADS"] = "1"  # for the processes that are started
    answers = run_jobs(asked.inputs, seed=asked.seed, keep=asked.keep, jobs=asked.jobs)
    print(json.dumps({"inputs": answers.total(), "answers": answers}, indent=1))


if __name__ == "__main__":
    main()
