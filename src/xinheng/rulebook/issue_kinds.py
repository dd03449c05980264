"""Kinds of issues in words: what each means, and what the return calls it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from xinheng.core.organizations.issues import IssueKind
from xinheng.rulebook.failures import RulebookError
from xinheng.rulebook.reading import Place, build, read

FILE = "issue_kinds.toml"


@dataclass(frozen=True, slots=True)
class KindText:
    """A kind of issue: a short title, what it means, and the return's word for it."""

    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    problem_zh: str


@cache
def load() -> Mapping[IssueKind, KindText]:
    """Return the words of every kind.

    Raises:
        RulebookError: a kind has no words, or words have no kind.
    """
    content = read(resources.files("xinheng.rulebook").joinpath(FILE))
    if odd := set(content) ^ {kind.value for kind in IssueKind}:
        raise RulebookError(file=FILE, problem=f"kinds without a pair: {sorted(odd)}")
    return {
        IssueKind(code): build(KindText, table, Place(FILE, code))
        for code, table in content.items()
    }
