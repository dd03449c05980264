"""Rows as bytes and back, in three forms; the same rows give the same bytes.

    csv    every cell in quotes, lines end with LF; utf-8-sig writes a mark first
    xml    Message(Header(dataset, package, rows), Body(row*(field*)))
    json   {"dataset", "package", "columns": [...], "rows": [[...]]}

A workbook (xlsx) is written by the pipeline. The tags of the XML are our own: those of
GB/T 39443 could not be read.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

from xinheng.core.exchange.profiles import Form

Table = Sequence[Sequence[str]]
_SPACE = str.maketrans({"\n": " ", "\r": " ", "\t": " "})


class UnreadablePackageError(ValueError):
    """The bytes are none of the form."""


class UnwritableError(ValueError):
    """A cell holds what the encoding can't say; `row` counts from 0."""

    def __init__(self, row: int) -> None:
        super().__init__(f"row {row}")
        self.row = row


@dataclass(frozen=True, slots=True)
class Content:
    """What a package says: header and cells."""

    dataset: str
    package: str
    titles: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]


def encode(content: Content, *, form: Form, encoding: str) -> bytes:
    """Return the bytes of a package.

    Raises:
        UnwritableError: where a cell can't be said in the encoding.
        ValueError: for a form that is not written here.
    """
    text = _WRITERS[form](content)
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        raise UnwritableError(_unwritable(content.cells, encoding)) from None


def row_bytes(cells: Sequence[str], *, form: Form, encoding: str) -> int:
    """Return what a row adds to a package's bytes, at least."""
    one = Content("", "", tuple("" for _ in cells), (tuple(cells),))
    none = Content("", "", one.titles, ())
    full = len(_WRITERS[form](one).encode(encoding, errors="replace"))
    return full - len(_WRITERS[form](none).encode(encoding, errors="replace")) + 1


def decode(data: bytes, *, form: Form, encoding: str) -> Content:
    """Return what bytes of a form say.

    Raises:
        UnreadablePackageError: where they are no package of the form.
    """
    try:
        return _READERS[form](data.decode(encoding))
    except (ValueError, KeyError, TypeError, ElementTree.ParseError) as wrong:
        raise UnreadablePackageError(type(wrong).__name__) from None


def _unwritable(cells: Table, encoding: str) -> int:
    for number, row in enumerate(cells):
        try:
            "".join(row).encode(encoding)
        except UnicodeEncodeError:
            return number
    return 0


def _csv(content: Content) -> str:
    target = io.StringIO(newline="")
    writer = csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(content.titles)
    writer.writerows(content.cells)
    return target.getvalue()


def _from_csv(text: str) -> Content:
    lines = [tuple(line) for line in csv.reader(io.StringIO(text, newline=""))]
    if not lines:
        raise ValueError
    return Content("", "", lines[0], tuple(lines[1:]))


def _json(content: Content) -> str:
    said = {
        "dataset": content.dataset,
        "package": content.package,
        "columns": list(content.titles),
        "rows": [list(row) for row in content.cells],
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def _from_json(text: str) -> Content:
    said = json.loads(text)
    rows = tuple(tuple(str(cell) for cell in row) for row in said["rows"])
    return Content(
        said["dataset"], said["package"], tuple(map(str, said["columns"])), rows
    )


def _xml(content: Content) -> str:
    head = (
        f"<Message><Header><dataset>{escape(content.dataset)}</dataset>"
        f"<package>{escape(content.package)}</package>"
        f"<rows>{len(content.cells)}</rows></Header><Body>"
    )
    columns = "".join(f"<column title={quoteattr(each)}/>" for each in content.titles)
    rows = "".join(
        "<row>" + "".join(f"<f>{_said(cell)}</f>" for cell in row) + "</row>"
        for row in content.cells
    )
    return f"{head}<columns>{columns}</columns>{rows}</Body></Message>"


def _said(cell: str) -> str:
    # XML 1.0 has no control characters; the catalog lets none of them in either.
    return escape("".join(each for each in cell.translate(_SPACE) if each >= " "))


def _from_xml(text: str) -> Content:
    if "<!" in text:  # neither a document type nor an entity has a place here
        raise ValueError
    root = ElementTree.fromstring(text)  # noqa: S314  (no DTD gets here)
    titles = tuple(each.attrib["title"] for each in root.iter("column"))
    rows = tuple(
        tuple(cell.text or "" for cell in row.iter("f")) for row in root.iter("row")
    )
    return Content(
        root.findtext("Header/dataset", ""),
        root.findtext("Header/package", ""),
        titles,
        rows,
    )


_WRITERS = {Form.CSV: _csv, Form.JSON: _json, Form.XML: _xml}
_READERS = {Form.CSV: _from_csv, Form.JSON: _from_json, Form.XML: _from_xml}
