"""Where the search index lies: what SQLite and PostgreSQL do differently.

SQLite has a full-text table over pairs of characters whose row number is the entry's
place, so it gives hits in order by itself. PostgreSQL has the pairs in an array under a
GIN index, which knows no order: few hits are fetched and sorted; where there are many,
entries are read in their order, from the first place on where the pair occurs, until a
page is full. Both were measured: `docs/adr/0015-search-index.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import polars as pl
from django.db import connection

from xinheng.apps import bulk
from xinheng.apps.organizations import search_entries
from xinheng.pipeline.linkage.folding import fold
from xinheng.pipeline.linkage.initials import initials

TABLE = "organizations_search"
_TEXT = "organizations_search_text"
_GRAM = "organizations_search_gram"
_SLICE_ROWS = 50_000  # entries whose pairs are held at once
_COLUMNS = ("place", "organization_id", "band", "code", "names", "initials")
# PostgreSQL sorts at most so many hits of a pair, whose number is known, and of a
# longer piece, whose hits must be looked at to be counted.
SORTED_OF_PAIR = 2_000
SORTED_OF_PIECE = 10_000
# From so many on, even the first 10,000 hits are counted by reading in order.
OVERWHELMING = 100_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a folded name, or of its initials: two characters or more."""

    text: str
    of_initials: bool

    @property
    def column(self) -> str:
        """Column of the index that holds it."""
        return "initials" if self.of_initials else "names"

    @property
    def grams(self) -> list[int]:
        """The pairs of the piece as the index numbers them, each once."""
        pairs = search_entries.grams(
            pl.Series([self.text]), of_initials=self.of_initials
        )
        return pairs["gram"].unique(maintain_order=True).to_list()

    def is_in(self, name: str) -> bool:
        """Return whether a name, as the register holds it, has the piece in it."""
        folded = fold(name)
        if self.of_initials:
            folded = initials(pl.Series([folded]))[0]
        return self.text in folded


@dataclass(frozen=True, slots=True)
class Hits:
    """Keys of organizations in order, and how many there are, counted up to a cap."""

    keys: tuple[int, ...]
    total: int


class Store(Protocol):
    """What the index asks of a database."""

    def lock(self) -> None:
        """Let one writer at a time give places; readers go on."""

    def remove(self, stage: str) -> None:
        """Take out the entries whose `organization_id` stands in a staged table."""

    def add(self, entries: pl.DataFrame) -> None:
        """Put entries in: the columns of `search_entries.of`, and `place`."""

    def replace(self, entries: pl.DataFrame) -> None:
        """Put these entries in place of all others; they are sorted by place."""

    def find(self, piece: Piece, *, offset: int, limit: int, most: int) -> Hits:
        """Return the hits of a page, and the total as far as `most`."""


class SqliteStore:
    """An FTS5 table without content of its own; `place` is its row number."""

    def lock(self) -> None:
        """Nothing to do: a transaction that writes is alone."""

    def remove(self, stage: str) -> None:
        """Take out the entries; the text has to be told again word by word."""
        among = f"organization_id IN (SELECT organization_id FROM {stage})"
        old = pl.DataFrame(
            bulk.fetch(f"SELECT place, names, initials FROM {TABLE} WHERE {among}"),
            schema={"rowid": pl.Int64, "names": pl.String, "initials": pl.String},
            orient="row",
        )
        command = pl.lit("delete").alias(_TEXT)
        bulk.insert(_TEXT, _tokenized(old).select(command, pl.all()))
        bulk.execute(f"DELETE FROM {TABLE} WHERE {among}")

    def add(self, entries: pl.DataFrame) -> None:
        """Put entries and their words in."""
        bulk.insert(TABLE, entries.select(_COLUMNS))
        texts = entries.select(pl.col("place").alias("rowid"), "names", "initials")
        words = map(_tokenized, texts.iter_slices(_SLICE_ROWS))
        bulk.insert_all(_TEXT, texts.columns, words)

    def replace(self, entries: pl.DataFrame) -> None:
        """Empty both tables and fill them again."""
        self.clear()
        self.add(entries)

    def clear(self) -> None:
        """Leave nothing in the index."""
        bulk.execute(f"INSERT INTO {_TEXT} ({_TEXT}) VALUES ('delete-all')")
        bulk.execute(f"DELETE FROM {TABLE}")

    def find(self, piece: Piece, *, offset: int, limit: int, most: int) -> Hits:
        """Return the hits as FTS5 gives them: by row number, which is the place."""
        words = _tokenized(pl.DataFrame({"names": [piece.text]}))["names"][0]
        wanted = f'{piece.column} : "{words}"'
        rows = f"SELECT rowid FROM {_TEXT} WHERE {_TEXT} MATCH %s ORDER BY rowid"
        keys = bulk.fetch(
            f"SELECT organization_id FROM {TABLE}"
            f" WHERE place IN ({rows} LIMIT %s OFFSET %s) ORDER BY place",
            [wanted, limit, offset],
        )
        total = bulk.fetch(f"SELECT count(*) FROM ({rows} LIMIT %s)", [wanted, most])
        return Hits(tuple(key for (key,) in keys), int(total[0][0]))


