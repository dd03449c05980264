"""The parts of an organization's registered name.

| part | 云溪市安邦（示例）商贸有限公司桃川分公司 |
|---|---|
| places: where it is registered | 云溪市; 示例 in brackets |
| core: the trade name and the trade | 安邦商贸 |
| form: what it is in law | 有限公司 |
| branch: what it is of its parent | 桃川分公司 |

Sources: the order of the parts is that of 企业名称登记管理规定 (division, trade name,
trade, form of organization; 2020 edition, article 6); forms and places come with the
`Vocabulary`. A name can't always be taken apart surely: `东方` is a town and a word.
So a name has one or two readings, and whoever compares takes the better one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

LONGEST_NAME = 200  # characters; no register takes a longer one
SHORTEST_CORE = 2
_LONGEST_PLACE = 15
_BRACKETED = re.compile(
    r"[(\[{<〔【〈《「『〖（［｛＜]([^)\]}>〕】〉》」』〗）］｝＞]{1,40})"
    r"[)\]}>〕】〉》」』〗）］｝＞]"
)
_PLACE_ENDS = "省市县区旗盟州"
_NUMERALS = "零〇一二三四五六七八九十百"
_NUMBER = re.compile(
    rf"[0-9]+|(?<=第)[{_NUMERALS}]+|[{_NUMERALS}]+(?=[号分厂店队组社中小幼院期]|车间)"
)
_NUMBERED_BRANCH = re.compile(
    rf"(?:第?[0-9{_NUMERALS}]+)?分(?:公司|店|厂|部|校|院|社|所|行|会|站|中心)$"
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that names are taken apart with, all folded.

    `forms` gives the class of each legal form; forms of one class are ways of writing
    the same. `branch_endings` end the name of a branch, behind its parent's form.
    `places` gives the division codes of a place without trailing zeros (`营口` and
    `营口市`: `2108`); a name that several places bear has several.
    """

    forms: Mapping[str, str]
    branch_endings: tuple[str, ...]
    places: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class NameParts:
    """One reading of a name; every part is folded and may be empty.

    `text` is the whole name. `codes` are the divisions that the last place may be,
    `stem` that place without 市, 县 and the like. `is_place_inside` tells a place in
    brackets from one in front.
    """

    text: str
    places: tuple[str, ...] = ()
    codes: frozenset[str] = frozenset()
    is_place_inside: bool = False
    core: str = ""
    form: str = ""
    form_class: str = ""
    branch: str = ""

    @property
    def stem(self) -> str:
        """The most specific place without the word that says what it is."""
        return place_stem(self.places[-1]) if self.places else ""

    @property
    def stems(self) -> frozenset[str]:
        """All places, as `stem` writes one."""
        return frozenset(map(place_stem, self.places))


def place_stem(place: str) -> str:
    """Return the place without 省, 市, 县, 区 and the like."""
    shorter = place[:-1] if place[-1:] in _PLACE_ENDS else place
    return shorter if len(shorter) >= SHORTEST_CORE else place


def numbers(text: str) -> tuple[str, ...]:
    """Return the numbers that tell one organization from its sister, in order.

    Digits, and numerals behind 第 or before a word that is counted (`二分厂`); `一` in
    a trade name is no number.
    """
    return tuple(_NUMBER.findall(text))


def is_related(one: frozenset[str], other: frozenset[str]) -> bool:
    """Return whether a division of one is, or lies in, a division of the other."""
    return any(a.startswith(b) or b.startswith(a) for a in one for b in other)


