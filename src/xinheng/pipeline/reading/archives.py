"""ZIP archives of tables, as departments send them: a file for each district or month.

Nothing is unpacked to a file. What a member may be is narrow on purpose: tables, and
what operating systems leave behind. Anything else can't be searched for persons.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from itertools import pairwise
from pathlib import Path, PurePosixPath

from xinheng.pipeline import refusals
from xinheng.pipeline.reading.sources import MemberSource

MOST_MEMBERS = 200
MOST_BYTES = 2 * 1024**3  # of all members, unpacked
MOST_WORKBOOK_BYTES = 256 * 1024**2  # of one workbook, which is held in memory
MOST_LITTER_BYTES = 1024**2

SUFFIX = ".zip"
_ARCHIVES = frozenset({SUFFIX, ".rar", ".7z", ".gz", ".tar", ".tgz", ".bz2", ".xz"})
_LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
_LITTER_FOLDER = "__MACOSX"
_IN_UTF_8 = 0x800
_COMMENTS = ("utf-8", "gb18030")  # nothing says which
NO_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
)


def is_archive(path: Path) -> bool:
    """Tell whether the package holds files and is not a document itself.

    Raises:
        UnreadableFileError: it is no package at all, or damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return "[Content_Types].xml" not in archive.namelist()
    except NO_ARCHIVE:
        raise refusals.damaged() from None


def members(path: Path, *, suffixes: frozenset[str]) -> tuple[MemberSource, ...]:
    """Return the tables of an archive, in the order of their names.

    Raises:
        UnreadableFileError: what is wrong with the archive or with one of its members.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = [part for part in archive.infolist() if not _is_folder(part)]
    except NO_ARCHIVE:
        raise refusals.damaged() from None
    _examine(parts)
    named = {_name(part): part for part in parts}
    if len(named) < len(parts):
        raise refusals.archive_names()
    tables = {name: part for name, part in named.items() if not _is_litter(name)}
    for name in tables:
        _require_table(name, suffixes)
    return tuple(
        MemberSource(path, part.filename, name) for name, part in sorted(tables.items())
    )


def litter(path: Path) -> list[str]:
    """Return what else is in the archive, as text in two readings, to be screened.

    Comments and the names of folders are, besides what operating systems left.
    """
    texts = []
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            texts += [_name(part) for part in parts if _is_folder(part)]
            for comment in [archive.comment, *(part.comment for part in parts)]:
                texts += [comment.decode(each, "replace") for each in _COMMENTS]
            for part in parts:
                if not _is_folder(part) and _is_litter(_name(part)):
                    content = archive.read(part)
                    texts += [content.decode("latin-1")]
                    texts += [content.decode("utf-16-le", "replace")]
    except NO_ARCHIVE:
        raise refusals.damaged() from None
    return texts


def _examine(parts: list[zipfile.ZipInfo]) -> None:
    if any(part.flag_bits & 1 for part in parts):
        raise refusals.archive_encrypted()
    if len(parts) > MOST_MEMBERS:
        raise refusals.archive_members(MOST_MEMBERS)
    if any(_is_trick(part) for part in parts):
        raise refusals.archive_names()
    if _overlap(parts):
        raise refusals.damaged()
    total = sum(part.file_size for part in parts)
    books = [part for part in parts if not part.filename.endswith((".csv", ".txt"))]
    litter = [part for part in parts if _is_litter(_name(part))]
    largest = max((part.file_size for part in books), default=0)
    if total > MOST_BYTES or largest > MOST_WORKBOOK_BYTES:
        raise refusals.archive_too_large()
    if sum(part.file_size for part in litter) > MOST_LITTER_BYTES:
        raise refusals.archive_content()


def _overlap(parts: list[zipfile.ZipInfo]) -> bool:
    """Tell whether members share bytes, as those of a bomb do."""
    in_order = sorted(parts, key=lambda part: part.header_offset)
    return any(
        part.header_offset + part.compress_size > following.header_offset
        or part.header_offset == following.header_offset
        for part, following in pairwise(in_order)
    )


def _is_folder(part: zipfile.ZipInfo) -> bool:
    """Do as `ZipInfo.is_dir`, which fails on a member without a name."""
    return part.filename.endswith("/")


def _is_trick(part: zipfile.ZipInfo) -> bool:
    """Tell whether the name leads out of the archive, or the member is no file."""
    name = _name(part)
    kind = stat.S_IFMT(part.external_attr >> 16)
    return (
        not name
        or "\0" in part.orig_filename
        or "\\" in name
        or name.startswith("/")
        or ":" in name
        or not {"..", "."}.isdisjoint(name.split("/"))
        or kind not in (0, stat.S_IFREG)
    )


def _is_litter(name: str) -> bool:
    path = PurePosixPath(name)
    is_lock = path.name.startswith(("~$", "._"))
    return path.name in _LITTER or path.parts[0] == _LITTER_FOLDER or is_lock


def _require_table(name: str, suffixes: frozenset[str]) -> None:
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in _ARCHIVES:
        raise refusals.archive_nested()
    if suffix not in suffixes:
        raise refusals.archive_content()


def _name(part: zipfile.ZipInfo) -> str:
    """Return the name; Chinese systems write it in GB18030 without saying so."""
    if part.flag_bits & _IN_UTF_8:
        return part.filename
    try:
        return part.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return part.filename