class PostgresStore:
    """Pairs of characters in an array under a GIN index, and how often each occurs."""

    def lock(self) -> None:
        """Keep other writers out until the transaction ends."""
        bulk.execute(f"LOCK TABLE {TABLE} IN SHARE ROW EXCLUSIVE MODE")

    def remove(self, stage: str) -> None:
        """Take out the entries, and their pairs from the count."""
        among = f"organization_id IN (SELECT organization_id FROM {stage})"
        bulk.execute(
            f"UPDATE {_GRAM} g SET frequency = g.frequency - gone.frequency FROM"
            f" ({_counted(among)}) gone WHERE g.gram = gone.gram"
        )
        bulk.execute(f"DELETE FROM {TABLE} WHERE {among}")

    def add(self, entries: pl.DataFrame) -> None:
        """Put entries in and count their pairs."""
        stage = "search_added"
        bulk.stage(stage, {"organization_id": "bigint"}, entries)
        _insert_with_grams(entries)
        among = f"organization_id IN (SELECT organization_id FROM {stage})"
        bulk.execute(
            f"INSERT INTO {_GRAM} AS g (gram, frequency, first_place)"
            f" {_counted(among)} ON CONFLICT (gram) DO UPDATE"
            f" SET frequency = g.frequency + excluded.frequency,"
            f" first_place = least(g.first_place, excluded.first_place)"
        )
        bulk.drop(stage)

    def replace(self, entries: pl.DataFrame) -> None:
        """Fill the table first and index it then, which is quicker by far."""
        self.clear()
        bulk.execute(f"DROP INDEX {TABLE}_grams")
        _insert_with_grams(entries)
        bulk.execute(
            f"CREATE INDEX {TABLE}_grams ON {TABLE} USING gin (grams)"
            f" WITH (fastupdate = off)"
        )
        bulk.execute(
            f"INSERT INTO {_GRAM} (gram, frequency, first_place) {_counted('true')}"
        )
        bulk.execute(f"ANALYZE {TABLE}")

    def clear(self) -> None:
        """Leave nothing in the index."""
        bulk.execute(f"TRUNCATE {TABLE}, {_GRAM}")

    def find(self, piece: Piece, *, offset: int, limit: int, most: int) -> Hits:
        """Return the hits, sorted where they are few, read in order where many."""
        grams = piece.grams
        known = bulk.fetch(
            f"SELECT frequency, first_place FROM {_GRAM}"
            f" WHERE gram = ANY(%s::bigint[]) AND frequency > 0",
            [grams],
        )
        if len(known) < len(grams):
            return Hits((), 0)
        search = _Search(piece, grams, limit=limit, offset=offset, most=most)
        rarest = min(frequency for frequency, _ in known)
        if rarest <= (SORTED_OF_PAIR if search.is_pair else SORTED_OF_PIECE):
            return search.sort()
        return search.scan(rarest, first_place=max(place for _, place in known))


