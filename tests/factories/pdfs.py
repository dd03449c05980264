"""Small PDFs, written object by object."""

from __future__ import annotations

import zlib

HEAD, TAIL = b"%PDF-1.7\n", b"trailer << /Root 1 0 R >>\n%%EOF\n"


def pdf(*objects: bytes) -> bytes:
    """Return a PDF of these objects, numbered from 1."""
    rows = (
        b"%d 0 obj\n%b\nendobj\n" % (number, each)
        for number, each in enumerate(objects, 1)
    )
    return HEAD + b"".join(rows) + TAIL


def stream(body: bytes, head: bytes = b"", *, packed: bool = True) -> bytes:
    """Return a stream, packed unless it is asked for plainly."""
    if packed:
        body, head = zlib.compress(body), head + b" /Filter /FlateDecode"
    length = b"/Length %d " % len(body)
    return b"<< " + length + head + b" >>\nstream\n" + body + b"\nendstream"


def page(shown: bytes) -> bytes:
    """Return a page's content that shows something."""
    return stream(b"BT /F1 12 Tf " + shown + b" ET")


def glyphs(digits: str, *, first: int = 0x20) -> tuple[bytes, bytes]:
    """Return a string of glyph numbers of two bytes, and the table that explains it."""
    codes = {each: first + place for place, each in enumerate(sorted(set(digits)))}
    shown = "".join(f"{codes[each]:04X}" for each in digits)
    pairs = "\n".join(f"<{code:04X}> <{ord(c):04X}>" for c, code in codes.items())
    table = f"{len(codes)} beginbfchar\n{pairs}\nendbfchar"
    return f"<{shown}>".encode(), stream(table.encode())
