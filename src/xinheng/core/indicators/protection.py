"""The two rules of 2020 that protect rights: lawful use, and no petition matters.

| rule | broken by |
|---|---|
| LAWFUL | an item in use without a legal basis |
| NO_PETITION | a word of a matter that is none of credit, in an item, list or measure |

A word counts only as evidence for a person to look at: the place and the word are told.
Source: indicator 15 of 2020, 应用合法合规 (domain notes, 3.2).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from xinheng.core.catalog.datasets import Verification


class Rule(StrEnum):
    """Which of the two rules is broken."""

    LAWFUL = "LAWFUL"
    NO_PETITION = "NO_PETITION"


@dataclass(frozen=True, slots=True)
class Matter:
    """A matter that is none of credit, with the words that give it away."""

    name: str
    title: str
    title_en: str
    words: tuple[str, ...]
    verification: Verification
    source: str


@dataclass(frozen=True, slots=True)
class Used:
    """Something in use: `kind` and `name`, what it says, whether it has a basis."""

    kind: str
    name: str
    title: str
    texts: tuple[str, ...]
    has_basis: bool


@dataclass(frozen=True, slots=True)
class Breach:
    """What breaks a rule; `matter` and `word` are null for want of a basis."""

    rule: Rule
    used: Used
    matter: Matter | None = None
    word: str | None = None


def breaches(used: Iterable[Used], matters: Iterable[Matter]) -> tuple[Breach, ...]:
    """Return what breaks either rule, in the order of what is used."""
    known, found = tuple(matters), []
    for each in used:
        if not each.has_basis:
            found.append(Breach(Rule.LAWFUL, each))
        text = "\n".join((each.title, *each.texts))
        for matter in known:
            word = next((word for word in matter.words if word in text), None)
            if word is not None:
                found.append(Breach(Rule.NO_PETITION, each, matter, word))
    return tuple(found)
