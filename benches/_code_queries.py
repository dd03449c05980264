"""Damaged codes whose right answer is known, for the bench on repair: seeded."""

from __future__ import annotations

import random
from dataclasses import dataclass

import polars as pl

from xinheng.core.identifiers import uscc
from xinheng.core.linkage import slips
from xinheng.core.linkage.repair import may_be_person

ABSENT_SHARE = 0.1  # of the queries: codes that are not in the register
_FORMS = {"有限责任公司": "有限公司", "有限公司": "有限责任公司", "（": "(", "）": ")"}
_KINDS = ("look_alike", "substitution", "transposition", "surplus", "missing")
_WEIGHTS = (0.25, 0.35, 0.2, 0.1, 0.1)
_ALIKE: dict[str, list[str]] = {}
for _one, _other in sorted(slips.LOOK_ALIKES):
    _ALIKE.setdefault(_one, []).append(_other)


@dataclass(frozen=True, slots=True)
class Query:
    """`text` was `code` before it was damaged; `name` stands beside it, perhaps with a
    slip of its own. `is_held` tells whether the register holds the code.
    """

    text: str
    name: str
    code: str
    is_held: bool


def build(
    held: pl.DataFrame, absent: pl.DataFrame, *, count: int, most: int, seed: int
) -> list[Query]:
    """Return `count` queries with one slip each, or with one or two in turn.

    Texts that are valid codes, and those that may be a person's number, are no queries:
    nobody would ask, or nothing may be answered.
    """
    drawn = random.Random(seed)
    missing = int(count * ABSENT_SHARE)
    queries: list[Query] = []
    for rows, size, is_held in (
        (held, count - missing, True),
        (absent, missing, False),
    ):
        for row in drawn.sample(range(rows.height), size):
            code, name = rows["code"][row], rows["name"][row]
            number = 1 + len(queries) % most
            text = _damaged(code, number, drawn)
            queries.append(Query(text, _misheard(name, drawn), code, is_held))
    drawn.shuffle(queries)
    return queries


def _damaged(code: str, number: int, drawn: random.Random) -> str:
    while True:
        text = code
        for _ in range(number):
            text = _slipped(text, drawn)
        if uscc.reason(text) is not None and not may_be_person(text):
            return text


def _slipped(text: str, drawn: random.Random) -> str:
    kind = drawn.choices(_KINDS, _WEIGHTS)[0]
    place = drawn.randrange(len(text) - 1)
    if kind == "look_alike" and text[place] in _ALIKE:
        return text[:place] + drawn.choice(_ALIKE[text[place]]) + text[place + 1 :]
    if kind == "transposition":
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    if kind == "surplus":
        return text[:place] + drawn.choice(uscc.ALPHABET) + text[place:]
    if kind == "missing":
        return text[:place] + text[place + 1 :]
    place = drawn.randrange(len(text))
    return text[:place] + drawn.choice(uscc.ALPHABET) + text[place + 1 :]


def _misheard(name: str, drawn: random.Random) -> str:
    """Return the name: half of them as they are, others a little differently."""
    kind = drawn.randrange(4)
    if kind < 2:
        return name
    if kind == 2:
        for old, new in _FORMS.items():
            name = name.replace(old, new, 1) if old in name else name
        return name
    place = drawn.randrange(len(name))
    return name[:place] + name[place + 1 :]
