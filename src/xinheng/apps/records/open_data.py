"""Open data: what the public sees of each dataset as files, and what changed since.

    open/manifest.json          the issue that is served: written last, swapped at once
    open/<serial>/<dataset>.*   CSV, JSON and Parquet of one issue
    open/deltas/<dataset>-<serial>.csv   from the issue before to this one

Persons in business are in no file. An issue is served only while every row in it may be
seen: once one is ended, hidden or withdrawn, its term is over, or the rulebook is no
longer the adopted one, all files of the issue are gone until the next one is made.
"""

from __future__ import annotations

import csv
import fcntl
import io
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone

from xinheng.apps.catalog import queries as catalog
from xinheng.apps.disclosures import queries as disclosures
from xinheng.apps.law import queries as law
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.records import facts, queries
from xinheng.apps.records.models import Record, Touch
from xinheng.apps.records.queries import PublicRecord, View
from xinheng.core import formulas
from xinheng.core.catalog.datasets import Dataset
from xinheng.core.disclosures import deltas
from xinheng.core.disclosures.deltas import Change, Op
from xinheng.rulebook import editions

FORMATS = ("csv", "json", "parquet")
DELTAS_KEPT = 60  # issues that a reader may lag behind
OWN_COLUMNS = ("key", "source_unit", "recorded_on", "public_until", "disputed")
_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file of an issue: its name under `/data/`, where it lies, and its digest."""

    name: str
    path: str
    dataset: str
    rows: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Issue:
    """What is served: cut at `ledger_size` on the day `on`, good before `good_until`.

    `good_until` is the first day on which some row may no longer be seen, empty where
    no row has a term.
    """

    serial: int
    made_at: str
    on: str
    good_until: str
    ledger_size: int
    edition: str
    is_adopted: bool
    disputed: str
    files: tuple[OpenFile, ...]
    deltas: tuple[OpenFile, ...]


def current() -> Issue | None:
    """Return the issue made last, null before the first."""
    try:
        told = json.loads((_root() / "manifest.json").read_text("utf-8"))
    except FileNotFoundError:
        return None
    files = tuple(OpenFile(**each) for each in told.pop("files"))
    changes = tuple(OpenFile(**each) for each in told.pop("deltas"))
    return Issue(**told, files=files, deltas=changes)


def is_good(issue: Issue, *, on: date) -> bool:
    """Tell whether every row of an issue may still be seen on a day."""
    if issue.good_until and on >= date.fromisoformat(issue.good_until):
        return False
    if issue.is_adopted and not law.is_adopted(on=on):
        return False
    if issue.edition != editions.digest():
        return False
    return not _has_lost_rows(issue.ledger_size)


def _has_lost_rows(size: int) -> bool:
    """Tell whether an act since then may have taken a row away.

    A correction of an adverse record counts; another one waits for the next day.
    """
    if Touch.objects.filter(seq__gte=size).exists():
        return True
    adverse = [name for name, item in catalog.list_datasets().items() if item.adverse]
    gone = Record.objects.filter(superseded_by__ledger_seq__gte=size)
    if gone.filter(dataset__in=adverse).exists():
        return True
    follows = Record.objects.filter(
        dataset=OuterRef("dataset"),
        natural_key=OuterRef("natural_key"),
        superseded_at__isnull=True,
    )
    return gone.filter(~Exists(follows)).exists()


def is_due(issue: Issue | None, *, on: date) -> bool:
    """Tell whether an issue is due: daily, when one is not good, for a new mark."""
    if issue is None or issue.on != on.isoformat() or issue.disputed != _disputed():
        return True
    return not is_good(issue, on=on)


def _disputed() -> str:
    """Return a digest of what is disputed: a mark that comes or goes makes an issue."""
    known = disclosures.known(kind=disclosures.RECORD)
    marked = sorted(key for key, each in known.items() if each.is_disputed)
    return sha256("\n".join(marked).encode()).hexdigest()


def make_due(*, at: datetime) -> Issue | None:
    """Make the next issue where one is due and nobody else is at it; else null."""
    _root().mkdir(parents=True, exist_ok=True)
    with (_root() / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        if not is_due(current(), on=timezone.localdate(at)):
            return None
        return make(at=at)


def renew(*, at: datetime) -> bool:
    """Make another issue at once where the last one holds what was taken away since.

    Returns whether one was made. Waits for whoever is at it.
    """
    if current() is None:
        return False
    with (_root() / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        issue = current()
        if issue is None or is_good(issue, on=timezone.localdate(at)):
            return False
        make(at=at)
        return True


def make(*, at: datetime) -> Issue:
    """Make the next issue, with a delta for each dataset, empty or not."""
    before, on = current(), timezone.localdate(at)
    serial = before.serial + 1 if before else 1
    size, is_adopted = ledger.size(), law.is_adopted(on=on)
    disputed = _disputed()
    home = _root() / str(serial)
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    files: list[OpenFile] = []
    changed: list[OpenFile] = []
    bounds: list[date] = []
    for dataset in _open_datasets():
        table = _table(dataset, on=on, bounds=bounds)
        files += [_write(table, home, kind) for kind in FORMATS]
        changed += _follow(table, before, serial)
    issue = Issue(
        serial=serial,
        made_at=at.isoformat(),
        on=on.isoformat(),
        good_until=min(bounds).isoformat() if bounds else "",
        ledger_size=size,
        edition=editions.digest(),
        is_adopted=is_adopted,
        disputed=disputed,
        files=tuple(files),
        deltas=tuple(changed),
    )
    _publish(issue)
    return issue


@dataclass(frozen=True, slots=True)
class _Table:
    """The rows of a dataset as cells, by key, in the order of `columns`."""

    dataset: Dataset
    columns: tuple[str, ...]
    rows: Mapping[str, tuple[str, ...]]


def _open_datasets() -> list[Dataset]:
    items = catalog.list_datasets()
    return [items[name] for name in sorted(items) if facts.may_be_public(items[name])]


def _table(dataset: Dataset, *, on: date, bounds: list[date]) -> _Table:
    public = tuple(field for field in dataset.stored_fields if field.public)
    rows: dict[str, tuple[str, ...]] = {}
    for record in _list_open(dataset, on=on):
        texts = {title: text for title, _, text in record.fields}
        rows[record.key] = (
            record.key,
            record.source_unit,
            timezone.localdate(record.recorded_at).isoformat(),
            record.state.until.isoformat() if record.state.until else "",
            "true" if record.state.is_disputed else "false",
            *(texts.get(field.title, "") for field in public),
        )
        if record.state.until is not None:
            bounds.append(record.state.until)
    columns = (*OWN_COLUMNS, *(field.name for field in public))
    return _Table(dataset, columns, dict(sorted(rows.items())))


def _list_open(dataset: Dataset, *, on: date) -> Iterator[PublicRecord]:
    see = queries.seer(on=on, view=View.BULK)
    rows = Record.objects.filter(
        dataset=dataset.name, superseded_at__isnull=True
    ).select_related("source_unit", "submission")
    for row in rows.iterator(_AT_ONCE):
        record = see(row, dataset)
        if record is not None:
            yield record


def _write(table: _Table, home: Path, kind: str) -> OpenFile:
    name = f"{table.dataset.name}.{kind}"
    path = home / name
    path.write_bytes(_content(table, kind))
    return _file(name, path, table.dataset.name, len(table.rows))


def _content(table: _Table, kind: str) -> bytes:
    if kind == "csv":
        return as_csv(table.columns, table.rows.values())
    frame = pl.DataFrame(
        list(table.rows.values()),
        schema=dict.fromkeys(table.columns, pl.String()),
        orient="row",
    )
    content = io.BytesIO()
    if kind == "json":
        frame.write_json(content)
    else:
        frame.write_parquet(content)
    return content.getvalue()


def as_csv(columns: tuple[str, ...], rows: Any) -> bytes:
    """Return rows as CSV: UTF-8, CRLF, no cell that a spreadsheet would run."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([formulas.disarmed(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def _follow(table: _Table, before: Issue | None, serial: int) -> Iterator[OpenFile]:
    """Write the delta of a dataset, and take what went out of its older ones."""
    name = table.dataset.name
    old = _rows_of(before, name)
    changes = list(deltas.compare(old, _disarmed(table.rows)))
    gone = {change.key for change in changes}
    kept = [each for each in (before.deltas if before else ()) if each.dataset == name]
    for each in kept[-(DELTAS_KEPT - 1) :]:
        path = _root() / each.path
        held = deltas.forget(_read_delta(path), gone)
        yield _write_delta(path, table, held)
    path = _root() / "deltas" / f"{name}-{serial}.csv"
    yield _write_delta(path, table, changes)


