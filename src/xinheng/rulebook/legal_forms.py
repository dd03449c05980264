"""Legal forms and endings of branches, as they stand in registered names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from xinheng.rulebook.reading import Place, build, read

FILE = "legal_forms.toml"


@dataclass(frozen=True, slots=True)
class LegalForm:
    """One form in law, with the words that say it in a name.

    `elf` are codes of the GLEIF list of entity legal forms.
    """

    name: str
    title: str
    title_en: str
    words: tuple[str, ...]
    elf: tuple[str, ...]
    verification: str
    source: str


@dataclass(frozen=True, slots=True)
class BranchEndings:
    """The words that end the name of a branch, behind the form of its parent."""

    words: tuple[str, ...]
    verification: str
    source: str


@dataclass(frozen=True, slots=True)
class _File:
    legal_forms: tuple[LegalForm, ...]
    branch_endings: tuple[BranchEndings, ...]


@cache
def load() -> tuple[LegalForm, ...]:
    """Return every legal form.

    Raises:
        RulebookError: where the file is not as it should be.
    """
    return _file().legal_forms


def classes() -> Mapping[str, str]:
    """Return the name of the form that each word says."""
    return {word: form.name for form in load() for word in form.words}


def branch_endings() -> tuple[str, ...]:
    """Return the words that end the name of a branch, the longest first."""
    words = {word for each in _file().branch_endings for word in each.words}
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


@cache
def _file() -> _File:
    content = read(resources.files("xinheng.rulebook").joinpath(FILE))
    return build(_File, content, Place(FILE))
