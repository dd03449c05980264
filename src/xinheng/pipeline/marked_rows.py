"""Many marked rows written into a workbook: cells, comments and their boxes, as XML.

A workbook's writer takes cell by cell, which for ten thousand rows is seconds in a
request. So it makes the book without them, and what it would have written for each row
is made here column by column and put into the parts of the finished book:

    xl/worksheets/sheetN.xml          the rows, before the end of its data
    xl/comments1.xml                  the comments of the first sheet
    xl/drawings/vmlDrawing1.vml       the box in which each comment is shown

Source: ECMA-376 Part 1, 18.3.1.73 (row), 18.7 (comments); Part 4, 19 (VML).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import polars as pl
from xlsxwriter.utility import xl_col_to_name

SHEET = "xl/worksheets/sheet{}.xml"
COMMENTS, BOXES = "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml"

# XML 1.0 has no room for these, not even escaped.
_NO_XML = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}]"
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
_FIRST_BOX = 1025
_BOXES_OF_A_BLOCK = 1024
_WIDE, _HIGH = 5, 6  # columns and rows that a box covers
_COMPRESSION = 1  # twice as fast, and a little larger


# Of one part: patterns, and what is put in their place; the longest text comes last.
Changes = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Cells:
    """A column of cells: `text` (String, null where blank) and `style` (String).

    The style is the number of a format in the book, null where a blank cell has none.
    """

    text: pl.Series
    style: pl.Series


def rows_xml(columns: Sequence[Cells], *, first: int) -> str:
    """Return the rows of a sheet, of which the upper one has the number `first`."""
    height = len(columns[0].text)
    numbers = pl.int_range(first, first + height, eager=True).cast(pl.String)
    frame = pl.DataFrame(
        [numbers.alias("row")]
        + [each.text.alias(f"text{place}") for place, each in enumerate(columns)]
        + [each.style.alias(f"style{place}") for place, each in enumerate(columns)]
    )
    cells = [_cell(place) for place in range(len(columns))]
    row = pl.concat_str(
        pl.lit('<row r="'), "row", pl.lit('">'), *cells, pl.lit("</row>")
    )
    return "".join(frame.select(row).to_series())


def _cell(place: int) -> pl.Expr:
    text, style = pl.col(f"text{place}"), pl.col(f"style{place}")
    start = pl.concat_str(
        pl.lit(f'<c r="{xl_col_to_name(place)}'), "row", pl.lit('" s="'), style
    )
    filled = pl.concat_str(
        start,
        pl.lit('" t="inlineStr"><is><t xml:space="preserve">'),
        escaped(text),
        pl.lit("</t></is></c>"),
    )
    blank = pl.concat_str(start, pl.lit('"/>'))
    return pl.coalesce(filled, blank, pl.lit(""))


def escaped(text: pl.Expr) -> pl.Expr:
    """Return the text as XML may hold it."""
    kept = text.str.replace_all(_NO_XML, "")
    return reduce(
        lambda done, sign: done.str.replace_all(sign, _ESCAPED[sign], literal=True),
        _ESCAPED,
        kept,
    )


def rows_put(columns: Sequence[Cells], *, first: int) -> Changes:
    """Return what puts the rows at the end of a sheet, from the number `first`."""
    last = xl_col_to_name(len(columns) - 1), first + len(columns[0].text) - 1
    return [
        (r'(?<=<dimension ref=")[A-Z0-9:]+(?=")', f"A1:{last[0]}{last[1]}"),
        (r"(?=</sheetData>)", rows_xml(columns, first=first)),
    ]


def comments_put(comments: pl.DataFrame, *, before: int) -> dict[str, Changes]:
    """Return what puts comments behind those `before` them, which the book has.

    `comments` has `row` and `column` from 0, and `text`, in their order.
    """
    first = _FIRST_BOX + before
    last_block = (first + comments.height - 1) // _BOXES_OF_A_BLOCK
    blocks = ",".join(map(str, range(1, last_block + 1)))
    return {
        COMMENTS: [(r"(?=</commentList>)", _comments_xml(comments))],
        BOXES: [
            (r'(?<=<o:idmap v:ext="edit" data=")[0-9,]+(?=")', blocks),
            (r"(?=</xml>)", _boxes_xml(comments, first)),
        ],
    }


def _comments_xml(comments: pl.DataFrame) -> str:
    """Return the comments themselves."""
    letters = pl.col("column").replace_strict(
        _letters(comments["column"]), return_dtype=pl.String
    )
    each = pl.concat_str(
        pl.lit('<comment ref="'),
        letters,
        pl.col("row") + 1,
        pl.lit('" authorId="0"><text><r><t xml:space="preserve">'),
        escaped(pl.col("text")),
        pl.lit("</t></r></text></comment>"),
    )
    return "".join(comments.select(each).to_series())


def _letters(columns: pl.Series) -> dict[int, str]:
    return {place: xl_col_to_name(place) for place in columns.unique()}


def _boxes_xml(comments: pl.DataFrame, first: int) -> str:
    """Return the boxes of the same comments, hidden until somebody points there."""
    row, column = pl.col("row"), pl.col("column")
    each = pl.concat_str(
        pl.lit('<v:shape id="_x0000_s'),
        pl.int_range(first, first + comments.height),
        pl.lit(
            '" type="#_x0000_t202" style="position:absolute;visibility:hidden"'
            ' fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
            '<v:path o:connecttype="none"/><v:textbox/>'
            '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
            "<x:Anchor>"
        ),
        column + 1,
        pl.lit(", 15, "),
        row,
        pl.lit(", 10, "),
        column + 1 + _WIDE,
        pl.lit(", 15, "),
        row + _HIGH,
        pl.lit(", 8</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>"),
        row,
        pl.lit("</x:Row><x:Column>"),
        column,
        pl.lit("</x:Column></x:ClientData></v:shape>"),
    )
    return "".join(comments.select(each).to_series())


def put(book: bytes, changes: Mapping[str, Changes]) -> bytes:
    """Return the book with parts of it changed.

    Raises:
        ValueError: a pattern is not in the part exactly once.
    """
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book)) as source,
        zipfile.ZipFile(
            target, "w", zipfile.ZIP_DEFLATED, compresslevel=_COMPRESSION
        ) as made,
    ):
        for part in source.infolist():
            text = source.read(part)
            if part.filename in changes:
                text = _changed(text.decode(), changes[part.filename]).encode()
            # The same rows make the same bytes, whenever they are asked for.
            made.writestr(_entry(part), text)
    return target.getvalue()


def _entry(part: zipfile.ZipInfo) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(part.filename, part.date_time)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = part.external_attr
    return entry


def _changed(text: str, changes: Changes) -> str:
    for pattern, instead in changes:
        found = list(re.finditer(pattern, text))
        if len(found) != 1:
            raise ValueError(pattern)
        text = "".join((text[: found[0].start()], instead, text[found[0].end() :]))
    return text
