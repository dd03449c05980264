"""Names damaged in known ways, with the organization that each means.

| share | what is written |
|---|---|
| `form` | 有限责任公司 for 有限公司, or another legal form |
| `division` | the place left out, or moved into or out of brackets |
| `writing` | other brackets, blanks, zero-width characters |
| `traditional` | traditional characters |
| `slip` | one slip: a character that sounds alike or any other common one, one |
| | dropped, one added or written twice, two swapped |
| `branch` | the name with the ending of a branch that is not in the register |
| `former` | a former name |
| `absent` | the name of an organization taken out of the register before |

Right is the organization first; for `branch` the parent first, as possible and never as
the same; for `absent` nothing at all.

Seven equal shares and a tenth that is absent. A query that happens to be the name of
another organization is drawn again: nobody could tell. Each query comes with the
division of its organization, as it does in a file of that division's unit.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import opencc
import polars as pl
import pypinyin

from benches import _organizations
from xinheng.pipeline.linkage.folding import fold, fold_column

ABSENT = "absent"
ABSENT_SHARE = 0.1
FORMS = ("有限责任公司", "股份有限公司", "集团有限公司", "有限公司", "公司")
_NEW_FORMS = {
    "有限公司": ("有限责任公司", "有限责任公司", "公司", "股份有限公司"),
    "有限责任公司": ("有限公司",),
    "股份有限公司": ("有限公司", "股份公司"),
    "集团有限公司": ("集团有限责任公司", "集团公司"),
}
_ENDINGS = ("分公司", "营业部", "第二分公司", "办事处", "第三分店")
_BRACKETS = ("()", "〔〕", "[]", "【】", "  ")
# The 3,755 characters of level 1 of GB 2312: what is in daily use.
_COMMON = [
    bytes([row, cell]).decode("gb2312")
    for row in range(0xB0, 0xD7)
    for cell in range(0xA1, 0xFF if row < 0xD6 else 0xFA)
]
_MOST_TRIES = 50


@dataclass(frozen=True, slots=True)
class Query:
    """A name as somebody wrote it; `code` is null where nobody registered bears it."""

    share: str
    name: str
    division: str
    code: str | None


@dataclass(frozen=True, slots=True)
class Truth:
    """A register, its names as the index takes them, and queries to it."""

    organizations: pl.DataFrame
    names: pl.DataFrame
    places: Mapping[str, tuple[str, ...]]
    queries: list[Query]


def build(rows: int, queries: int, seed: int = 0) -> Truth:
    """Return a register of `rows` organizations and so many queries, in no order."""
    rng = random.Random(seed)
    absent = round(queries * ABSENT_SHARE)
    everybody = _organizations.organizations(rows + absent, seed).with_columns(
        pl.col("code").str.slice(2, 6).alias("division")
    )
    apart = everybody.with_row_index("at").filter(pl.col("kind") != "branch")
    held_out = apart.sample(absent, seed=seed)
    register = (
        everybody.with_row_index("at").join(held_out, on="at", how="anti").drop("at")
    )
    names = names_of(register)
    bearers = _bearers(names)
    asked = [
        Query(ABSENT, row["name"], row["division"], None)
        for row in held_out.iter_rows(named=True)
        if fold(row["name"]) not in bearers
    ]
    damage = _Damage(rng)
    share = (queries - absent) // len(damage.ways)
    for name in damage.ways:
        asked += _damaged(name, register, damage, bearers, share)
    rng.shuffle(asked)
    return Truth(register, names, places(seed), asked)


def names_of(organizations: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each present and former name, as the index takes them."""
    common = (pl.col("code").str.slice(2, 6).alias("division"),)
    present = organizations.select(
        "code", "name", pl.lit(value=False).alias("is_former"), *common
    )
    former = organizations.filter(pl.col("former_name").is_not_null()).select(
        "code",
        pl.col("former_name").alias("name"),
        pl.lit(value=True).alias("is_former"),
        *common,
    )
    return pl.concat([present, former])


