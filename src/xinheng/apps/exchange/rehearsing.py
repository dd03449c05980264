"""A rehearsal: recent batches to a simulated platform, before anything goes out.

    a target     what went to it last, and what is due to it now
    a profile    what landed last, as it would be told

Nothing is noted and nothing leaves: the platform lives in this process, with the rules
of a seed and a clock that jumps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import QuerySet

from xinheng.apps.catalog import queries as catalog
from xinheng.apps.exchange import feeding, sending
from xinheng.apps.exchange.batches import Batch, list_last
from xinheng.apps.exchange.models import Obligation
from xinheng.apps.records import queries as records
from xinheng.core.exchange import proposing
from xinheng.core.exchange.answers import RowAnswer
from xinheng.core.exchange.learning import Change
from xinheng.core.exchange.outcomes import Outcome
from xinheng.core.exchange.profiles import Form, Profile
from xinheng.core.exchange.rows import Act, Row
from xinheng.core.exchange.session import Session
from xinheng.core.exchange.states import State
from xinheng.core.exchange.upper import Platform
from xinheng.core.exchange.upper_channel import SimulatedChannel
from xinheng.core.exchange.upper_rules import DAY, Trouble, draw
from xinheng.pipeline import exchange_workbook

MOST_ROWS = 5_000
MOST_RUNS = 60
_NOT_SENT = (State.DUE, State.PACKED)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that would be refused: by what it is known, and why.

    `batch` is the package in which it left last, empty where it never did.
    """

    dataset: str
    name: str
    code: str
    message: str
    batch: str = ""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What would happen; `changes` are what the profile would learn on the way.

    `batches` are those whose rows were sent, `gone` counts rows of theirs that are not
    to be told any more.
    """

    rows: int
    accepted: int
    open: int
    refusals: tuple[Refusal, ...]
    packages: int
    changes: tuple[Change, ...]
    troubles: tuple[str, ...]
    sends: tuple[tuple[str, int], ...]
    batches: tuple[Batch, ...] = ()
    gone: int = 0


Rows = Mapping[str, Sequence[Row]]


def rehearse(
    profile: Profile,
    *,
    seed: int,
    rows: int,
    on: date,
    troubles: Sequence[Trouble] | None = None,
) -> Rehearsal:
    """Send the latest records of each dataset to the platform of a seed."""
    platform = new_platform(profile, seed=seed, troubles=troubles)
    known = catalog.list_datasets()
    chosen = {
        sheet.dataset: latest(sheet.dataset, most=min(rows, MOST_ROWS), on=on)
        for sheet in profile.sheets
        if sheet.dataset in known
    }
    return play(profile, platform, chosen)


def rehearse_batches(
    profile: Profile,
    platform: Platform,
    *,
    target: str,
    batches: int,
    on: date,
) -> Rehearsal:
    """Send the last batches of a target, and what is due to it now, to a platform."""
    last = list_last(target, most=batches, on=on)
    chosen: dict[str, list[Row]] = {}
    packages: dict[str, str] = {}
    for batch in last:
        chosen.setdefault(batch.dataset, []).extend(batch.rows)
        packages |= {row.id: batch.package for row in batch.rows}
    for row in _due(target):
        if str(row.pk) not in packages:
            chosen.setdefault(row.dataset, []).append(
                Row(str(row.pk), row.version, Act(row.act), row.values)
            )
    done = play(profile, platform, chosen, packages)
    return replace(done, batches=last, gone=sum(each.gone for each in last))


def _due(target: str) -> QuerySet[Obligation]:
    rows = Obligation.objects.filter(target=target, state__in=_NOT_SENT)
    return rows.order_by("id")[:MOST_ROWS]


def play(
    profile: Profile,
    platform: Platform,
    chosen: Rows,
    packages: Mapping[str, str] | None = None,
) -> Rehearsal:
    """Send rows by dataset to a platform until all are settled.

    `packages` names those in which rows left before, for the refusals.
    """
    channel = SimulatedChannel(platform)
    total, refusals, accepted, still_open = 0, [], 0, 0
    changes: list[Change] = []
    sends: Counter[str] = Counter()
    for dataset, rows in chosen.items():
        total += len(rows)
        done = _until_settled(profile, dataset, channel, rows)
        profile = done.profile
        accepted += len(done.accepted)
        still_open += len(done.open)
        refusals += _refusals(dataset, rows, done, packages or {})
        changes += done.changes
        sends.update(done.sends)
    return Rehearsal(
        rows=total,
        accepted=accepted,
        open=still_open,
        refusals=tuple(refusals),
        packages=len(channel.trials),
        changes=tuple(changes),
        troubles=tuple(sorted(platform.rules.troubles)),
        sends=tuple(sorted(sends.items())),
    )


def new_platform(
    profile: Profile, *, seed: int, troubles: Sequence[Trouble] | None = None
) -> Platform:
    """Return the simulated platform of a seed."""
    read = exchange_workbook.read if profile.form is Form.XLSX else None
    return Platform(profile, draw(seed, profile, troubles=troubles), read)


def platform_of(profile: Profile) -> Platform:
    """Return a simulated platform that wants exactly what a profile says."""
    read = exchange_workbook.read if profile.form is Form.XLSX else None
    return Platform(profile, proposing.decisive(profile), read)


def latest(dataset: str, *, most: int, on: date) -> list[Row]:
    """Return what landed last as rows that could be sent."""
    found = records.list_latest(dataset=dataset, most=most, on=on)
    return [
        Row(each.key, "rehearsal", Act.PUT, feeding.values_of(each)) for each in found
    ]


@dataclass
class _Done:
    profile: Profile
    open: dict[str, Row]
    accepted: set[str]
    refused: dict[str, RowAnswer]
    changes: list[Change]
    sends: Counter[str]


def _until_settled(
    profile: Profile, dataset: str, channel: SimulatedChannel, chosen: Sequence[Row]
) -> _Done:
    """Send until nothing is open, letting days pass in between."""
    done = _Done(profile, {row.id: row for row in chosen}, set(), {}, [], Counter())
    fine: frozenset[str] = frozenset()
    for _ in range(MOST_RUNS):
        if not done.open:
            break
        session = Session(
            done.profile, dataset, channel, sending.writer_of(profile), fine=fine
        )
        outcome = session.run(list(done.open.values()))
        fine = outcome.fine
        _follow(done, outcome)
        channel.seconds += DAY
    return done


def _follow(done: _Done, outcome: Outcome) -> None:
    done.profile = outcome.profile
    done.accepted |= outcome.accepted
    done.refused |= outcome.refused
    done.changes += outcome.changes
    done.sends.update({str(why): count for why, count in outcome.sent.items()})
    for one in (*outcome.accepted, *outcome.refused):
        del done.open[one]
    for one in outcome.waiting:
        row, package = done.open[one], outcome.packages[one]
        left = tuple(dict.fromkeys((*row.sent_in, package)))
        done.open[one] = replace(row, sent_in=left, sent_key=outcome.keys[one])


def _refusals(
    dataset: str, chosen: Sequence[Row], done: _Done, packages: Mapping[str, str]
) -> list[Refusal]:
    return [
        Refusal(
            dataset,
            row.values.get("decision_no", row.id),
            done.refused[row.id].code,
            done.refused[row.id].message,
            packages.get(row.id, ""),
        )
        for row in chosen
        if row.id in done.refused
    ]