class NameReader:
    """Takes names apart with one vocabulary."""

    def __init__(self, vocabulary: Vocabulary, fold: Callable[[str], str]) -> None:
        """Keep the vocabulary; `fold` makes ways of writing one name equal."""
        self._words = vocabulary
        self._fold = fold

    def readings(self, name: str) -> tuple[NameParts, ...]:
        """Return the ways to read a name, the likeliest first; at least one.

        What stands behind the longest name that a register takes is not read.
        """
        name = name[:LONGEST_NAME]
        body, inside = self._without_places_in_brackets(name)
        text = self._fold(name)
        first = self._read(text, body, inside, takes_bare=True)
        if first.places and first.places[0][-1] not in _PLACE_ENDS and not inside:
            return first, self._read(text, body, inside, takes_bare=False)
        return (first,)

    def _read(
        self, text: str, body: str, inside: tuple[str, ...], *, takes_bare: bool
    ) -> NameParts:
        places, codes = self._leading_places(body, takes_bare=takes_bare)
        rest = body[sum(map(len, places)) :]
        for place in inside:
            places, codes = (*places, place), frozenset(self._words.places[place])
        parts = self._ending(rest)
        return replace(
            parts,
            text=text,
            places=places,
            codes=codes,
            is_place_inside=bool(inside),
            core=parts.core or rest,
        )

    def _without_places_in_brackets(self, name: str) -> tuple[str, tuple[str, ...]]:
        pieces, inside, end = [], [], 0
        for match in _BRACKETED.finditer(name):
            content = self._fold(match[1])
            pieces.append(name[end : match.start()])
            if content in self._words.places:
                inside.append(content)
            else:
                pieces.append(content)
            end = match.end()
        return self._fold("".join([*pieces, name[end:]])), tuple(inside)

    def _leading_places(
        self, body: str, *, takes_bare: bool
    ) -> tuple[tuple[str, ...], frozenset[str]]:
        places: tuple[str, ...] = ()
        codes: frozenset[str] = frozenset()
        while place := self._place_at_start(body, codes, takes_bare=takes_bare):
            known = frozenset(self._words.places[place])
            inner = frozenset(c for c in known if is_related(frozenset([c]), codes))
            places, codes = (*places, place), inner or known
            body = body[len(place) :]
        return places, codes

    def _place_at_start(
        self, body: str, outer: frozenset[str], *, takes_bare: bool
    ) -> str:
        longest = min(_LONGEST_PLACE, len(body) - SHORTEST_CORE)
        for length in range(longest, SHORTEST_CORE - 1, -1):
            place = body[:length]
            codes = self._words.places.get(place)
            if codes is None or not (takes_bare or place[-1] in _PLACE_ENDS):
                continue
            # A second place belongs to the name only where it lies in the first.
            if not outer or is_related(frozenset(codes), outer):
                return place
        return ""

    def _ending(self, rest: str) -> NameParts:
        if match := self._form_and_branch.match(rest):
            return self._parts(match["core"], match["form"], match["branch"])
        branch = ""
        if match := _NUMBERED_BRANCH.search(rest):
            rest, branch = self._with_place(rest[: match.start()], match[0])
        if match := self._form_at_end.match(rest):
            return self._parts(match["core"], match["form"], branch)
        return NameParts("", core=rest, branch=branch)

    def _parts(self, core: str, form: str, branch: str) -> NameParts:
        return NameParts(
            "",
            core=core,
            form=form,
            form_class=self._words.forms[form],
            branch=branch,
        )

    def _with_place(self, head: str, branch: str) -> tuple[str, str]:
        """Move a place at the end of what stands before the branch to the branch."""
        for length in range(min(_LONGEST_PLACE, len(head) - SHORTEST_CORE), 1, -1):
            if head[-length:] in self._words.places:
                return head[:-length], head[-length:] + branch
        return head, branch

    @cached_property
    def _form_and_branch(self) -> re.Pattern[str]:
        endings = "|".join(map(re.escape, self._words.branch_endings))
        return re.compile(
            rf"(?P<core>.+?)(?P<form>{self._forms})(?P<branch>.{{0,40}}?(?:{endings}))$"
        )

    @cached_property
    def _form_at_end(self) -> re.Pattern[str]:
        return re.compile(rf"(?P<core>.+?)(?P<form>{self._forms})$")

    @cached_property
    def _forms(self) -> str:
        longest_first = sorted(self._words.forms, key=lambda form: (-len(form), form))
        return "|".join(map(re.escape, longest_first))


def pairs(text: str) -> Iterator[str]:
    """Yield each two neighboring characters."""
    return (text[place : place + 2] for place in range(len(text) - 1))