def places(seed: int = 0) -> Mapping[str, tuple[str, ...]]:
    """Return the made-up places, as a city names its own zones to the matcher."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    columns = _organizations.places(seed).select("division", "stem", "place")
    for division, stem, place in columns.iter_rows():
        found[stem].append(division)
        found[place].append(division)
    return {name: tuple(codes) for name, codes in found.items()}


def _bearers(names: pl.DataFrame) -> dict[str, set[str]]:
    bearers: defaultdict[str, set[str]] = defaultdict(set)
    for name, code in zip(fold_column(names["name"]), names["code"], strict=True):
        bearers[name].add(code)
    return bearers


def _damaged(
    share: str,
    register: pl.DataFrame,
    damage: _Damage,
    bearers: dict[str, set[str]],
    count: int,
) -> list[Query]:
    pool = register.filter(pl.col("kind") != "branch")
    if share in ("form", "branch"):
        pool = pool.filter(pl.col("kind") == "company")
    if share == "former":
        pool = pool.filter(pl.col("former_name").is_not_null())
    pool = pool.sample(
        min(len(pool), 2 * count + _MOST_TRIES), seed=count, shuffle=True
    )
    found: list[Query] = []
    for row in pool.iter_rows(named=True):
        name = damage.ways[share](row)
        if name and not bearers.get(fold(name), set()) - {row["code"]}:
            found.append(Query(share, name, row["division"], row["code"]))
        if len(found) == count:
            break
    return found


class _Damage:
    """The ways in which names are written wrong; an empty name says that one can't."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._traditional = opencc.OpenCC("s2t")
        self._alike = _sounds()
        known = _organizations.places()
        self._stems = known["stem"].to_list()
        self._places = dict(known.select("division", "place").iter_rows())
        self.ways: dict[str, Callable[[dict[str, str]], str]] = {
            "form": self._form,
            "division": self._division,
            "writing": self._writing,
            "traditional": lambda row: self._other_characters(row["name"]),
            "slip": lambda row: self._slip(row["name"]),
            "branch": self._branch,
            "former": lambda row: row["former_name"],
        }

    def _form(self, row: dict[str, str]) -> str:
        name = row["name"]
        for form, others in _NEW_FORMS.items():
            # The shortest form ends the others too.
            if name.endswith(form) and not (
                form == "有限公司" and name.endswith(("股份有限公司", "集团有限公司"))
            ):
                return name.removesuffix(form) + self._rng.choice(others)
        return ""

    def _division(self, row: dict[str, str]) -> str:
        name, place = row["name"], self._places[row["division"]]
        stem = place[:-1]
        bracketed = f"（{stem}）"
        if bracketed in name:
            rest = name.replace(bracketed, "")
            return self._rng.choice([rest, stem + rest, place + rest])
        written = next((each for each in (place, stem) if name.startswith(each)), "")
        rest = name.removeprefix(written)
        moved = f"{rest[:2]}（{self._rng.choice([stem, place])}）{rest[2:]}"
        return self._rng.choice([rest, moved]) if written else ""

    def _writing(self, row: dict[str, str]) -> str:
        name = row["name"]
        if "（" in name:
            opening, closing = self._rng.choice(_BRACKETS)
            return name.replace("（", opening).replace("）", closing)
        at = self._rng.randrange(1, len(name))
        between = self._rng.choice([" ", "\u3000", "\u200b", "·", "（", "  "])
        closing = "）" if between == "（" else ""
        return name[:at] + between + name[at:] + closing

    def _other_characters(self, name: str) -> str:
        other = self._traditional.convert(name)
        return other if other != name else ""

    def _branch(self, row: dict[str, str]) -> str:
        if not row["name"].endswith(FORMS):
            return ""
        where = self._rng.choice([self._rng.choice(self._stems), ""])
        return row["name"] + where + self._rng.choice(_ENDINGS)

    def _slip(self, name: str) -> str:
        at = self._rng.randrange(len(name))
        before, character, behind = name[:at], name[at], name[at + 1 :]
        kind = self._rng.choice(["sound", "other", "dropped", "added", "swapped"])
        if kind == "sound":
            return before + self._rng.choice(self._alike[character] or [""]) + behind
        if kind == "other":
            return before + self._rng.choice(_COMMON) + behind
        if kind == "dropped":
            return before + behind
        if kind == "added":
            added = self._rng.choice([character, self._rng.choice(_COMMON)])
            return before + character + added + behind
        if behind and behind[0] != character:
            return before + behind[0] + character + behind[1:]
        return ""


def _sounds() -> defaultdict[str, list[str]]:
    """Return the other common characters that are read alike, tones aside."""
    read = dict(zip(_COMMON, pypinyin.lazy_pinyin(_COMMON), strict=True))
    by_sound: defaultdict[str, list[str]] = defaultdict(list)
    for character, sound in read.items():
        by_sound[sound].append(character)
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for character, sound in read.items():
        alike[character] = [each for each in by_sound[sound] if each != character]
    return alike
