"""Kinds of organizations, as the first two characters of the unified code say.

Character 1 is the registering authority, character 2 the kind that it registers. What a
registrar reports as the kind (有限责任公司, 事业单位) is kept beside it, and compared:
a sole proprietor under the code of an enterprise is a finding.

Source: GB 32100-2015 with Amendment 1; domain notes, section 2.3.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

PREFIX_LENGTH = 2


@dataclass(frozen=True, slots=True)
class OrganizationKind:
    """A kind: the first two characters of the code, and what they say."""

    prefix: str
    authority: str
    authority_en: str
    title: str
    title_en: str


@dataclass(frozen=True, slots=True)
class ReportedKind:
    """Words in a reported kind that leave no doubt, and the prefixes that agree."""

    words: tuple[str, ...]
    prefixes: tuple[str, ...]


def contradicts(code: str, reported: str, known: Iterable[ReportedKind]) -> bool:
    """Tell whether a reported kind names another kind than the code does.

    Only where all words that are found agree: a branch of a company that is called
    事业单位 somewhere in its kind says nothing for sure.
    """
    meant = [kind for kind in known if any(word in reported for word in kind.words)]
    if len(meant) != 1:
        return False
    return code[:PREFIX_LENGTH] not in meant[0].prefixes
