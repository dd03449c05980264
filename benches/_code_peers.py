"""The peer of the bench on repair: Splink, as its users would set it up for codes."""

from __future__ import annotations

import contextlib
import io
import time
from collections.abc import Sequence
from typing import Any

import polars as pl

from benches._code_queries import Query

THREADS = 2
_POSSIBLE = 0.01  # whatever is likelier is asked for its best


def splink(
    register: pl.DataFrame, queries: Sequence[Query]
) -> tuple[list[str | None], float, float]:
    """Return the code that comes first for each query; seconds to train, to predict."""
    from duckdb import connect
    from splink import Linker
    from splink.internals.duckdb.database_api import DuckDBAPI

    asked = pl.DataFrame(
        {
            "code": [query.text for query in queries],
            "name": [query.name for query in queries],
        }
    )
    database = connect(config={"threads": THREADS})
    for table, frame in (("register_table", register), ("asked_table", asked)):
        rows = frame.select(pl.int_range(pl.len()).alias("unique_id"), "code", "name")
        database.register("given", rows)
        database.execute(f"CREATE TABLE {table} AS SELECT * FROM given")
        database.unregister("given")
    api = DuckDBAPI(database)
    tables = [api.register("register_table"), api.register("asked_table")]
    started = time.perf_counter()
    linker = Linker(tables, _settings(), log_level="ERROR")
    with contextlib.redirect_stdout(io.StringIO()):
        _train(linker)
    trained = time.perf_counter()
    predicted = linker.inference.predict(threshold_match_probability=_POSSIBLE)
    pairs = predicted.as_duckdbpyrelation().pl()
    seconds = time.perf_counter() - trained
    database.close()
    return _first(pairs, register, len(queries)), trained - started, seconds


def _settings() -> Any:
    import splink.comparison_library as compared
    from splink import SettingsCreator, block_on

    return SettingsCreator(
        link_type="link_only",
        comparisons=[
            compared.DamerauLevenshteinAtThresholds("code", [1, 2]),
            compared.DamerauLevenshteinAtThresholds("name", [1, 2, 4]),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("substr(code, 9, 5)"),
            block_on("substr(code, -6)"),
            block_on("name"),
        ],
        retain_matching_columns=False,
    )


def _train(linker: Any) -> None:
    from splink import block_on

    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on("name")], recall=0.5
    )
    training.estimate_u_using_random_sampling(max_pairs=1e6, seed=0)
    for rule in (block_on("name"), block_on("substr(code, -6)")):
        training.estimate_parameters_using_expectation_maximisation(
            rule, record_sample_proportion=1.0
        )


def _first(pairs: pl.DataFrame, register: pl.DataFrame, count: int) -> list[str | None]:
    """Return the likeliest of each query's pairs; of equals, the first registered."""
    asked_left = pairs["source_dataset_l"] == "asked_table"
    asked = pairs["unique_id_l"].zip_with(asked_left, pairs["unique_id_r"])
    held = pairs["unique_id_r"].zip_with(asked_left, pairs["unique_id_l"])
    best = (
        pl.DataFrame(
            {"asked": asked, "held": held, "chance": pairs["match_probability"]}
        )
        .sort("chance", "held", descending=[True, False])
        .unique("asked", keep="first", maintain_order=True)
    )
    answers: list[str | None] = [None] * count
    for at, place, _ in best.iter_rows():
        answers[at] = register["code"][place]
    return answers
