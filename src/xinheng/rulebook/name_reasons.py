"""What the reasons of a suggested name say, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from xinheng.core.linkage.names import Difference, Reason
from xinheng.rulebook.reading import Place, build, read

FILE = "name_reasons.toml"


@dataclass(frozen=True, slots=True)
class ReasonText:
    """A reason in words; both may hold `{query}` and `{register}`."""

    text_zh: str
    text_en: str


@cache
def load() -> Mapping[Reason, ReasonText]:
    """Return the texts of every reason.

    Raises:
        RulebookError: where the file is not as it should be.
    """
    content = read(resources.files("xinheng.rulebook").joinpath(FILE))
    return {
        Reason(code): build(ReasonText, table, Place(FILE, code))
        for code, table in content.items()
    }


def describe(difference: Difference) -> ReasonText:
    """Return what a difference says, with what stands at its place."""
    text = load()[difference.reason]
    found = {"query": difference.query, "register": difference.register}
    return ReasonText(text.text_zh.format(**found), text.text_en.format(**found))
