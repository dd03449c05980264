"""Run the long proofs whole and write their result with commit and date.

python -m tests.proofs.prove [--kills 500]
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
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path("docs/reference/proofs.md")
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
    options = parser.parse_args()
    rows = [
        _kills(options.kills),
        _rubbish(options.rubbish),
        _guided(options.guided),
        _exchange(options.platforms, options.first_seed),
        _suite(),
    ]
    PAGE.write_text(HEAD + "".join(rows), encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8"))
    if any("FAILED" in row for row in rows):
        sys.exit(1)


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
        return _row(
            "kills of submission, correction, checkpoint, erasure, backup",
            f"{number} kills",
            "FAILED",
            seconds,
        )
    points = json.loads(done.stdout)["points"]
    print(json.dumps(points, indent=1))
    spread = (
        f"{len(points)} points, {min(points.values())} to {max(points.values())} each"
    )
    what = f"{number} kills (SIGKILL), {spread}"
    return _row(
        "kills of submission, correction, checkpoint, erasure, backup",
        what,
        "nothing half done",
        seconds,
    )


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


def _timed(*arguments: str) -> tuple[subprocess.CompletedProcess[str], float]:
    started = time.monotonic()
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True)
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
