"""The procedure of a listing as a page, written from its table.

python -m xinheng.rulebook.listing_procedure > docs/reference/listing-procedure.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from xinheng.core.listings import filling
from xinheng.core.listings.gaps import gaps
from xinheng.core.listings.procedure import (
    EFFECTIVE,
    ENDS,
    TABLE,
    Guard,
    Measures,
    State,
    Step,
    events_from,
)
from xinheng.rulebook import list_schemes

_HEAD = """\
# The procedure of a listing

Generated from `src/xinheng/core/listings/procedure.py` by
`python -m xinheng.rulebook.listing_procedure`; a test compares. The same table makes
the state machine, the constraints of the database and the fields of the desk's forms.
Why it is as it is stands in
[scope and due process](../explanation/due-process-scope.md).

**Who.** AUTHORITY is somebody of the determining authority, OTHER another person of it
than who proposed, OFFICE the authority or the credit office, CLOCK the register itself.
"""
_MEANING = {
    Guard.SCHEME_INACTIVE: "the list is not in use, or may not be used on that day",
    Guard.AUTHORITY_OUTSIDE_SCHEME: "the authority is none that the list names",
    Guard.SOLE_PROPRIETOR: "a `92` code is put on no list",
    Guard.ORGANIZATION_ENDED: "the organization has ended",
    Guard.BASIS_OUTSIDE_SCHEME: "the basis is none of the texts that the list rests on",
    Guard.NOTICE_WAY: "nobody knows when a notice served in this way is served",
    Guard.ALREADY_LISTED: "the organization is on this list already",
    Guard.ON_AN_EXCLUSION: "who is on an exclusion is not recognized",
    Guard.DAY_AHEAD: "the day lies ahead",
    Guard.DAY_OUT_OF_ORDER: "the day lies before the last act of the procedure",
    Guard.WINDOW_CLOSED: "the time to answer is over",
    Guard.WINDOW_OPEN: "the decision lies within the time to answer",
    Guard.SAME_PERSON: "who proposed can't decide",
    Guard.TERM_TOO_LONG: "the term is longer than the list allows",
    Guard.TERM_OVER: "the term is over",
    Guard.TERM_RUNNING: "the term still runs",
    Guard.INCOMPLETE: "something that the law demands is missing",
    Guard.NOT_ADOPTED: "no lawyer has adopted the rulebook (adverse lists only)",
    Guard.STAYED: "a court has stayed the listing",
    Guard.NOT_STAYED: "no court has stayed the listing",
    Guard.DISPUTED: "the listing is marked as disputed already",
    Guard.NOT_DISPUTED: "the listing is not marked as disputed",
}


def page() -> str:
    """Return the page: events, states, rules, and what keeps each list from use."""
    parts = [
        _HEAD,
        "## Events\n",
        _table(("event", "from", "to", "who", "needs", "clock", "measures"), _events()),
        "## States\n",
        _table(("state", "in force", "what can follow", "always filled"), _states()),
        "## Rules that an event has to keep\n",
        _table(("rule", "refused where", "asked at"), _guards()),
        "## Lists of the rulebook\n",
        _table(("list", "kind", "verification", "missing from its text"), _schemes()),
    ]
    return "\n".join(parts)


def _events() -> Iterable[tuple[str, ...]]:
    return map(_event, TABLE)


def _event(row: Step) -> tuple[str, ...]:
    measures = "" if row.measures is Measures.NONE else row.measures.value
    target = row.target.value if row.target else "(as it was)"
    return (
        f"`{row.event.value}`",
        _codes(row.sources),
        target,
        row.who.value,
        _codes(row.needs),
        row.clock,
        measures,
    )


def _states() -> Iterable[tuple[str, ...]]:
    for state in State:
        ends = "ended" if state in ENDS else "no"
        in_force = "within its term" if state in EFFECTIVE else ends
        filled = sorted(filling.filled_in(state))
        yield (f"`{state.value}`", in_force, _codes(events_from(state)), _codes(filled))


def _guards() -> Iterable[tuple[str, ...]]:
    for guard in Guard:
        asked = [row.event for row in TABLE if guard in row.guards]
        yield (f"`{guard.value}`", _MEANING[guard], _codes(asked))


def _schemes() -> Iterable[tuple[str, ...]]:
    for each in list_schemes.schemes():
        missing = gaps(each, each.effective_on)
        title = f"{each.title} `{each.name}`"
        yield (title, each.kind.value, each.verification.value, _codes(missing))


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in map(str, names))


def _table(heads: tuple[str, ...], rows: Iterable[Iterable[str]]) -> str:
    lines = [heads, ("---",) * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    sys.stdout.write(page())
