"""The answer as JSON, put together from pieces that were written once.

Nothing here asks a database. A measure's title and basis are the same in every answer,
so they are written when the process starts and copied afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from xinheng.apps.standing.facts import Facts
from xinheng.apps.standing.snapshot import View
from xinheng.core.identifiers import uscc
from xinheng.core.screening import personal_id
from xinheng.core.standing.effects import Effect
from xinheng.rulebook import list_schemes
from xinheng.rulebook import measures as rulebook

LISTED, NOTHING_FOUND, UNKNOWN, INVALID = (
    "listed",
    "nothing_found",
    "unknown",
    "invalid",
)


@dataclass(frozen=True, slots=True)
class Registered:
    """What the register knows of a code; `status` is null where nobody bears it.

    `current_code` is what a former one was replaced by, null where it was not; `facts`
    are null where nobody asked for them.
    """

    status: str | None
    current_code: str | None
    facts: Facts | None = None


def answer(
    known: Registered,
    *,
    code: str,
    matter: str,
    on: date,
    effects: Sequence[Effect],
    ledger_size: int,
) -> str:
    """Return the answer about a code that is right in itself."""
    lists = [each for each in effects if each.is_in_force(on, ledger_size)]
    is_known = any(each.is_known_at(ledger_size) for each in effects)
    state = LISTED if lists else NOTHING_FOUND if known.status else UNKNOWN
    facts: dict[str, object] = {
        "registered": known.status is not None or is_known,
        "status": known.status,
        "current_code": known.current_code,
        "sole_proprietor": code.startswith("92"),
        "records": list(known.facts.records) if known.facts else None,
        "records_cut": known.facts is not None and known.facts.is_cut,
    }
    return (
        f'{{"uscc":"{code}","state":"{state}","matter":"{matter}","on":"{on}",'
        f'"ledger_size":{ledger_size},"facts":{_json(facts)},'
        f'"lists":[{",".join(_list(each) for each in lists)}],'
        f'"measures":[{",".join(_measures(lists, matter))}]}}'
    )


def invalid(*, code: str | None, reason: str, suggestions: Sequence[str]) -> str:
    """Return what is said about a text that is no code: never that all is well."""
    return _json(
        {
            "uscc": code,
            "state": INVALID,
            "reason": reason,
            "suggestions": list(suggestions),
        }
    )


@dataclass(frozen=True, slots=True)
class Batch:
    """The answer about many codes, and those that were really looked up."""

    text: str
    looked_up: tuple[str, ...]


def batch(
    view: View,
    *,
    codes: Sequence[str],
    matter: str,
    on: date,
    ledger_size: int,
    unknown: Collection[str] = frozenset(),
) -> Batch:
    """Return the answer about many codes, in their order.

    What is said of a measure stands once, under `measures`; a row names it by code.
    `unknown` are codes that the register holds today and did not know then.
    """
    measures = _of_matter(matter)
    rows: list[str] = []
    looked_up: list[str] = []
    used: set[str] = set()
    for code, status in zip(codes, view.codes.find_many(codes), strict=True):
        effects = view.effects.get(code, ())
        in_force = [each for each in effects if each.is_in_force(on, ledger_size)]
        if in_force:
            rows.append(_listed(code, in_force, measures, used))
        elif code not in unknown and (status is not None or effects):
            rows.append(f'{{"uscc":"{code}","state":"{NOTHING_FOUND}"}}')
        else:
            row, is_code = _strange(code)
            rows.append(row)
            if not is_code:
                continue
        looked_up.append(code)
    told = ",".join(f'"{each}":{_about(each)}' for each in sorted(used))
    return Batch(
        f'{{"matter":"{matter}","on":"{on}","ledger_size":{ledger_size},'
        f'"measures":{{{told}}},"results":[{",".join(rows)}]}}',
        tuple(looked_up),
    )


def _listed(
    code: str, effects: Sequence[Effect], measures: frozenset[str], used: set[str]
) -> str:
    told = []
    for effect in effects:
        for _, measure in effect.measures:
            if measure in measures:
                used.add(measure)
                told.append(
                    f'{{"code":"{measure}","expires_on":"{effect.expires_on}"}}'
                )
    schemes = ",".join(f'"{each.scheme}"' for each in effects)
    return (
        f'{{"uscc":"{code}","state":"{LISTED}","lists":[{schemes}],'
        f'"measures":[{",".join(told)}]}}'
    )


def _strange(code: str) -> tuple[str, bool]:
    """Return the row of a code that the register lacks, and whether it is a code."""
    reason = uscc.reason(code)
    if reason is None and not personal_id.is_resident_id_18(code):
        return f'{{"uscc":"{code}","state":"{UNKNOWN}"}}', True
    if personal_id.find_embedded(code) is not None:
        return invalid(code=None, reason="PERSONAL_ID", suggestions=()), False
    return invalid(code=code, reason=reason or "", suggestions=()), False


@cache
def _of_matter(matter: str) -> frozenset[str]:
    return frozenset(
        each.code for each in rules().measures.values() if each.matter == matter
    )


def _list(effect: Effect) -> str:
    kind, identifier = effect.cause
    return (
        f'{{"scheme":"{effect.scheme}",{_about_scheme(effect.scheme)},'
        f'"cause":{{"kind":"{kind}","id":"{identifier}"}},'
        f'"effective_on":"{effect.effective_on}","expires_on":"{effect.expires_on}"}}'
    )


def _measures(effects: Sequence[Effect], matter: str) -> Iterator[str]:
    measures = _of_matter(matter)
    for effect in effects:
        for memorandum, measure in effect.measures:
            if measure in measures:
                yield (
                    f'{{"code":"{measure}","memorandum":"{memorandum}",'
                    f'"scheme":"{effect.scheme}",{_about(measure)[1:-1]},'
                    f'"effective_on":"{effect.effective_on}",'
                    f'"expires_on":"{effect.expires_on}"}}'
                )


@cache
def rules() -> rulebook.MeasureRules:
    """Return the measures of this release."""
    return rulebook.rules()


@cache
def _about(measure: str) -> str:
    """Return what every answer says of a measure, as a JSON object."""
    told = rules().measures[measure]
    return _json(
        {
            "title": told.title,
            "title_en": told.title_en,
            "mode": told.mode,
            "polarity": told.polarity,
            "verification": told.verification,
            "basis": [
                {
                    "title": each.title,
                    "article": each.article,
                    "level": each.level,
                    "verification": each.verification,
                }
                for each in told.basis
            ],
        }
    )


@cache
def _about_scheme(name: str) -> str:
    """Return what every answer says of a list, as members of a JSON object."""
    found = next((each for each in list_schemes.schemes() if each.name == name), None)
    if found is None:
        return '"title":null,"title_en":null,"kind":null,"basis":[]'
    told = {
        "title": found.title,
        "title_en": found.title_en,
        "kind": found.kind,
        "basis": [
            {"title": each.title, "article": each.article, "level": each.level}
            for each in found.legal_basis
        ],
    }
    return _json(told)[1:-1]


def _json(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
