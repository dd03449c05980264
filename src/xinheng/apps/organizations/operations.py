"""Feeding the register: files of organizations, units among them, issues closed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import polars as pl
from django.db import transaction
from django.utils import timezone

from xinheng.apps import bulk
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.organizations import (
    changes,
    issues,
    landing,
    references,
    search_index,
)
from xinheng.apps.organizations.changes import ORGANIZATIONS
from xinheng.apps.organizations.issues import Finder
from xinheng.apps.organizations.landing import Act, Landed
from xinheng.apps.organizations.models import (
    Organization,
    RegisterImport,
    RegisterIssue,
)
from xinheng.apps.outbox import operations as outbox
from xinheng.apps.units import queries as units
from xinheng.core.organizations.issues import IssueKind, IssueState
from xinheng.core.organizations.status import ACTIVE
from xinheng.core.submissions.findings import Severity
from xinheng.pipeline import register_fields, register_file
from xinheng.pipeline.register_fields import Return
from xinheng.pipeline.register_file import RegisterRows, Source
from xinheng.pipeline.register_values import finding

# A file of wrong codes is told once, not a million times.
MOST_TOLD = 1000
TOPIC = "register.changed"
SUBJECT = "organizations"
CODES_IN_MESSAGE = 1000
MOST_ANNOUNCED = 20_000

_STAGE = "register_present"
_COUNTED = ("rows_read", "new", "changed", "unchanged", "rejected")


@dataclass(frozen=True, slots=True)
class RegisterReport:
    """What an import did: `new + changed + unchanged + rejected = rows_read`.

    Of the rejected rows `claims` bear a code that another organization holds; `issues`
    counts what was found wrong for the first time, claims among it. `absent` counts the
    active organizations of this registrar that the file doesn't name; null for a delta.
    `rejected_rows` are (row, field, rule) of the first `MOST_TOLD` refusals.
    """

    rows_read: int
    new: int
    changed: int
    unchanged: int
    rejected: int
    claims: int
    issues: int
    absent: int | None
    findings: Mapping[str, int]
    ledger_seq: int
    rejected_rows: tuple[tuple[int, str, str], ...]


class IssueClosedError(ValueError):
    """The issue is closed already, or there is none of that number."""

    def __init__(self, issue: int) -> None:
        super().__init__(f"register issue {issue} is not open")
        self.issue = issue


@transaction.atomic
def import_register(
    *,
    path: Path,
    actor: str,
    at: datetime,
    kind: Return = Return.PLAIN,
    is_delta: bool = False,
) -> RegisterReport:
    """Take the organizations of a file into the register.

    A whole file says what is: a code that is known keeps its place, and what differs
    becomes its state from the day of the import. What the file doesn't name is counted,
    never ended. A delta says what happened and when. The same file again changes
    nothing.

    Messages on TOPIC name the codes that are new, or got another name or code:
    `{"codes": [...], "import": seq}`, at most CODES_IN_MESSAGE in one. A first mass
    import, of more than MOST_ANNOUNCED new codes, is one message
    `{"all": true, "import": seq}`: whoever waits for codes looks at all of them.

    Raises:
        UnreadableFileError: nothing is stored.
    """
    on = timezone.localdate(at)
    read = register_file.read_rows(path, _source(kind, is_delta, on))
    changes.lock()
    source = RegisterImport.objects.create(
        kind=kind, is_delta=is_delta, file_sha256=read.digest, recorded_at=at
    )
    landed = landing.land(read.rows, Act(source.id, is_delta, on, at))
    if landed.new > MOST_ANNOUNCED:
        bulk.analyze(ORGANIZATIONS)
    _link_units(read.rows, landed, at=at)
    found = _find(read, landed, Finder(at, source=source.id))
    search_index.refresh(_touched(landed))
    report = _report(read, landed, found)
    if not is_delta:
        report = replace(report, absent=_absent(read.rows, kind))
    seq = _append(source, report, actor=actor)
    _announce(landed, seq, at)
    return replace(report, ledger_seq=seq)


def _source(kind: Return, is_delta: bool, on: date) -> Source:
    """Return how a file is read, with what the register knows besides the rules."""
    confirmed = Organization.objects.filter(nonconforming=True)
    return Source(
        kind,
        is_delta,
        on,
        references.known_divisions(),
        frozenset(confirmed.values_list("uscc", flat=True)),
    )


def _report(read: RegisterRows, landed: Landed, found: int) -> RegisterReport:
    """Return what was done, before it stands in the ledger."""
    details = pl.concat([read.details, *landed.findings]).sort("row")
    return RegisterReport(
        **_count(read, landed),
        claims=sum(claims.height for claims in landed.claims),
        issues=found,
        absent=None,
        findings=dict(details["rule"].value_counts(sort=True).iter_rows()),
        ledger_seq=0,
        rejected_rows=_told(details),
    )


def _append(source: RegisterImport, report: RegisterReport, *, actor: str) -> int:
    """Tell the ledger what was taken in, and return its place there."""
    appended = ledger.append(
        kind="register.imported",
        subject=SUBJECT,
        actor=actor,
        body={
            "file_sha256": source.file_sha256,
            "return": Return(source.kind).value,
            "delta": source.is_delta,
            "counts": {name: getattr(report, name) for name in _COUNTED},
            "issues": report.issues,
        },
        at=source.recorded_at,
    )
    RegisterImport.objects.filter(id=source.id).update(ledger_seq=appended.seq)
    return appended.seq


@transaction.atomic
def examine_register(*, actor: str, at: datetime) -> int:
    """Look through the whole register for codes that clash; return how many are new.

    Imports look at what they touch; decisions and repairs by hand are found here.
    """
    changes.lock()
    found = issues.record(issues.in_register(None), Finder(at))
    if found:
        ledger.append(
            kind="register.examined",
            subject=SUBJECT,
            actor=actor,
            body={"issues": found},
            at=at,
        )
    return found


@transaction.atomic
def record_mismatches(*, named: pl.DataFrame, finder: Finder) -> int:
    """Keep names that a unit reports and the register doesn't hold; return the new.

    `named` has `code` and `name`; what is held under that code is left to the check.
    """
    keys = landing.keys_of(named["code"])
    frame = named.join(keys, on="code").with_columns(
        kind=pl.lit(IssueKind.NAME_MISMATCH.value),
        authority=pl.lit(""),
        details=pl.lit("{}"),
    )
    return _record_reported(frame.select(issues.FOUND.keys()), finder)


@transaction.atomic
def record_reported(*, rows: pl.DataFrame, finder: Finder) -> int:
    """Keep what is wrong with codes that a unit reports; return how many are new.

    `rows` as `pipeline.unknown_codes.find` gives them: the register holds none of them.
    """
    return _record_reported(issues.of_reported(rows), finder)


def _record_reported(told: pl.DataFrame, finder: Finder) -> int:
    found = issues.record(told, finder)
    if found:
        ledger.append(
            kind="register.mismatches_found",
            subject=SUBJECT,
            actor="worker",
            body={"submission": str(finder.submission), "issues": found},
            at=finder.at,
        )
    return found


@transaction.atomic
def close_issue(
    *, issue: int, state: IssueState, reason: str, actor: str, at: datetime
) -> None:
    """Close an issue as corrected, confirmed or dismissed, with the reason.

    Raises:
        IssueClosedError: it is not open, or there is none.
        ValueError: `state` is OPEN, or the reason is blank.
    """
    if state is IssueState.OPEN or not reason.strip():
        raise ValueError("an issue is closed with a state and a reason")
    row = RegisterIssue.objects.select_for_update().filter(id=issue).first()
    if row is None or row.state != IssueState.OPEN:
        raise IssueClosedError(issue)
    row.state, row.closed_at = state, at
    row.save(update_fields=["state", "closed_at"])
    ledger.append(
        kind="register.issue_closed",
        subject=f"register_issue:{issue}",
        actor=actor,
        body={"state": state.value, "reason": reason},
        at=at,
    )


def _find(read: RegisterRows, landed: Landed, finder: Finder) -> int:
    """Keep what is wrong in the file, and between what it touched and the register."""
    taken = _taken(read, landed)
    found = [
        issues.of_wrong_rows(read.wrong),
        *(issues.of_claims(claims) for claims in landed.claims),
        issues.of_notices(taken, read.details),
        # Of a mass import, the whole register is looked through faster than its part.
        issues.in_register(None if landed.new > MOST_ANNOUNCED else _touched(landed)),
    ]
    return issues.record(pl.concat(found), finder)


def _taken(read: RegisterRows, landed: Landed) -> pl.DataFrame:
    """Return the rows that may need a look, with the key of their organization."""
    claimed = [claims.select("row") for claims in landed.claims]
    rows = read.rows.select("row", "code", "name", "kind", "authority")
    for rest in claimed:
        rows = rows.join(rest, on="row", how="anti")
    noticed = read.details.filter(pl.col("severity") == Severity.NOTICE.value)
    rows = rows.filter(
        pl.col("kind").is_not_null() | pl.col("row").is_in(noticed["row"].implode())
    )
    keys = landing.keys_of(rows["code"])
    return rows.join(keys, on="code")


def _touched(landed: Landed) -> pl.Series:
    """Return the keys of all that were entered or changed."""
    return pl.concat([landing.entered(landed), *landed.touched]).unique()


def _count(read: RegisterRows, landed: Landed) -> dict[str, int]:
    taken = landed.new + landed.changed + landed.unchanged
    return {
        "rows_read": read.rows_read,
        "new": landed.new,
        "changed": landed.changed,
        "unchanged": landed.unchanged,
        "rejected": read.rows_read - taken,
    }


def _absent(rows: pl.DataFrame, kind: Return) -> int:
    """Count the active organizations of a registrar that the rows do not name."""
    bulk.stage(_STAGE, {"code": "text"}, rows.select("code").unique())
    active = ", ".join(f"'{status.value}'" for status in sorted(ACTIVE))
    prefix = register_fields.AUTHORITIES[kind]
    # Joined: of NOT IN, PostgreSQL would read a large file once for each organization.
    ((count,),) = bulk.fetch(
        f"SELECT count(*) FROM {ORGANIZATIONS} o"
        f" LEFT JOIN {_STAGE} s ON s.code = o.uscc"
        f" WHERE o.status IN ({active}) AND s.code IS NULL"
        f" AND substr(o.uscc, 1, {len(prefix)}) = %s",
        [prefix],
    )
    bulk.drop(_STAGE)
    return int(count)


def _told(details: pl.DataFrame) -> tuple[tuple[int, str, str], ...]:
    """Return the first rows that were refused, each with its field and rule."""
    refused = details.filter(pl.col("severity") == Severity.ERROR.value)
    return tuple(refused.select("row", "field", "rule").head(MOST_TOLD).iter_rows())


def _link_units(rows: pl.DataFrame, landed: Landed, *, at: datetime) -> None:
    """Link the organizations that are source units of this register."""
    named = rows.filter(pl.col("unit").is_not_null()).select("row", "code", "unit")
    if named.is_empty():
        return
    codes = named["unit"].unique().to_list()
    active = units.list_active_codes(codes=codes, on=timezone.localdate(at))
    unknown = named.filter(~pl.col("unit").is_in(sorted(active)))
    if unknown.height:
        landed.findings.append(
            finding(unknown["row"], "unit", "UNIT_UNKNOWN", Severity.NOTICE)
        )
    for unit, code in (
        named.filter(pl.col("unit").is_in(sorted(active)))
        .select("unit", "code")
        .unique("unit", keep="first", maintain_order=True)
        .iter_rows()
    ):
        Organization.objects.filter(unit=unit).exclude(uscc=code).update(unit=None)
        Organization.objects.filter(uscc=code).update(unit=unit)


def _announce(landed: Landed, seq: int, at: datetime) -> None:
    """Queue which codes are new, or got another name or code."""
    if landed.new > MOST_ANNOUNCED:
        _queue({"all": True, "import": seq}, seq, at)
        return
    keys = pl.concat([landing.entered(landed), *landed.announced]).unique()
    for codes in _chunks(landing.codes_of(keys)):
        _queue({"codes": codes, "import": seq}, seq, at)


def _queue(payload: Mapping[str, object], seq: int, at: datetime) -> None:
    outbox.queue(topic=TOPIC, subject=SUBJECT, payload=payload, ledger_seq=seq, at=at)


def _chunks(codes: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(codes), CODES_IN_MESSAGE):
        yield list(codes[start : start + CODES_IN_MESSAGE])
