"""The bulletin as DOCX: real styles, headings, tables with heads that repeat.

Headings make a table of contents, tables can be sorted and copied, charts carry their
words. The same document gives the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from xinheng.apps.statistics.pdf import alt
from xinheng.core.statistics.document import (
    Block,
    Cell,
    Chart,
    Document,
    Section,
    Table,
)
from xinheng.pipeline import charts

FONT = "Noto Serif CJK SC"
SEAL = RGBColor(0xA5, 0x28, 0x1B)
SOFT = RGBColor(0x4B, 0x56, 0x60)
# A document carries the moment of its making; ours says nothing by it.
_MADE_AT = datetime(2000, 1, 1, tzinfo=UTC)
_ZIP_DATE = (2000, 1, 1, 0, 0, 0)
_NARROW = 7  # points of a letter in the wide table
_SHORTEST, _LONGEST = 6, 40  # a column's width, in halves of a character
_HEAD = "2300"  # the height of heads that stand on end, in twentieths of a point
_SIZES = {"Normal": 11, "Heading 1": 14, "Heading 2": 11.5, "Title": 24, "Caption": 9}


def as_docx(document: Document) -> bytes:
    """Return the document as DOCX."""
    made = docx.Document()
    _set_styles(made)
    _set_properties(made, document)
    _head(made, document)
    for section in document.sections:
        _section(made, section)
    _colophon(made, document)
    content = io.BytesIO()
    made.save(content)
    return _repacked(content.getvalue())


def _set_styles(made: Any) -> None:
    for name, size in _SIZES.items():
        style = made.styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        for script in ("w:ascii", "w:hAnsi", "w:eastAsia"):
            fonts.set(qn(script), FONT)
        style.font.color.rgb = RGBColor(0x18, 0x21, 0x2B)
    made.styles["Title"].font.color.rgb = SEAL
    made.styles["Title"].font.bold = True
    for border in made.styles["Title"].element.iter(qn("w:bottom")):
        border.set(qn("w:color"), str(SEAL))
        border.attrib.pop(qn("w:themeColor"), None)
    made.styles["Caption"].font.color.rgb = SOFT
    made.styles["Caption"].font.bold = False
    language = OxmlElement("w:lang")
    language.set(qn("w:eastAsia"), "zh-CN")
    made.styles["Normal"].element.get_or_add_rPr().append(language)
    _set_page(made.sections[0])


def _set_page(section: Any) -> None:
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin = section.bottom_margin = Cm(2)


def _set_properties(made: Any, document: Document) -> None:
    about = made.core_properties
    about.title, about.subject = document.title, document.masthead
    about.author = about.last_modified_by = ""
    about.comments, about.keywords = "", document.period
    about.created = about.modified = _MADE_AT
    about.revision, about.language = 1, "zh-CN"


def _head(made: Any, document: Document) -> None:
    if document.mark:
        header = made.sections[0].header.paragraphs[0]
        header.text, header.alignment = document.mark, WD_ALIGN_PARAGRAPH.RIGHT
    _number_pages(made)
    masthead = made.add_paragraph(document.masthead, style="Title")
    masthead.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line = made.add_paragraph(f"{document.number}\t{document.dated}")
    line.paragraph_format.tab_stops.add_tab_stop(Cm(16.6), 2)  # at the right
    title = made.add_paragraph(style="Normal")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = title.add_run(document.title)
    run.bold, run.font.size = True, Pt(18)


def _number_pages(made: Any) -> None:
    """Put the page's number at the foot of each page, as a field."""
    footer = made.sections[0].footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    field = _element("w:fldSimple", instr="PAGE")
    run = OxmlElement("w:r")
    run.append(OxmlElement("w:t"))
    field.append(run)
    footer._p.append(field)


def _section(made: Any, section: Section) -> None:
    is_wide = any(block.table and block.table.upright for block in section.blocks)
    if is_wide:
        _widen(made)
    made.add_heading(section.title, 1)
    for block in section.blocks:
        _block(made, block)


def _widen(made: Any) -> None:
    """Go on with a new page that has small margins."""
    wide = made.add_section()
    wide.left_margin = wide.right_margin = Cm(1)
    wide.top_margin = wide.bottom_margin = Cm(1.4)


def _block(made: Any, block: Block) -> None:
    if block.title:
        made.add_heading(block.title, 2)
    for line in filter(str.strip, block.text.split("\n")):
        made.add_paragraph(line).paragraph_format.first_line_indent = Pt(22)
    if block.note:
        made.add_paragraph(block.note, style="Caption")
    if block.figures:
        _figures(made, block.figures)
    if block.chart:
        _chart(made, block.chart)
    if block.table:
        _table(made, block.table)


