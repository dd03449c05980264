"""The class and the findings of a batch of codes, as numbers.

Valid codes, nearly all, are told at once; the rest passes through the rules that tell
the kinds of wrong apart. A row's class is its place in CLASSES, its findings are bits:
one for each of FINDINGS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xinheng.core.identifiers import uscc as reference
from xinheng.core.identifiers.codes import CodeClass
from xinheng.core.linkage import shapes
from xinheng.pipeline.cells import codes as cells
from xinheng.pipeline.checks import code_shapes, personal_id, uscc
from xinheng.pipeline.checks import registration_number as older
from xinheng.pipeline.context import Context
from xinheng.pipeline.linkage import code_duplicates, code_scan

PERSONAL_ID = "PERSONAL_ID"
FINDINGS = (PERSONAL_ID, *cells.RULES, code_duplicates.RULE)
CLASSES = tuple(each.value for each in CodeClass)
SEPARATOR = ";"  # between the findings of a row

_BITS = {rule: np.uint32(1 << place) for place, rule in enumerate(FINDINGS)}
_VALID = CLASSES.index(CodeClass.VALID.value)
_LENGTH = reference.REASONS.index("length") + 1
_ORGANIZATION_CODE = reference.REASONS.index("organization_code") + 1


@dataclass(frozen=True, slots=True)
class Verdicts:
    """`code` as the checks read it, null where it holds a person's number; `classes`
    and `findings` as numbers, a row for each.
    """

    code: pl.Series
    classes: NDArray[np.uint8]
    findings: NDArray[np.uint32]

    @property
    def class_names(self) -> pl.Series:
        """The classes as text."""
        return pl.Series("class", CLASSES).gather(self.classes)


def judge(written: pl.Series, context: Context) -> Verdicts:
    """Return the verdicts on cells as written; null is an empty cell."""
    code = written.fill_null("").alias("code")
    classes = np.full(len(code), _VALID, dtype=np.uint8)
    found = np.zeros(len(code), dtype=np.uint32)
    is_open = np.ones(len(code), dtype=np.bool_)
    ordinary, findings = _ordinary(code, context)
    is_open[ordinary], found[ordinary] = False, findings
    rows = np.flatnonzero(is_open)
    if not len(rows):
        return Verdicts(code, classes, found)
    slow = _judge_others(code.gather(rows), context)
    classes[rows], found[rows] = slow.classes, slow.findings
    read = slow.code.ne_missing(code.gather(rows))
    changed = pl.Series(rows).filter(read)
    return Verdicts(
        code.clone().scatter(changed, slow.code.filter(read)), classes, found
    )


def findings_text(findings: NDArray[np.uint32]) -> pl.Series:
    """Return the rules of each row, parted by SEPARATOR, null where there are none."""
    column = pl.Series("findings", findings)
    texts = {number: SEPARATOR.join(rules_of(number)) for number in column.unique()}
    texts.pop(0, None)
    return column.replace_strict(texts, default=None, return_dtype=pl.String)


def rules_of(number: int) -> list[str]:
    """Return the rules that a row's number of findings stands for."""
    return [rule for place, rule in enumerate(FINDINGS) if number >> place & 1]


def bit(rule: str) -> np.uint32:
    """Return what a rule adds to a row's number of findings."""
    return _BITS[rule]


def _ordinary(
    code: pl.Series, context: Context
) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Return the rows that are valid and nobody's number, and their findings."""
    is_whole = code.str.len_bytes() == reference.LENGTH
    rows = np.flatnonzero(is_whole.to_numpy())
    matrix = code_scan.matrix(code if is_whole.all() else code.filter(is_whole))
    is_ours = code_scan.is_valid(matrix)
    asked = np.flatnonzero(is_ours & code_scan.may_be_person(matrix))
    persons = _person_kinds(code.gather(rows[asked])) == personal_id.CERTAIN
    is_ours[asked[persons]] = False
    ours = rows[is_ours]
    found = _notices(code_scan.prefixes(matrix).filter(pl.Series(is_ours)), context)
    is_asked = code_scan.may_be_invented(matrix)[is_ours]
    asked = np.flatnonzero(is_asked)
    invented = asked[code_shapes.is_invented(code.gather(ours[asked])).to_numpy()]
    found[invented] |= bit(shapes.INVENTED)
    return ours, found


def _person_kinds(codes: pl.Series) -> NDArray[np.uint8]:
    asked = codes.to_frame("code").select(personal_id.kind_embedded(pl.col("code")))
    return asked.to_series().to_numpy()