@dataclass(frozen=True, slots=True)
class _Search:
    """A page of hits on PostgreSQL, by either way."""

    piece: Piece
    grams: list[int]
    limit: int
    offset: int
    most: int

    @property
    def is_pair(self) -> bool:
        """Whether the piece is a single pair, which the index answers for exactly."""
        return len(self.piece.text) == 2

    @property
    def condition(self) -> str:
        """SQL of what an entry must hold besides the pairs."""
        if self.is_pair:
            return ""
        return f" AND strpos({self.piece.column}, %s) > 0"

    @property
    def values(self) -> list[Any]:
        """The parameters of `grams @>` and the condition."""
        return [self.grams, *([self.piece.text] if self.condition else [])]

    def sort(self) -> Hits:
        """Fetch every hit once, count and sort."""
        row = bulk.fetch(
            f"WITH hit AS MATERIALIZED (SELECT place, organization_id FROM {TABLE}"
            f" WHERE grams @> %s::bigint[]{self.condition})"
            f" SELECT ARRAY(SELECT organization_id FROM hit ORDER BY place"
            f" LIMIT %s OFFSET %s), (SELECT count(*) FROM hit)",
            [*self.values, self.limit, self.offset],
        )[0]
        return Hits(tuple(row[0]), min(int(row[1]), self.most))

    def scan(self, rarest: int, *, first_place: int) -> Hits:
        """Read entries in their order; a pair has been counted already."""
        ordered = (
            f"SELECT organization_id FROM {TABLE}"
            f" WHERE place >= %s AND strpos({self.piece.column}, %s) > 0 ORDER BY place"
        )
        values = [first_place, self.piece.text]
        keys = bulk.fetch(
            f"{ordered} LIMIT %s OFFSET %s", [*values, self.limit, self.offset]
        )
        if self.is_pair:
            total = rarest
        elif rarest < OVERWHELMING:
            indexed = (
                f"SELECT 1 FROM {TABLE} WHERE grams @> %s::bigint[]{self.condition}"
            )
            total = self._count(indexed, self.values)
        else:
            total = self._count(ordered, values)
        return Hits(tuple(key for (key,) in keys), min(total, self.most))

    def _count(self, matching: str, values: list[Any]) -> int:
        counted = f"SELECT count(*) FROM ({matching} LIMIT %s) hit"
        return int(bulk.fetch(counted, [*values, self.most])[0][0])


def store() -> Store:
    """Return the store of the database at hand."""
    return PostgresStore() if connection.vendor == "postgresql" else SqliteStore()


def _counted(condition: str) -> str:
    """Return SQL that counts the pairs of some entries."""
    return (
        f"SELECT gram, count(*) AS frequency, min(place) AS first_place"
        f" FROM {TABLE}, unnest(grams) AS gram WHERE {condition} GROUP BY gram"
    )


def _insert_with_grams(entries: pl.DataFrame) -> None:
    rows = map(_with_grams, entries.iter_slices(_SLICE_ROWS))
    bulk.insert_all(TABLE, (*_COLUMNS, "grams"), rows)


def _with_grams(entries: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the table with `grams` as PostgreSQL writes an array."""
    pairs = pl.concat(
        search_entries.grams(entries[column], of_initials=column == "initials")
        for column in ("names", "initials")
    ).unique()
    arrays = pairs.group_by("row").agg(
        grams="{" + pl.col("gram").cast(pl.String).str.join(",") + "}"
    )
    numbered = entries.select(_COLUMNS).with_columns(row=pl.int_range(pl.len()))
    joined = numbered.join(arrays, on="row", how="left", maintain_order="left")
    return joined.drop("row").with_columns(pl.col("grams").fill_null("{}"))


def _tokenized(texts: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with its text columns written as words for FTS5.

    A word is the number of a pair, so no sign of a name can mean anything to FTS5.
    """
    return texts.with_columns(
        _words(texts[column]) for column in ("names", "initials") if column in texts
    )


def _words(texts: pl.Series) -> pl.Series:
    pairs = search_entries.grams(texts, of_initials=False)
    words = pairs.group_by("row").agg(pl.col("gram").cast(pl.String).str.join(" "))
    rows = pl.DataFrame({"row": pl.int_range(len(texts), eager=True)})
    joined = rows.join(words, on="row", how="left", maintain_order="left")
    return joined["gram"].fill_null("").alias(texts.name)
