"""Redress as data: procedures, terms, conditions, commitments, and what refusals say.

A procedure that would leave somebody waiting for ever is no rulebook: loading proves
each table sound (`core.procedures.soundness`) or fails.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise

from xinheng.core.catalog.datasets import Verification
from xinheng.core.commitments.promises import Type, TypeRule
from xinheng.core.objections import filing
from xinheng.core.objections.filing import Kind, Window
from xinheng.core.procedures import soundness
from xinheng.core.procedures.clocks import Clock
from xinheng.core.procedures.tables import Effect, Procedure
from xinheng.core.repairs import conditions
from xinheng.core.repairs.conditions import RuleSet
from xinheng.rulebook.reading import Place, build, read, tables

# What a result means outside of its case; every path of the table has to do it.
PROMISED: Mapping[str, Mapping[str, Collection[Effect]]] = {
    "objection": {
        filing.Outcome.UPHELD: (Effect.APPLY, Effect.TELL),
        filing.Outcome.PARTLY: (Effect.APPLY, Effect.TELL),
    },
    "repair": {
        conditions.Outcome.REPAIRED: (
            Effect.END_PUBLICATION,
            Effect.RECALL_MEASURES,
            Effect.TELL,
        ),
    },
}


@dataclass(frozen=True, slots=True)
class Regulated:
    """A procedure with its terms by name."""

    procedure: Procedure
    clocks: Mapping[str, Clock]

    def clock_of(self, state: str) -> Clock | None:
        """Return the term that runs in a state, null where none does."""
        name = self.procedure.state(state).clock
        return self.clocks[name] if name else None


@dataclass(frozen=True, slots=True)
class Together:
    """What is told about repair together with a decision, in both languages."""

    text: str
    text_en: str
    verification: Verification
    source: str


@dataclass(frozen=True, slots=True)
class RefusalText:
    """What a refusal says and advises; `{day}` and `{basis}` are filled in."""

    message_zh: str
    message_en: str
    advice_zh: str
    advice_en: str


@cache
def objection() -> Regulated:
    """Return the procedure of an objection."""
    return load_procedure(_file("redress_objection.toml"), beside={"windows"})


@cache
def repair() -> Regulated:
    """Return the procedure of a credit repair."""
    return load_procedure(_file("redress_repair.toml"))


@cache
def windows() -> Mapping[Kind, Window]:
    """Return how long each kind of objection may be raised.

    Raises:
        RulebookError: where a kind has none or two.
    """
    source = _file("redress_objection.toml")
    found = [
        build(Window, table, Place(source.name, f"windows {number}"))
        for number, table in enumerate(read(source)["windows"], start=1)
    ]
    if sorted(each.kind for each in found) != sorted(Kind):
        raise Place(source.name, "windows").error("must name each kind once")
    return {each.kind: each for each in found}


@cache
def rule_sets() -> tuple[RuleSet, ...]:
    """Return the conditions of repair, each set for its time.

    Raises:
        RulebookError: where two sets hold on the same day.
    """
    source = _file("redress_conditions.toml")
    found = tuple(
        build(RuleSet, table, Place(source.name, str(table.get("name", ""))))
        for table in read(source)["rule_sets"]
    )
    for one, other in pairwise(found):
        if one.expires_on is None or one.expires_on > other.effective_on:
            raise Place(source.name, other.name).error("begins before the one above")
    return found


@cache
def together() -> Together:
    """Return what is told about repair with every adverse decision (两书同达)."""
    source = _file("redress_conditions.toml")
    return build(Together, read(source)["together"], Place(source.name, "together"))


@cache
def commitment_types() -> Mapping[Type, TypeRule]:
    """Return the six types of commitment.

    Raises:
        RulebookError: where one is missing or stands twice.
    """
    source = _file("redress_commitments.toml")
    found = [
        build(TypeRule, table, Place(source.name, str(table.get("type", ""))))
        for table in tables(source, "types")
    ]
    if sorted(each.type for each in found) != sorted(Type):
        raise Place(source.name).error("must hold each type once")
    return {each.type: each for each in found}


@cache
def refusals() -> Mapping[str, RefusalText]:
    """Return the texts of refusals by their code."""
    source = _file("redress_refusals.toml")
    return {
        code: build(RefusalText, table, Place(source.name, code))
        for code, table in read(source).items()
    }


def load_procedure(
    file: Traversable, *, beside: Collection[str] = frozenset()
) -> Regulated:
    """Return the procedure of a file; `beside` are its keys that are read elsewhere.

    Raises:
        RulebookError: where it is misspelled, or unsound: with the first fault found.
    """
    content = {key: text for key, text in read(file).items() if key not in beside}
    clocks = [
        build(Clock, table, Place(file.name, f"clock {table.get('name', '')}"))
        for table in content.pop("clocks", ())
    ]
    procedure = build(Procedure, content, Place(file.name))
    _check(procedure, clocks, file)
    return Regulated(procedure, {clock.name: clock for clock in clocks})


def _check(procedure: Procedure, clocks: list[Clock], file: Traversable) -> None:
    faults = soundness.find_faults(
        procedure,
        clocks={clock.name for clock in clocks if clock.amount is not None},
        promised=PROMISED.get(procedure.name, {}),
    )
    if faults:
        raise Place(file.name, procedure.name).error(faults[0])


def _file(name: str) -> Traversable:
    return files("xinheng.rulebook") / name
