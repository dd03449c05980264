"""Schemes of assessment: `assessment_schemes.toml`, and files that a city brings."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from xinheng.core.assessments.schemes import Fault, FaultCode, Scheme, faults
from xinheng.rulebook.reading import Place, build, tables


class FaultySchemeError(ValueError):
    """The scheme can't be used; `faults` says all that is wrong with it."""

    def __init__(self, found: tuple[Fault, ...]) -> None:
        super().__init__(", ".join(f"{each.code} {each.where}" for each in found))
        self.faults = found


@dataclass(frozen=True, slots=True)
class _Words:
    code: FaultCode
    zh: str
    en: str


@cache
def schemes() -> tuple[Scheme, ...]:
    """Return the schemes that are shipped, each without a fault.

    Raises:
        RulebookError: where one is faulty.
    """
    file = files("xinheng.rulebook") / "assessment_schemes.toml"
    found = load(file)
    for each in found:
        if wrong := faults(each):
            raise Place(file.name, each.name).error(str(FaultySchemeError(wrong)))
    return found


def load(file: Traversable) -> tuple[Scheme, ...]:
    """Return the schemes of a file, faulty ones too.

    Raises:
        RulebookError: where the file is no TOML, or a key is unknown or missing.
    """
    place = Place(file.name)
    return tuple(build(Scheme, each, place) for each in tables(file, "schemes"))


@cache
def words() -> dict[FaultCode, tuple[str, str]]:
    """Return each fault in Chinese and English."""
    file = files("xinheng.rulebook") / "assessment_words.toml"
    found = [build(_Words, each, Place(file.name)) for each in tables(file, "faults")]
    missing = set(FaultCode) - {each.code for each in found}
    if missing:
        raise Place(file.name).error(f"lacks {', '.join(sorted(missing))}")
    return {each.code: (each.zh, each.en) for each in found}


def told(fault: Fault) -> tuple[str, str]:
    """Return a fault with its place and both sums, in Chinese and English."""
    zh, en = words()[fault.code]
    if fault.stated is None:
        return f"“{fault.where}”：{zh}。", f"{fault.where}: {en}."
    sums_zh = f"写明 {fault.stated:f}，合计 {fault.computed:f}"
    sums_en = f"stated {fault.stated:f}, added up {fault.computed:f}"
    return f"“{fault.where}”：{zh}（{sums_zh}）。", f"{fault.where}: {en} ({sums_en})."


def as_text(scheme: Scheme) -> str:
    """Return a scheme as the text that is kept of it; `from_text` reads it back."""
    return json.dumps(_plain(asdict(scheme)), ensure_ascii=False, sort_keys=True)


def _plain(value: object) -> object:
    """Return a value without what is null, and with numbers as numbers."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items() if each is not None}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def from_text(text: str) -> Scheme:
    """Return the scheme of a text that `as_text` made."""
    table = json.loads(text, parse_float=Decimal)
    return build(Scheme, table, Place("assessment"))
