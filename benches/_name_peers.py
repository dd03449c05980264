"""The peers of the bench on names, each as its users would set it up.

Both get the names folded as we fold them, the division of each query, and Splink the
core of the name besides. Splink needs the extra `peers`.
"""

from __future__ import annotations

import contextlib
import io
import time
from dataclasses import dataclass

import polars as pl

from benches._name_queries import Query, Truth
from xinheng.core.linkage.name_parts import NameReader
from xinheng.pipeline.linkage.folding import fold, fold_column
from xinheng.pipeline.linkage.names import vocabulary

FUZZY_CUTOFF = 80  # of 100: below, plain rapidfuzz suggests nothing
# Of 20,000 organizations it finds one slip in twelve at 0.5, and most at 0.01; lower
# thresholds changed nothing there.
SPLINK_POSSIBLE, SPLINK_SAME = 0.01, 0.999
THREADS = 2


@dataclass(frozen=True, slots=True)
class PeerAnswer:
    """What a peer suggests first; null is nothing."""

    code: str | None
    is_same: bool


def rapidfuzz(truth: Truth, queries: list[Query]) -> tuple[list[PeerAnswer], float]:
    """Return an answer for each query and the seconds: the nearest of all names."""
    from rapidfuzz import fuzz, process

    names = fold_column(truth.names["name"]).to_list()
    codes = truth.names["code"].to_list()
    answers = []
    started = time.perf_counter()
    for query in queries:
        found = process.extractOne(
            fold(query.name), names, scorer=fuzz.ratio, score_cutoff=FUZZY_CUTOFF
        )
        answers.append(
            PeerAnswer(codes[found[2]], found[1] == 100)
            if found
            else PeerAnswer(None, False)
        )
    return answers, time.perf_counter() - started


def splink(truth: Truth, queries: list[Query]) -> tuple[list[PeerAnswer], float, float]:
    """Return an answer for each query, and the seconds to train and to predict."""
    from duckdb import connect
    from splink import Linker
    from splink.internals.duckdb.database_api import DuckDBAPI

    reader = NameReader(vocabulary(truth.places), fold)
    register = _columns(truth.names, reader)
    asked = _columns(
        pl.DataFrame(
            {
                "name": [query.name for query in queries],
                "division": [query.division for query in queries],
            }
        ),
        reader,
    )
    database = connect(config={"threads": THREADS})
    database.register("register_frame", register)
    database.register("asked_frame", asked)
    database.execute("CREATE TABLE register_table AS SELECT * FROM register_frame")
    database.execute("CREATE TABLE asked_table AS SELECT * FROM asked_frame")
    api = DuckDBAPI(database)
    tables = [api.register("register_table"), api.register("asked_table")]
    started = time.perf_counter()
    linker = Linker(tables, _settings(), log_level="ERROR")
    with contextlib.redirect_stdout(io.StringIO()):
        _train(linker)
    trained = time.perf_counter()
    predicted = linker.inference.predict(threshold_match_probability=SPLINK_POSSIBLE)
    pairs = predicted.as_duckdbpyrelation().pl()
    seconds = time.perf_counter() - trained
    answers = _first(pairs, truth, len(queries))
    database.close()
    return answers, trained - started, seconds


def _columns(names: pl.DataFrame, reader: NameReader) -> pl.DataFrame:
    cores = [reader.readings(name)[0].core for name in names["name"]]
    return names.select(
        pl.int_range(pl.len()).alias("unique_id"),
        fold_column(names["name"]).alias("name"),
        pl.Series("core", cores),
        "division",
    )


def _settings() -> object:
    import splink.comparison_library as compared
    from splink import SettingsCreator, block_on

    return SettingsCreator(
        link_type="link_only",
        comparisons=[
            compared.DamerauLevenshteinAtThresholds("name", [1, 2, 4]),
            compared.DamerauLevenshteinAtThresholds("core", [1, 2]),
            compared.ExactMatch("division"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("name"),
            block_on("core"),
            block_on("division", "substr(core, 1, 2)"),
            block_on("division", "substr(core, -4)"),
            block_on("substr(name, 1, 6)"),
        ],
        retain_matching_columns=False,
    )


def _train(linker: object) -> None:
    from splink import block_on

    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on("name")], recall=0.5
    )
    training.estimate_u_using_random_sampling(max_pairs=1e6, seed=0)
    for column in ("core", "division"):
        rule = (
            block_on(column)
            if column == "core"
            else block_on("division", "substr(core, 1, 2)")
        )
        training.estimate_parameters_using_expectation_maximisation(
            rule, record_sample_proportion=1.0
        )


def _first(pairs: pl.DataFrame, truth: Truth, count: int) -> list[PeerAnswer]:
    """Return the likeliest of each query's pairs; of equals, the first registered."""
    asked_left = pairs["source_dataset_l"] == "asked_table"
    asked = pairs["unique_id_l"].zip_with(asked_left, pairs["unique_id_r"])
    known = pairs["unique_id_r"].zip_with(asked_left, pairs["unique_id_l"])
    best = (
        pl.DataFrame(
            {"asked": asked, "known": known, "chance": pairs["match_probability"]}
        )
        .sort("chance", "known", descending=[True, False])
        .unique("asked", keep="first")
    )
    codes = truth.names["code"]
    found = {
        at: PeerAnswer(codes[known], chance >= SPLINK_SAME)
        for at, known, chance in best.iter_rows()
    }
    return [found.get(at, PeerAnswer(None, False)) for at in range(count)]