def _figures(made: Any, figures: tuple[tuple[str, str], ...]) -> None:
    grid = made.add_table(rows=2, cols=len(figures))
    for column, (name, value) in enumerate(figures):
        grid.cell(0, column).paragraphs[0].add_run(name).font.size = Pt(9)
        grid.cell(1, column).paragraphs[0].add_run(value).font.size = Pt(16)
    made.add_paragraph()


def _chart(made: Any, chart: Chart) -> None:
    title = made.add_paragraph(style="Normal")
    title.add_run(chart.title).bold = True
    title.paragraph_format.keep_with_next = True
    picture = io.BytesIO(charts.png(charts.bars(chart.bars)))
    shape = made.add_picture(picture, width=Cm(16.2))
    shape._inline.docPr.set("descr", alt(chart))


def _table(made: Any, table: Table) -> None:
    made.add_paragraph(
        table.caption, style="Caption"
    ).paragraph_format.keep_with_next = True
    # Rows of XML at once: one by one they take seconds.
    grid = made.add_table(rows=0, cols=len(table.heads), style="Table Grid")
    _set_widths(grid, table)
    _append(grid, tuple(map(Cell, table.heads)), table, is_head=True)
    sums = len(table.rows) - table.sums
    for number, row in enumerate(table.rows):
        _append(grid, row, table, is_sum=number >= sums)
    made.add_paragraph()


def _set_widths(grid: Any, table: Table) -> None:
    """Give the columns widths after what stands in them, within bounds."""
    grid.autofit = False
    if table.upright:
        margins = OxmlElement("w:tblCellMar")
        margins.append(_element("w:left", w="30", type="dxa"))
        margins.append(_element("w:right", w="30", type="dxa"))
        grid._tbl.tblPr.append(margins)
    whole = 19 if table.upright else 16.6
    weights = [_weight(table, place) for place in range(len(table.heads))]
    for column, weight in zip(grid.columns, weights, strict=True):
        column.width = Cm(whole * weight / sum(weights))


def _weight(table: Table, place: int) -> int:
    """Return how wide a column's longest text is; Chinese characters count twice."""
    texts = [row[place].text for row in table.rows]
    if not table.upright:
        texts.append(table.heads[place])
    return min(max(_SHORTEST, 1 + max(map(_width, texts), default=0)), _LONGEST)


def _width(text: str) -> int:
    return sum(2 if character > "\u2e80" else 1 for character in text)


def _append(
    grid: Any,
    row: tuple[Cell, ...],
    table: Table,
    *,
    is_head: bool = False,
    is_sum: bool = False,
) -> None:
    added = grid._tbl.add_tr()
    about = added.get_or_add_trPr()
    about.append(OxmlElement("w:cantSplit"))
    if is_head:
        if table.upright:
            about.append(_element("w:trHeight", val=_HEAD, hRule="atLeast"))
        about.append(OxmlElement("w:tblHeader"))
    for place, cell in enumerate(row):
        stands = is_head and table.upright and place >= table.labels
        added.append(
            _cell(cell, size=_size(table), is_bold=is_head or is_sum, stands=stands)
        )


def _size(table: Table) -> float:
    return _NARROW if table.upright else 9.5


def _cell(cell: Cell, *, size: float, is_bold: bool, stands: bool) -> Any:
    made, about = OxmlElement("w:tc"), OxmlElement("w:tcPr")
    if stands and len(cell.text) > 2:
        about.append(_element("w:textDirection", val="tbRlV"))
    about.append(_element("w:vAlign", val="center"))
    made.append(about)
    made.append(_paragraph(cell, size=size, is_bold=is_bold))
    return made


def _paragraph(cell: Cell, *, size: float, is_bold: bool) -> Any:
    made, about = OxmlElement("w:p"), OxmlElement("w:pPr")
    about.append(_element("w:spacing", before="0", after="0"))
    if cell.number is not None:
        about.append(_element("w:jc", val="right"))
    made.append(about)
    run, style = OxmlElement("w:r"), OxmlElement("w:rPr")
    if is_bold:
        style.append(OxmlElement("w:b"))
    style.append(_element("w:sz", val=str(round(size * 2))))
    run.append(style)
    text = OxmlElement("w:t")
    text.text = cell.text
    run.append(text)
    made.append(run)
    return made


def _element(name: str, **attributes: str) -> Any:
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def _colophon(made: Any, document: Document) -> None:
    made.add_heading("说明", 1)
    for name, text in document.colophon:
        line = made.add_paragraph()
        line.add_run(f"{name}：").bold = True
        line.add_run(text)


def _repacked(content: bytes) -> bytes:
    """Return the same package with one date on every part of it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name, part in _parts(content):
            told = zipfile.ZipInfo(name, _ZIP_DATE)
            told.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(told, part)
    return packed.getvalue()


def _parts(content: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        for name in source.namelist():
            yield name, source.read(name)
