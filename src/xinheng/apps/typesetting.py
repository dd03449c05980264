"""Documents set as PDF/A, for any app: every character is shown, or nothing is issued.

A character that the fonts lack would be printed as an empty box: a notice to nobody.
PDF/A-2b (ISO 19005-2, 6.2.11.8) forbids that, so the typesetter refuses it and names
the characters. Other fonts of the machine never step in: what they draw in the private
use area is anybody's guess.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

import typst
from django.conf import settings

STANDARD: Literal["a-2b"] = "a-2b"
# The same bytes on every run: a PDF carries the moment of its making.
_MADE_AT = datetime(2000, 1, 1, tzinfo=UTC)
_FONTS = """\
#set text(font: json(bytes(sys.inputs.fonts)), lang: "zh", fallback: false)
"""
# A string as Rust writes it: the text `"..."` could not be displayed
_MISSING = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")


class FontMissingError(RuntimeError):
    """The machine lacks a font to set a document with; `font` names it."""

    def __init__(self, font: str) -> None:
        super().__init__(f"install {font} (Debian: apt-get install fonts-noto-cjk)")
        self.font = font


class GlyphMissingError(ValueError):
    """The fonts lack characters of a document; `characters` are these, each once."""

    def __init__(self, characters: str) -> None:
        codes = " ".join(f"U+{ord(character):04X}" for character in characters)
        super().__init__(f"no glyph for {characters} ({codes})")
        self.characters = characters
        self.codes = codes


def render(template: str, inputs: Mapping[str, str]) -> bytes:
    """Return a document as PDF/A; the same template and inputs give the same bytes.

    The template (Typst) finds the inputs as `sys.inputs`, and the fonts of
    `XINHENG_FONTS` already chosen.

    Raises:
        FontMissingError: one of the fonts is not on this machine.
        GlyphMissingError: none of the fonts has some character.
    """
    try:
        pdf, warnings = typst.compile_with_warnings(
            (_FONTS + template).encode(),
            sys_inputs={**inputs, "fonts": json.dumps(settings.FONTS)},
            timestamp=_MADE_AT,
            pdf_standards=[STANDARD],
        )
    except typst.TypstError as refused:
        missing = find_missing(refused.diagnostic)
        if not missing:
            raise
        raise GlyphMissingError(missing) from None
    if warnings:
        raise FontMissingError(_font_of(warnings[0].message))
    return pdf


def find_missing(diagnostic: str) -> str:
    """Return the characters that a refusal of the typesetter names, each once."""
    texts = (_unescape(found) for found in _MISSING.findall(diagnostic))
    return "".join(dict.fromkeys("".join(texts)))


def _unescape(text: str) -> str:
    python = _ESCAPE.sub(lambda found: f"\\U{int(found[1], 16):08x}", text)
    return str(ast.literal_eval(f'"{python}"'))


def _font_of(warning: str) -> str:
    _, _, name = warning.partition("unknown font family: ")
    named = {font.lower(): font for font in settings.FONTS}
    return named.get(name.lower(), settings.FONTS[0])
