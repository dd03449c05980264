"""What `report` does once Django is ready."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import click
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from xinheng.apps.ledger.keys import SigningKeyError
from xinheng.apps.reports import operations
from xinheng.apps.reports.facts import NoOrganizationError
from xinheng.apps.reports.layout import FontMissingError, UnprintableError
from xinheng.apps.reports.operations import Issued, Order
from xinheng.apps.reports.sealing import SealError
from xinheng.cli import failures, looking_up
from xinheng.core.disclosures.names import SOLE_PROPRIETOR_PREFIX
from xinheng.core.identifiers import uscc as codes
from xinheng.core.reports.kinds import Kind
from xinheng.core.submissions.reasons import ReasonError
from xinheng.core.two_times import AsOf

ASKER = "operator"
TOLD_EVERY = 25


@dataclass(frozen=True, slots=True)
class Asked:
    """For which unit, if any, in which matter; `then` null for what is known now."""

    unit: str | None
    purpose: str
    then: AsOf | None
    as_json: bool

    @property
    def kind(self) -> Kind:
        """The kind of report that this is."""
        return Kind.PUBLIC if self.unit is None else Kind.ADMINISTRATIVE


def one(code: str, *, asked: Asked, out: Path) -> dict[str, Any]:
    """Write one report and return what it is; leave where that can't be."""
    began = time.perf_counter()
    wanted = codes.normalize(code)
    issued = _issue(wanted, _unit(asked), asked)
    if issued is None:
        failures.refuse(
            "UNKNOWN_ORGANIZATION",
            "登记库中没有这一统一社会信用代码。",
            "The register holds no organization under this code.",
            as_json=asked.as_json,
        )
    _write(out, issued.pdf, asked)
    return {
        "uscc": wanted,
        "kind": asked.kind.value,
        "code": issued.code,
        "entry": issued.entry,
        "bytes": len(issued.pdf),
        "then": _told(asked.then),
        "seconds": round(time.perf_counter() - began, 3),
    }


def many(file: Path, *, column: str, asked: Asked, out: Path) -> dict[str, Any]:
    """Write a report for each code of a file; those that are there already stay."""
    began, unit = time.perf_counter(), _unit(asked)
    wanted = list(_codes(file, column, asked))
    _make(out, asked)
    left: dict[str, int] = {}
    written = kept = 0
    for number, code in enumerate(wanted, start=1):
        path = out / f"{code}.pdf"
        reason = _why_not(code, asked)
        if reason is None and path.exists():
            kept += 1
        elif reason is None and (issued := _issue(code, unit, asked)):
            _write(path, issued.pdf, asked)
            written += 1
        else:
            key = reason or "UNKNOWN_ORGANIZATION"
            left[key] = left.get(key, 0) + 1
        if number % TOLD_EVERY == 0 or number == len(wanted):
            click.echo(f"{number}/{len(wanted)}", err=True)
    return {
        "codes": len(wanted),
        "kind": asked.kind.value,
        "written": written,
        "kept": kept,
        "not_written": left,
        "seconds": round(time.perf_counter() - began, 3),
    }


def _codes(file: Path, column: str, asked: Asked) -> Iterator[str]:
    """Yield each code of the file once, as the register writes it."""
    seen = set()
    for _, text in looking_up.read(file, column, as_json=asked.as_json):
        code = codes.normalize(text)
        if code not in seen:
            seen.add(code)
            yield code


def _why_not(code: str, asked: Asked) -> str | None:
    """Return why no report is made of a code; null where one is.

    What can't be a code names no file. Of persons in business nothing goes out in bulk.
    """
    if codes.reason(code) is not None:
        return "NO_CODE"
    is_public = asked.kind is Kind.PUBLIC
    if is_public and code.startswith(SOLE_PROPRIETOR_PREFIX):
        return "SOLE_PROPRIETOR"
    return None


def _issue(code: str, unit: str | None, asked: Asked) -> Issued | None:
    """Issue a report; null where the register does not hold the code, or did not."""
    order = Order(code, asked.kind, ASKER, asked.purpose, unit, then=asked.then)
    try:
        return operations.issue(order=order, site=_site(), at=timezone.now())
    except NoOrganizationError:
        return None
    except ReasonError:
        failures.fail(
            "PURPOSE",
            "请用 --purpose 写明事项（1至200个字符，不得含个人身份证号码）。",
            "Say the matter with --purpose, in 1 to 200 characters, without a person's"
            " number.",
            as_json=asked.as_json,
        )
    except UnprintableError as error:
        failures.fail(
            "GLYPH",
            f"字体中没有字符“{error.sign}”（{error.code}），报告未出具。",
            f"The font has no sign {error.sign} ({error.code}); no report was issued.",
            as_json=asked.as_json,
        )
    except (FontMissingError, SealError, SigningKeyError) as error:
        _cannot(error, asked)


def _cannot(error: Exception, asked: Asked) -> NoReturn:
    failures.fail(
        "REPORT",
        f"报告无法出具：{error}",
        f"The report can't be made: {error}",
        as_json=asked.as_json,
    )


def _site() -> str:
    """Return the address under which codes are verified; empty where none is set."""
    return f"{settings.SITE_URL}{reverse('portal:verify')}" if settings.SITE_URL else ""


def _told(then: AsOf | None) -> dict[str, Any] | None:
    if then is None:
        return None
    return {"on": then.on.isoformat(), "ledger_size": then.ledger_size}


def _unit(asked: Asked) -> str | None:
    if asked.unit is None:
        return None
    return looking_up.unit(asked.unit, as_json=asked.as_json)


def _make(directory: Path, asked: Asked) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as refused:
        _not_written(refused, asked)


def _write(path: Path, content: bytes, asked: Asked) -> None:
    """Write a file whole or not at all, so that a batch can be gone on with."""
    draft = path.with_name(f"{path.name}.part")
    try:
        draft.write_bytes(content)
        draft.rename(path)
    except OSError as refused:
        _not_written(refused, asked)


def _not_written(refused: OSError, asked: Asked) -> NoReturn:
    failures.fail(
        "OUT",
        f"报告无法写入：{refused.strerror}。",
        f"What --out names can't be written: {refused.strerror}.",
        as_json=asked.as_json,
    )