def _notices(prefixes: pl.Series, context: Context) -> NDArray[np.uint32]:
    """Tell which first eight characters name no known authority and division."""
    found = np.zeros(len(prefixes), dtype=np.uint32)
    distinct = {number: _eight(number) for number in prefixes.unique()}
    unknown = {
        "USCC_AUTHORITY": [n for n, eight in distinct.items() if not eight.is_known],
        "USCC_DIVISION": [
            n
            for n, eight in distinct.items()
            if eight.division not in context.divisions
        ],
    }
    for rule, numbers in unknown.items():
        if numbers:
            odd = pl.Series(numbers, dtype=pl.UInt64).implode()
            found[prefixes.is_in(odd).to_numpy()] |= bit(rule)
    return found


@dataclass(frozen=True, slots=True)
class _Eight:
    """The first eight characters of a code: is its authority known, the division."""

    is_known: bool
    division: str


@lru_cache(maxsize=100_000)
def _eight(number: int) -> _Eight:
    text = code_scan.prefix_text(number)
    return _Eight(reference.is_known_authority_and_kind(text), text[2:])


def _judge_others(written: pl.Series, context: Context) -> Verdicts:
    """Judge cells that are wrong, in an unusual form, or a person's number as well."""
    facts = _facts(written, context)
    code, is_personal = facts["code"], facts["is_personal"]
    classes = facts.select(_code_class().alias("class"))["class"]
    told = cells.flags_of(code, facts["failed"], personal=is_personal, context=context)
    flags = {PERSONAL_ID: is_personal, **told}
    invented = (classes == CodeClass.VALID.value) & code_shapes.is_invented(code)
    flags[shapes.INVENTED] = flags.get(shapes.INVENTED, invented) | invented
    shown = facts.select(pl.when(~pl.col("is_personal")).then("code").alias("code"))
    numbers = {name: place for place, name in enumerate(CLASSES)}
    return Verdicts(
        shown.to_series(),
        classes.replace_strict(numbers, return_dtype=pl.UInt8).to_numpy(),
        _as_bits(flags, len(code)),
    )


def _as_bits(flags: Mapping[str, pl.Series], count: int) -> NDArray[np.uint32]:
    found = np.zeros(count, dtype=np.uint32)
    for rule, flag in flags.items():
        found[flag.to_numpy()] |= bit(rule)
    return found


def _facts(written: pl.Series, context: Context) -> pl.DataFrame:
    """Add what the class rests on: the failed rule, the register, a person's number."""
    code = written.to_frame("code").with_columns(uscc.normalized("code"))
    registered, confirmed = _known(code["code"], context)
    kind = personal_id.kind_embedded(pl.col("code"))
    facts = code.with_columns(
        failed=uscc.failed_rule("code"),
        is_registered=pl.col("code").is_in(registered.implode()),
        is_confirmed=pl.col("code").is_in(confirmed.implode()),
        is_number=kind == personal_id.CERTAIN,
    )
    is_held = pl.col("is_registered") & (pl.col("failed") == 0)
    return facts.with_columns(is_personal=pl.col("is_number") & ~is_held)


def _known(code: pl.Series, context: Context) -> tuple[pl.Series, pl.Series]:
    """Return the codes that the register holds, and those it holds as issued so."""
    if context.register is None:
        nothing = pl.Series(dtype=pl.String)
        return nothing, nothing
    known = context.register.lookup(code.unique())
    return known["code"], known.filter("nonconforming")["code"]


def _code_class() -> pl.Expr:
    code, failed = pl.col("code"), pl.col("failed")
    is_issued = pl.col("is_confirmed") & (failed != _LENGTH)
    classes = (
        (uscc.is_placeholder("code"), CodeClass.PLACEHOLDER),
        (pl.col("is_personal"), CodeClass.PERSONAL_ID),
        (failed == 0, CodeClass.VALID),
        (is_issued, CodeClass.NONCONFORMING),
        (failed >= _ORGANIZATION_CODE, CodeClass.WRONG_CHECK),
        (older.is_legacy_15(code), CodeClass.LEGACY_15),
        (older.is_legacy_13(code), CodeClass.LEGACY_13),
        (older.is_foreign_invested(code), CodeClass.LEGACY_OTHER),
    )
    chosen = [pl.when(applies).then(pl.lit(name.value)) for applies, name in classes]
    return pl.coalesce(*chosen, pl.lit(CodeClass.MALFORMED.value))
