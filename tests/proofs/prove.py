"""Run the long proofs whole and write their result with commit and date.

python -m tests.proofs.prove [--kills 500] [--only faults --only outsider]

With `--only` the rows of the other proofs stay as they are.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

from tests.proofs.databases import own_database
from tests.proofs.faults import mounted

PAGE = Path("docs/reference/proofs.md")
POSTGRES = os.environ.get("POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/xinheng")
KILLED = "kills of submission, listing, correction, checkpoint, erasure, backup"
TARGETS = ("text", "parts", "package", "old")  # of `guided`
HEAD = """# Proofs

Long runs of `make prove`; CI runs a seeded tenth of each with the suite. A row is
written by the run itself, with the commit it ran on.

| proof | what ran | result | seconds | commit | date |
|---|---|---|---|---|---|
"""


def main() -> None:
    """Run every proof, write the page, leave with 1 if one failed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--rubbish", type=int, default=100_000)
    parser.add_argument("--guided", type=int, default=50_000, help="of each target")
    parser.add_argument("--platforms", type=int, default=50)
    parser.add_argument("--first-seed", type=int, default=1, help="of the platforms")
    parser.add_argument("--postgres", default=POSTGRES, help="a server for the faults")
    parser.add_argument("--only", action="append", help="a proof, by its name")
    options = parser.parse_args()
    proofs = _proofs(options)
    rows = [row for name in options.only or proofs for row in proofs[name]()]
    PAGE.write_text(HEAD + "".join(_merged(rows, whole=not options.only)))
    print(PAGE.read_text(encoding="utf-8"))
    if any("FAILED" in row for row in rows):
        sys.exit(1)


def _proofs(options: argparse.Namespace) -> dict[str, Callable[[], list[str]]]:
    return {
        "kills": lambda: [_kills(options.kills)],
        "faults": lambda: _faults(options.postgres),
        "outsider": lambda: [_outsider()],
        "rubbish": lambda: [_rubbish(options.rubbish)],
        "guided": lambda: [_guided(options.guided)],
        "exchange": lambda: [_exchange(options.platforms, options.first_seed)],
        "suite": lambda: [_suite()],
    }


def _merged(rows: list[str], *, whole: bool) -> list[str]:
    """Return the rows, and before them those of other proofs that stood there."""
    if whole or not PAGE.is_file():
        return rows
    told = PAGE.read_text(encoding="utf-8").removeprefix(HEAD).splitlines(True)
    fresh = {_proof_of(row) for row in rows}
    return [row for row in told if _proof_of(row) not in fresh] + rows


def _proof_of(row: str) -> str:
    return row.split("|")[1].strip()


def _kills(number: int) -> str:
    with tempfile.TemporaryDirectory() as directory:
        done, seconds = _timed(
            "-m",
            "tests.proofs.kills",
            f"--kills={number}",
            "--seed=7",
            f"--dir={directory}",
        )
    if done.returncode:
        return _row(KILLED, f"{number} kills", "FAILED", seconds)
    points = json.loads(done.stdout)["points"]
    print(json.dumps(points, indent=1))
    spread = (
        f"{len(points)} points, {min(points.values())} to {max(points.values())} each"
    )
    what = f"{number} kills (SIGKILL), {spread}"
    return _row(KILLED, what, "nothing half done", seconds)


# Which faults are brought about on which database; `full` mounts a file system.
FAULTS = {
    "SQLite": ("disk", "full", "workers"),
    "PostgreSQL": ("sessions", "disk", "workers"),
}


def _faults(postgres: str) -> list[str]:
    return [
        _fault(fault, database, postgres if database == "PostgreSQL" else "")
        for database, faults in FAULTS.items()
        for fault in faults
    ]


