"""Why a code is suggested, in words: `suggestions.toml`, by the reasons' stable codes.

A reason is written `LOOK_ALIKE@5` where it concerns one character, else by its code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from xinheng.core.linkage.repair import Reason, Suggestion
from xinheng.core.linkage.slips import Slip, Step
from xinheng.rulebook import reading
from xinheng.rulebook.failures import RulebookError

_FILE = "suggestions.toml"
_SHOWN = 3  # codes that are named where several are as likely


@dataclass(frozen=True, slots=True)
class Texts:
    """One reason in both languages."""

    text_zh: str
    text_en: str


@dataclass(frozen=True, slots=True)
class Told:
    """Reasons as stable codes and in words; no reason holds a refused value."""

    codes: tuple[str, ...]
    zh: str
    en: str


@cache
def load() -> Mapping[str, Texts]:
    """Return the texts of every reason.

    Raises:
        RulebookError: where one is missing, or belongs to no reason.
    """
    content = reading.read(resources.files("xinheng.rulebook") / _FILE)
    texts = {code: Texts(**table) for code, table in content.items()}
    wanted = {each.value for each in (*Slip, *Reason)}
    if texts.keys() != wanted:
        odd = ", ".join(sorted(texts.keys() ^ wanted))
        raise RulebookError(file=_FILE, problem=f"reasons without a pair: {odd}")
    return texts


def tell(suggestion: Suggestion) -> Told:
    """Return why the code is suggested."""
    reasons = [each for each in suggestion.reasons if each is not Reason.SEVERAL]
    return _told(suggestion.steps, reasons)


def tell_several(suggestions: Sequence[Suggestion]) -> Told:
    """Return that several codes are as likely as the first."""
    first = suggestions[0].level
    codes = [each.code for each in suggestions if each.level == first]
    texts = load()[Reason.SEVERAL]
    shown = "、".join(codes[:_SHOWN])
    shown_en = ", ".join(codes[:_SHOWN])
    return Told(
        (Reason.SEVERAL.value,),
        texts.text_zh.format(count=len(codes), codes=shown),
        texts.text_en.format(count=len(codes), codes=shown_en),
    )


def _told(steps: Iterable[Step], reasons: Iterable[Reason]) -> Told:
    known = load()
    codes, zh, en = [], [], []
    for step in steps:
        texts = known[step.slip]
        parts = {
            "place": step.place,
            "intended": step.intended,
            "written": step.written,
        }
        codes.append(f"{step.slip.value}@{step.place}")
        zh.append(texts.text_zh.format(**parts))
        en.append(texts.text_en.format(**parts))
    for reason in reasons:
        codes.append(reason.value)
        zh.append(known[reason].text_zh)
        en.append(known[reason].text_en)
    return Told(tuple(codes), "；".join(zh), "; ".join(en))
