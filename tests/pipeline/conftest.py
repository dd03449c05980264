"""Fictional permits, changed one cell at a time, and checked."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.proofs.decoders import Decoders
from xinheng.core.catalog.datasets import Dataset
from xinheng.pipeline import context, run
from xinheng.pipeline.context import Context, Register
from xinheng.pipeline.reading import confined
from xinheng.pipeline.report import Report
from xinheng.rulebook import catalog, samples

# No decision of May 2019 in the samples is late on this day.
ON = date(2019, 6, 3)

Row = dict[str, str]
Write = Callable[..., Path]
Check = Callable[..., Report]


@pytest.fixture(scope="session")
def permit() -> Dataset:
    return catalog.dataset("permit")


@pytest.fixture(scope="session")
def surroundings() -> Context:
    """The rulebook's own, in which the fictional division counts as known."""
    standard = context.standard(ON)
    return replace(standard, divisions=standard.divisions | {"210899"})


@pytest.fixture
def rows(permit: Dataset) -> list[Row]:
    """Three valid permits by Chinese title."""
    return samples.sample_rows(permit, rows=3)


@pytest.fixture
def title(permit: Dataset) -> Callable[[str], str]:
    """The Chinese title of a field by its English name."""
    return lambda name: permit.field(name).title


@pytest.fixture
def put(tmp_path: Path) -> Callable[..., Path]:
    """Write bytes to a file of that name."""

    def write_bytes(content: bytes, name: str = "permits.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write_bytes


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write rows as a CSV file."""

    def write_rows(
        rows: Iterable[Mapping[str, str]],
        *,
        name: str = "permits.csv",
        encoding: str = "utf-8",
        delimiter: str = ",",
    ) -> Path:
        given = list(rows)
        titles = list(dict.fromkeys(title for row in given for title in row))
        path = tmp_path / name
        with path.open("w", encoding=encoding, newline="") as target:
            writer = csv.DictWriter(target, titles, delimiter=delimiter)
            writer.writeheader()
            writer.writerows(given)
        return path

    return write_rows


@pytest.fixture(scope="session")
def decoders() -> Iterator[Decoders]:
    with Decoders() as kept:
        yield kept


@pytest.fixture(autouse=True)
def _decoding(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, decoders: Decoders
) -> None:
    """Let one confined process decode for all tests but those of its start and end.

    To start one takes a third of a second, some hundred times.
    """
    if request.path.name != "test_confined.py":
        monkeypatch.setattr(confined, "_run", decoders.run)


@pytest.fixture
def check(
    permit: Dataset, surroundings: Context, write: Write, tmp_path: Path
) -> Check:
    """Check rows, or a file, of permits."""

    def check_permits(
        given: Path | Sequence[Mapping[str, str]],
        *,
        dataset: Dataset = permit,
        register: Register | None = None,
        chosen: Mapping[str, str] | None = None,
        **changes: Any,
    ) -> Report:
        source = given if isinstance(given, Path) else write(given)
        out = tmp_path / "out"
        out.mkdir(exist_ok=True)
        known = replace(surroundings, register=register, **changes)
        return run.check(source, dataset=dataset, context=known, out=out, chosen=chosen)

    return check_permits


def findings(report: Report) -> list[tuple[int, str, str]]:
    """Return row, field and rule of every finding, in the file's order."""
    found = pl.read_parquet(report.findings_path)
    return [(row, field, rule) for row, field, rule, _ in found.iter_rows()]


def accepted_rows(report: Report) -> list[int]:
    return pl.read_parquet(report.accepted_path)["row"].to_list()


class StubRegister:
    """A register of (code, name) pairs; `confirmed` codes were issued as they are."""

    def __init__(
        self, names: Sequence[tuple[str, str]], confirmed: Iterable[str] = ()
    ) -> None:
        issued = set(confirmed)
        self._rows = pl.DataFrame(
            [(code, f"org-{code}", name, code in issued) for code, name in names],
            schema={
                "code": pl.String,
                "organization": pl.String,
                "name": pl.String,
                "nonconforming": pl.Boolean,
            },
            orient="row",
        )

    def lookup(self, codes: pl.Series) -> pl.DataFrame:
        return self._rows.filter(pl.col("code").is_in(codes.implode()))
