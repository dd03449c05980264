"""One seeded platform with rules that the sender has not seen, sent to until it ends.

    python -m tests.proofs.exchange --seeds 50 --first 1 [--rows 300]

Time is simulated. Outages of a minute, an hour, a day and a week lie where the seed
puts them. A run fails where a row is lost or accepted twice, a bad row is not isolated
exactly, the sends that isolate exceed their bound, the profile changes more than ten
times, or the counts do not balance.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from tests.factories import exchange as made
from xinheng.core.exchange import states
from xinheng.core.exchange.answers import RowAnswer
from xinheng.core.exchange.outcomes import Isolation, Outcome
from xinheng.core.exchange.profiles import Profile
from xinheng.core.exchange.rows import Row
from xinheng.core.exchange.sending import Purpose
from xinheng.core.exchange.session import Session
from xinheng.core.exchange.states import State
from xinheng.core.exchange.upper import Platform
from xinheng.core.exchange.upper_channel import SimulatedChannel

PROFILES = ("province-service", "province-message", "province-drop")
OUTAGES = (60.0, 3_600.0, 86_400.0, 604_800.0)
WAITS = (60.0, 21_600.0)  # between runs, doubled as long as nothing moves
MOST_RUNS = 2_000
MOST_CHANGES = 10


@dataclass
class Run:
    """Everything that became of one seed's rows."""

    seed: int
    platform: Platform
    channel: SimulatedChannel
    profile: Profile
    open: dict[str, Row]
    accepted: set[str] = field(default_factory=set)
    refused: dict[str, RowAnswer] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    changes: int = 0
    isolations: list[Isolation] = field(default_factory=list)
    sent: Counter[Purpose] = field(default_factory=Counter)
    stops: Counter[str] = field(default_factory=Counter)
    oddities: Counter[str] = field(default_factory=Counter)
    runs: int = 0
    fine: frozenset[str] = frozenset()


def run(seed: int, rows: int) -> Run:
    """Send the rows of a seed to its platform until every one is settled."""
    chance = random.Random(seed)
    profile = made.profile(chance.choice(PROFILES))
    platform = made.platform(seed, profile)
    chosen = made.rows(rows)
    channel = SimulatedChannel(platform, outages=_outages(chance))
    done = Run(seed, platform, channel, profile, {row.id: row for row in chosen})
    wait = WAITS[0]
    while done.open and done.runs < MOST_RUNS:
        done.runs += 1
        before = len(done.open)
        session = Session(done.profile, "permit", channel, fine=done.fine)
        outcome = session.run(list(done.open.values()))
        _follow(done, outcome)
        wait = WAITS[0] if len(done.open) < before else min(wait * 2, WAITS[1])
        channel.seconds += wait
    return done


def faults(done: Run, rows: int) -> list[str]:
    """Return what the promise of exchange is broken by, nothing where it is kept."""
    bad = {
        row.id
        for row in made.rows(rows)
        if done.platform.is_mismatched("permit", _key(row))
    }
    held = {key for _, key in done.platform.held}
    found = {
        "open rows": len(done.open),
        "accepted twice": done.platform.twice,
        "bad rows missed or good rows refused": len(bad ^ done.refused.keys()),
        "rows lost": rows - len(done.accepted) - len(done.refused) - len(done.open),
        "accepted, not held": sum(done.keys[one] not in held for one in done.accepted),
        "held, not accepted": abs(len(held) - len(done.accepted)),
        "changes beyond ten": max(done.changes - MOST_CHANGES, 0),
        "isolations beyond the bound": len(list(_beyond(done.isolations))),
        "fewer than four kinds": max(4 - len(done.platform.rules.troubles), 0),
    }
    return [f"{what}: {count}" for what, count in found.items() if count]


def _follow(done: Run, outcome: Outcome) -> None:
    done.profile, done.fine = outcome.profile, outcome.fine
    done.changes += len(outcome.changes)
    done.isolations += outcome.isolations
    done.sent.update(outcome.sent)
    done.stops[outcome.stopped] += 1
    done.oddities.update(what for _, what in outcome.oddities)
    done.keys |= outcome.keys
    before = len(done.accepted) + len(done.refused) + len(done.open)
    for one in [*outcome.accepted, *outcome.refused]:
        done.open.pop(one)
    done.accepted |= outcome.accepted
    done.refused |= outcome.refused
    for one in outcome.waiting:
        row = done.open[one]
        done.open[one] = replace(
            row,
            sent_in=tuple(dict.fromkeys((*row.sent_in, outcome.packages[one]))),
            sent_key=outcome.keys[one],
        )
    counted: Mapping[str, int] = {
        State.ACCEPTED: len(done.accepted),
        State.REFUSED: len(done.refused),
        State.DUE: len(done.open),
    }
    assert states.balance(counted).due == before


def _outages(chance: random.Random) -> list[tuple[float, float]]:
    begin, found = float(chance.randint(5, 60)), []
    for seconds in chance.sample(OUTAGES, len(OUTAGES)):
        found.append((begin, begin + seconds))
        begin += seconds + chance.randint(10, 90)
    return found


def _beyond(isolations: Iterable[Isolation]) -> Iterable[Isolation]:
    for one in isolations:
        most = 2 * one.bad * math.ceil(math.log2(one.rows)) if one.rows > 1 else 0
        if one.sends > most:
            yield one


def _key(row: Row) -> str:
    names = ("authority_uscc", "decision_no", "uscc")
    return "|".join(row.values[name] for name in names)


def told(done: Run, rows: int) -> dict[str, object]:
    """Return a run as JSON takes it."""
    return {
        "seed": done.seed,
        "profile": done.profile.name,
        "telling": done.platform.rules.telling,
        "troubles": sorted(done.platform.rules.troubles),
        "accepted": len(done.accepted),
        "refused": len(done.refused),
        "changes": done.changes,
        "runs": done.runs,
        "days": round(done.channel.seconds / 86_400, 1),
        "sends": {str(why): count for why, count in done.sent.items() if count},
        "oddities": dict(done.oddities),
        "stops": dict(done.stops),
        "faults": faults(done, rows),
    }


def main() -> None:
    """Run seeds, print what became of each, leave with 1 if one failed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--rows", type=int, default=300)
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.seeds)
    failed = False
    for seed in seeds:
        result = told(run(seed, options.rows), options.rows)
        print(json.dumps(result, ensure_ascii=False), flush=True)
        failed |= bool(result["faults"])
    if failed:
        sys.exit(1)


if __name__ == "__main__":
    main()