def _disarmed(rows: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    """Return the rows with their cells as the CSV file has them."""
    return {
        key: tuple(formulas.disarmed(cell) for cell in row) for key, row in rows.items()
    }


def _rows_of(issue: Issue | None, dataset: str) -> dict[str, tuple[str, ...]]:
    if issue is None:
        return {}
    wanted = f"{dataset}.csv"
    for file in issue.files:
        path = _root() / file.path
        if file.name == wanted and path.exists():
            with path.open(encoding="utf-8", newline="") as source:
                lines = csv.reader(source)
                next(lines)
                return {line[0]: tuple(line) for line in lines}
    return {}


def read_delta(issue: Issue, dataset: str, serial: int) -> list[Change]:
    """Return the changes that led to the issue of that number.

    Raises:
        KeyError: where the issue names no such delta any more.
    """
    wanted = f"deltas/{dataset}-{serial}.csv"
    for file in issue.deltas:
        if file.name == wanted:
            return _read_delta(path_of(file))
    raise KeyError(wanted)


def _read_delta(path: Path) -> list[Change]:
    with path.open(encoding="utf-8", newline="") as source:
        lines = csv.reader(source)
        next(lines)
        return [
            Change(Op(op), cells[0], tuple(cells) if op == Op.PUT else ())
            for op, *cells in lines
        ]


def _write_delta(path: Path, table: _Table, changes: list[Change]) -> OpenFile:
    width = len(table.columns) - 1
    lines = [
        (change.op.value, *(change.cells or (change.key, *[""] * width)))
        for change in changes
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("op", *table.columns))
    writer.writerows(lines)
    draft.write_bytes(text.getvalue().encode())
    draft.rename(path)
    return _file(f"deltas/{path.name}", path, table.dataset.name, len(lines))


def _file(name: str, path: Path, dataset: str, rows: int) -> OpenFile:
    content = path.read_bytes()
    where = path.relative_to(_root()).as_posix()
    digest = sha256(content).hexdigest()
    return OpenFile(name, where, dataset, rows, len(content), digest)


def _publish(issue: Issue) -> None:
    """Swap the manifest at once, then remove what no issue names any more."""
    root = _root()
    draft = root / "manifest.part"
    with draft.open("w", encoding="utf-8") as file:
        json.dump(asdict(issue), file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(root / "manifest.json")
    for each in root.iterdir():
        if each.is_dir() and each.name not in (str(issue.serial), "deltas"):
            shutil.rmtree(each)
    named = {Path(each.path).name for each in issue.deltas}
    for each in (root / "deltas").iterdir():
        if each.name not in named:
            each.unlink()


def _root() -> Path:
    return Path(settings.DATA_DIR) / "open"


def path_of(file: OpenFile) -> Path:
    """Return where a file of an issue lies."""
    return _root() / file.path
