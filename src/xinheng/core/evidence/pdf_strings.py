"""The strings of a PDF: those that it states, and those that its pages show.

    (text\\051)   literal, with escapes      <30313233>   hexadecimal
    [(21) -20 (08)] TJ                       shown with shifts between the pieces

Pages show strings of glyph numbers, one or two bytes each; a table (ToUnicode) says
which characters these are. Which table belongs to which string is not worked out: each
string is read under every table.

Source: ISO 32000-1, sections 7.3.4, 9.4.3 and 9.10.3.
"""

from __future__ import annotations

import re
import struct
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from xinheng.core.evidence.faults import EvidenceError, Fault

# A piece of shown text; null is a gap that looks like a blank.
Pieces: TypeAlias = list[bytes | None]

_LITERAL = rb"\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*+\))*+\)"
_HEXADECIMAL = rb"<[0-9A-Fa-f\s]*+>"
_STRING = re.compile(rb"%b|%b" % (_LITERAL, _HEXADECIMAL), re.DOTALL)
_SHOWN = re.compile(
    rb"\[(?:%b|%b|[-+.\d\s]++)*+\]\s*TJ|(?:%b|%b)\s*(?:Tj|'|\")|\bET\b"
    % (_LITERAL, _HEXADECIMAL, _LITERAL, _HEXADECIMAL),
    re.DOTALL,
)
_PIECE = re.compile(
    rb"(%b|%b)|([-+]?\d+(?:\.\d*)?)" % (_LITERAL, _HEXADECIMAL), re.DOTALL
)
_WIDE_GAP = -200  # thousandths of the size, to the left
_SHORT_BLOCK = 4  # characters: such blocks may be single digits of one number
_ESCAPED = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_LINE_ENDS = frozenset({b"\n", b"\r", b"\r\n"})

_CHARACTERS = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
_RANGES = re.compile(rb"beginbfrange(.*?)endbfrange", re.DOTALL)
_PAIR = re.compile(rb"<([0-9A-Fa-f\s]+)>\s*<([0-9A-Fa-f\s]+)>")
_RANGE = re.compile(
    rb"<([0-9A-Fa-f\s]+)>\s*<([0-9A-Fa-f\s]+)>\s*(?:<([0-9A-Fa-f\s]+)>|\[([^\]]*)\])"
)
_HEX = re.compile(rb"<([0-9A-Fa-f\s]+)>")
_MOST_CODES = 0x10000
_MOST_MAPPED = 4 * _MOST_CODES  # by one table, in all its ranges


@dataclass(frozen=True, slots=True)
class Table:
    """What glyph numbers stand for, each of which is one byte or two."""

    is_wide: bool
    characters: dict[int, str]

    def read(self, string: bytes) -> str:
        """Return the text; numbers that the table doesn't know stay as they are."""
        if self.is_wide:
            numbers = struct.unpack(f">{len(string) // 2}H", string[: len(string) & ~1])
            return "".join(map(chr, numbers)).translate(self.characters)
        return string.decode("latin-1").translate(self.characters)


PLAIN = (Table(is_wide=False, characters={}), Table(is_wide=True, characters={}))


def stated(part: bytes) -> str:
    """Return all strings of a part as text, a bar between two of them."""
    strings = (_bytes(match[0]) for match in _STRING.finditer(part))
    return "|".join(map(_text, strings))


def shown(part: bytes, tables: Iterable[Table]) -> Iterator[str]:
    """Yield what a page shows, read under each of the tables."""
    if b"ET" not in part:
        return
    blocks = list(_blocks(part))
    for table in tables:
        yield "".join(_joined(block, table) for block in blocks)


def tables(parts: Iterable[bytes]) -> list[Table]:
    """Return the tables of glyphs that the parts hold, and the plain ones.

    Raises:
        EvidenceError: UNREADABLE, one says more than there are glyph numbers.
    """
    found = list(PLAIN)
    for part in parts:
        if b"beginbf" in part:
            table = _table(part)
            if table not in found:
                found.append(table)
    return found


def _blocks(part: bytes) -> Iterator[list[Pieces]]:
    """Yield blocks of shown strings, as the page keeps them together."""
    block: list[Pieces] = []
    for match in _SHOWN.finditer(part):
        if match[0] == b"ET":
            yield block
            block = []
        else:
            block.append(_pieces(match[0]))
    yield block


def _pieces(shown_at_once: bytes) -> Pieces:
    pieces: Pieces = []
    for string, gap in _PIECE.findall(shown_at_once):
        if string:
            pieces.append(_bytes(string))
        elif float(gap) <= _WIDE_GAP:
            pieces.append(None)
    return pieces


def _joined(block: list[Pieces], table: Table) -> str:
    text = " ".join(
        "".join(" " if each is None else table.read(each) for each in pieces)
        for pieces in block
    )
    return f"{text} " if len(text) < _SHORT_BLOCK else f"{text}|"


def _text(string: bytes) -> str:
    is_wide = string.startswith(b"\xfe\xff")
    return (
        string.decode("utf-16-be", "replace") if is_wide else string.decode("latin-1")
    )


def _bytes(string: bytes) -> bytes:
    """Return what a literal or hexadecimal string stands for."""
    if string.startswith(b"<"):
        digits = b"".join(string[1:-1].split())
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))
    return _ESCAPED.sub(_unescaped, string[1:-1]) if b"\\" in string else string[1:-1]


def _unescaped(match: re.Match[bytes]) -> bytes:
    told = match[1]
    if told[:1].isdigit() and told < b"8":
        return bytes([int(told, 8) & 0xFF])
    return b"" if told in _LINE_ENDS else _ESCAPES.get(told, told)


def _table(part: bytes) -> Table:
    characters: dict[int, str] = {}
    widths, room = set(), _MOST_MAPPED
    for section in _CHARACTERS.findall(part):
        for code, text in _PAIR.findall(section):
            widths.add(_width(code))
            characters[_number(code)] = _characters(text)
    for section in _RANGES.findall(part):
        for first, last, start, listed in _RANGE.findall(section):
            widths.add(_width(first))
            mapped = _range(_number(first), _number(last), start, listed)
            room -= len(mapped)
            if room < 0:
                raise EvidenceError(Fault.UNREADABLE)
            characters |= mapped
    return Table(is_wide=widths != {1}, characters=characters)


def _range(first: int, last: int, start: bytes, listed: bytes) -> dict[int, str]:
    codes = range(first, min(last + 1, first + _MOST_CODES))
    if listed:
        texts = map(_characters, _HEX.findall(listed))
        return dict(zip(codes, texts, strict=False))
    begin = _characters(start)
    stem, end = begin[:-1], ord(begin[-1]) if begin else 0
    reach = range(first, min(codes.stop, first + sys.maxunicode + 1 - end))
    return {code: f"{stem}{chr(end + code - first)}" for code in reach}


def _width(code: bytes) -> int:
    return (len(b"".join(code.split())) + 1) // 2


def _number(code: bytes) -> int:
    return int(b"".join(code.split()), 16)


def _characters(text: bytes) -> str:
    digits = b"".join(text.split()).decode("ascii")
    return bytes.fromhex(digits + "0" * (len(digits) % 2)).decode(
        "utf-16-be", "replace"
    )
