"""Texts of the pages in Chinese: take them out of the code, keep them, compile them.

GNU gettext need not be installed: Django turns a template into calls that Babel can
read, and Babel writes the compiled catalog.

    python -m xinheng.web.messages extract    print the texts of code and templates
    python -m xinheng.web.messages update     bring the Chinese catalog up to date
    python -m xinheng.web.messages compile    write the .mo files that Django reads
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

HERE = Path(__file__).resolve().parent
LOCALE = HERE / "locale"
CHINESE = LOCALE / "zh_Hans" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}
LINE_WIDTH = 88


def extracted() -> Catalog:
    """Return every text of this package's code and templates, in the order of files."""
    catalog = Catalog(locale="zh_Hans")
    for path in sorted(HERE.rglob("*")):
        for message, context in _texts(path):
            catalog.add(
                message,
                locations=[(path.relative_to(HERE).as_posix(), 0)],
                context=context,
                flags={"python-format"} if _has_values(message) else set(),
            )
    return catalog


def _texts(path: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    if path.suffix == ".py":
        source = path.read_text("utf-8")
    elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
        # One line, because the blanked-out text would break Python's indentation; a
        # template's comment must end before it.
        calls = templatize(path.read_text("utf-8"), str(path))
        source = calls.replace(" #\n", " ").replace("\n", " ")
    else:
        return
    lines = io.BytesIO(source.strip().encode())
    for _, message, _, context in extract("python", lines, KEYWORDS):
        yield message, context


def _has_values(message: str | tuple[str, ...]) -> bool:
    return "%(" in (message if isinstance(message, str) else message[0])


def chinese() -> Catalog:
    """Return the Chinese catalog as it is kept."""
    with CHINESE.open("rb") as file:
        return read_po(file, locale="zh_Hans", abort_invalid=True)


def update() -> Catalog:
    """Write the Chinese catalog anew: new texts empty, unused ones left out."""
    catalog = chinese() if CHINESE.exists() else Catalog(locale="zh_Hans")
    catalog.update(extracted(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    CHINESE.parent.mkdir(parents=True, exist_ok=True)
    with CHINESE.open("wb") as file:
        _write(catalog, file)
    return catalog


def _write(catalog: Catalog, file: BinaryIO) -> None:
    # The header would only carry dates and addresses; the locale is in the path.
    write_po(file, catalog, width=LINE_WIDTH, include_lineno=False, omit_header=True)


def compile_all() -> list[Path]:
    """Write a .mo file beside every .po file and return their paths."""
    written = []
    for source in sorted(LOCALE.rglob("*.po")):
        target = source.with_suffix(".mo")
        with source.open("rb") as po, target.open("wb") as mo:
            write_mo(mo, read_po(po, locale=source.parents[1].name))
        written.append(target)
    return written


def main(arguments: list[str]) -> int:
    """Run one of the three commands and return the exit code."""
    match arguments:
        case ["extract"]:
            _write(extracted(), sys.stdout.buffer)
        case ["update"]:
            missing = sum(not m.string for m in update() if m.id)
            sys.stderr.write(f"{CHINESE}: {missing} texts without a translation\n")
        case ["compile"]:
            for path in compile_all():
                sys.stderr.write(f"{path}\n")
        case _:
            sys.stderr.write(f"{__doc__}\n")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
