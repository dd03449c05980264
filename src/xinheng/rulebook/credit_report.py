"""The credit report as data: its sections, kinds, notes and remedies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from xinheng.core.catalog.datasets import Verification
from xinheng.core.reports.kinds import Kind
from xinheng.rulebook.reading import Place, build, read

FILE = "credit_report.toml"


@dataclass(frozen=True, slots=True)
class Section:
    """A section: its datasets, and lists of a kind (`adverse`, `favourable`)."""

    name: str
    title: str
    title_en: str
    datasets: tuple[str, ...]
    lists: str | None = None
    commitments: bool = False


@dataclass(frozen=True, slots=True)
class KindText:
    """What a kind of report is called, and what it holds."""

    kind: Kind
    title: str
    title_en: str
    scope: str
    scope_en: str


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence in both languages."""

    text: str
    text_en: str


@dataclass(frozen=True, slots=True)
class CreditReport:
    """All of it, with how well its source is known."""

    sections: tuple[Section, ...]
    kinds: tuple[KindText, ...]
    notes: tuple[Text, ...]
    remedies: tuple[Text, ...]
    verification: Verification
    source: str


@cache
def rules() -> CreditReport:
    """Return what the rulebook says of the report.

    Raises:
        RulebookError: where the file is not well-formed.
    """
    return build(CreditReport, read(files(__package__) / FILE), Place(FILE))


@cache
def kinds() -> Mapping[Kind, KindText]:
    """Return what each kind of report is called."""
    return {each.kind: each for each in rules().kinds}