def _fault(fault: str, database: str, url: str) -> str:
    proof = f"fault: {fault}, {database}"
    with (
        mock.patch.dict(os.environ, {"DATABASE_URL": url}),
        tempfile.TemporaryDirectory() as directory,
        own_database(f"xinheng_prove_{fault}") as environment,
    ):
        is_mounted = fault == "full" and mounted(Path(directory))
        if fault == "full" and not is_mounted:
            return _row(proof, "nothing can be mounted here", "not run", 0)
        try:
            done, seconds = _timed(
                *("-m", "tests.proofs.faults", fault, f"--dir={directory}"),
                environment=environment,
            )
        finally:
            if is_mounted:
                subprocess.run(["umount", directory], check=True)
    if done.returncode:
        return _row(proof, fault, "FAILED", seconds)
    told = json.loads(done.stdout.strip().splitlines()[-1])
    what = ", ".join(f"{name.replace('_', ' ')} {n}" for name, n in told.items())
    return _row(proof, what, "nothing lost or doubled, receipts verify", seconds)


def _outsider() -> str:
    """Run the changes that the outsider's verifier has to find; count them."""
    proof = "changed ledgers, receipts and keys before the outsider's verifier"
    done, seconds = _timed(
        *("-m", "pytest", "-q", "-rP", "-p", "no:cacheprovider", "-p", "no:randomly"),
        *("tests/proofs/test_outsider.py", "tests/proofs/test_outsider_keys.py"),
        environment={**os.environ, "XINHENG_PROVE": "whole"},
    )
    tallies = [
        json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")
    ]
    kinds = {kind for tally in tallies for kind in tally}
    total = sum(sum(tally.values()) for tally in tallies)
    what = f"{total} changes of {len(kinds)} kinds"
    result = "FAILED" if done.returncode else "every one found"
    return _row(proof, what, result, seconds)


def _rubbish(number: int) -> str:
    proof, what = "broken files of every kind", f"{number} inputs, seed 7"
    done, seconds = _timed("-m", "tests.proofs.rubbish", f"--inputs={number}")
    if done.returncode:
        return _row(proof, what, "FAILED", seconds)
    answers = json.loads(done.stdout)["answers"]
    read = answers.get("report", 0) + answers.get("preview", 0)
    result = f"{read} read, {number - read} refused in {len(answers) - 2} ways"
    return _row(proof, what, result, seconds)


def _guided(number: int) -> str:
    proof, what = "inputs guided by coverage", f"{number} for each of {len(TARGETS)}"
    total = 0.0
    for target in TARGETS:
        done, seconds = _timed(
            *("-m", "tests.proofs.guided", "--target", target, f"--inputs={number}")
        )
        total += seconds
        if done.returncode:
            return _row(proof, f"{what}: {target}", "FAILED", total)
    return _row(proof, what, "a table or a refusal each", total)


def _exchange(number: int, first: int) -> str:
    proof = "platforms with hidden rules: everything once, found without a person"
    done, seconds = _timed(
        *("-m", "tests.proofs.exchange", f"--seeds={number}", f"--first={first}")
    )
    what = f"{number} platforms, 300 rows each, seeds from {first}"
    if done.returncode:
        return _row(proof, what, "FAILED", seconds)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    most = max(each["changes"] for each in told)
    return _row(proof, what, f"at most {most} changes of a profile", seconds)


def _suite() -> str:
    """Run the proofs that are tests, with their number of examples ten times CI's."""
    os.environ["XINHENG_PROVE"] = "whole"
    done, seconds = _timed(
        "-m", "pytest", "-q", "-m", "proof", "-p", "no:cacheprovider"
    )
    last = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""
    result = "FAILED" if done.returncode else "passed"
    return _row("property and fuzz tests", last.strip("= "), result, seconds)


def _timed(
    *arguments: str, environment: Mapping[str, str] | None = None
) -> tuple[subprocess.CompletedProcess[str], float]:
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, env=environment
    )
    if done.returncode:
        print(done.stdout[-4000:], done.stderr[-4000:], file=sys.stderr)
    return done, time.monotonic() - started


def _row(proof: str, what: str, result: str, seconds: float) -> str:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True
    ).stdout.strip()
    on = datetime.now(UTC).date()
    cells = (
        proof,
        what,
        result,
        f"{seconds:.0f}",
        commit,
        f"{on}, {platform.machine()}",
    )
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    main()
