"""What a file is, by its name's ending and its first bytes.

The ending says what it should be, the first bytes what it is; where the two disagree
the file is refused. A workbook may be named as any kind of workbook.
"""

from __future__ import annotations

from xinheng.pipeline import refusals
from xinheng.pipeline.reading import encodings
from xinheng.pipeline.reading.sources import Source

TEXT_SUFFIXES = frozenset({".csv", ".txt", ".tsv"})
WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls"})
TABLE_SUFFIXES = TEXT_SUFFIXES | WORKBOOK_SUFFIXES
HEAD_BYTES = 4096

ZIP = b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"
COMPOUND = bytes.fromhex("D0CF11E0A1B11AE1")  # old workbooks, and encrypted new ones
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SIGNATURES = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x7fELF",
)


def is_text(source: Source, head: bytes, suffix: str) -> bool:
    """Tell text from workbooks.

    Raises:
        UnreadableFileError: where the content is not what the name's ending says.
    """
    if head.startswith(_SIGNATURES):
        raise refusals.binary()
    is_compound = head.startswith(COMPOUND)
    if is_compound and _is_encrypted(source):
        raise refusals.encrypted()
    is_workbook = is_compound or head.startswith(ZIP)
    if suffix in TEXT_SUFFIXES:
        if is_workbook:
            raise refusals.wrong_content()
        return True
    if not is_workbook:
        raise refusals.web_page()
    return False


def is_old(source: Source) -> bool:
    """Tell whether a workbook is of the format of 1997."""
    with source.open() as content:
        return content.read(len(COMPOUND)) == COMPOUND


def _is_encrypted(source: Source) -> bool:
    """Tell whether a compound file holds a workbook with a password.

    The name stands in the directory of the compound file, which may lie anywhere.
    """
    overlap = len(_ENCRYPTED) - 1
    before = b""
    with source.open() as content:
        for block in iter(lambda: content.read(encodings.BLOCK_BYTES), b""):
            if _ENCRYPTED in before + block:
                return True
            before = block[-overlap:]
    return False
