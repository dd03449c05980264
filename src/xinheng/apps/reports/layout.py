"""The report on paper: PDF/A-3b through Typst, with its data attached.

PDF/A forbids signs that the font does not have, so Typst refuses them by name.
"""

from __future__ import annotations

import io
import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final

import segno
import typst
from django.utils import timezone

from xinheng.core.reports.kinds import Kind
from xinheng.rulebook import credit_report

FONT = "Noto Serif CJK SC"
STANDARD: Final = "a-3b"
_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed')


class UnprintableError(ValueError):
    """A sign of the report that the font does not have; the message names it."""

    def __init__(self, sign: str) -> None:
        super().__init__(f"{sign} (U+{ord(sign[0]):04X})")
        self.sign = sign[0]
        self.code = f"U+{ord(sign[0]):04X}"


class FontMissingError(RuntimeError):
    """The machine has no Chinese font to set a report with."""

    def __init__(self) -> None:
        super().__init__(f"install {FONT} (Debian: apt-get install fonts-noto-cjk)")


@dataclass(frozen=True, slots=True)
class Attached:
    """What a report carries beside its pages; empty while it is only tried."""

    report: str = ""
    signature: str = ""
    receipt: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Where the report is verified: its code, and the address of its page, if any."""

    code: str = ""
    address: str = ""


def render(
    document: dict[str, Any], found: Found, attached: Attached, *, at: datetime
) -> bytes:
    """Return the report as PDF/A-3b; the same arguments give the same bytes.

    Raises:
        FontMissingError: no font to set it with.
        UnprintableError: a sign that the font does not have.
    """
    told = json.dumps(
        {
            "document": document,
            "texts": _texts(document["kind"]),
            "moment": _local(document["as_of"]),
            **asdict(found),
        },
        ensure_ascii=False,
    )
    made_at = at.replace(microsecond=0)
    inputs = {"told": told, "qr": _qr(found.address or found.code), **asdict(attached)}
    try:
        pdf, warnings = typst.Compiler(
            _template(), font_paths=_fonts(), sys_inputs=inputs
        ).compile_with_warnings(format="pdf", pdf_standards=STANDARD, timestamp=made_at)
    except typst.TypstError as error:
        missing = _MISSING.search(error.message)
        if missing is None:
            raise
        raise UnprintableError(missing[1]) from None
    if warnings or not isinstance(pdf, bytes):
        raise FontMissingError
    return pdf


def _local(moment: str) -> str:
    """Return an instant as the platform's clock shows it, with its distance to UTC."""
    local = timezone.localtime(datetime.fromisoformat(moment))
    return local.strftime("%Y-%m-%d %H:%M:%S %z")


@cache
def _template() -> bytes:
    return (files(__package__) / "report.typ").read_bytes()


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_embedded_fonts=False)


@cache
def _texts(kind: str) -> dict[str, Any]:
    rules = credit_report.rules()
    return {
        "kind": asdict(credit_report.kinds()[Kind(kind)]),
        "notes": [asdict(each) for each in rules.notes],
        "remedies": [asdict(each) for each in rules.remedies],
    }


def _qr(text: str) -> str:
    """Return a QR code as SVG; a blank while there is nothing to lead to."""
    drawn = io.BytesIO()
    segno.make(text or "-", error="m").save(drawn, kind="svg", scale=4, border=1)
    return drawn.getvalue().decode()
