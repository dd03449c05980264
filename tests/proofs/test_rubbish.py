"""Broken files of every kind: a report or one sentence, never anything else.

A part of the inputs runs with the suite; `make prove` feeds a hundred thousand.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.proofs import rubbish
from tests.proofs.decoders import Decoders
from xinheng.pipeline.reading import confined

INPUTS, GUIDED = 1000, 300
KEPT = sorted(
    path for path in rubbish.CORPUS.iterdir() if path.suffix not in {".md", ".py"}
)

pytestmark = pytest.mark.proof


@pytest.fixture(scope="module")
def decoders() -> Iterator[Decoders]:
    with Decoders() as kept:
        yield kept


def test_sound_files_are_checked(tmp_path):
    for name, content in rubbish.seeds().items():
        assert rubbish.feed(content, name, tmp_path, is_checked=True) == "report"


def test_what_asks_for_half_a_terabyte_ends_as_one_sentence(
    tmp_path, monkeypatch, decoders
):
    monkeypatch.setattr(confined, "_run", decoders.run)
    deaths = decoders.deaths

    answer = rubbish.feed(rubbish.vast(), "a.xlsx", tmp_path, is_checked=True)

    assert (answer, decoders.deaths) == ("FILE_UNDECODED", deaths + 1)


@pytest.mark.parametrize("kept", KEPT, ids=lambda path: path.name)
@pytest.mark.parametrize("is_checked", [True, False])
def test_what_once_broke_is_answered(tmp_path, kept, is_checked):
    """Here the decoder is the confined process, as in a real installation."""
    answer = rubbish.feed(
        kept.read_bytes(), f"file{kept.suffix}", tmp_path, is_checked=is_checked
    )

    assert answer != "FILE_UNDECODED"


def test_broken_files_are_reported_or_refused():
    answers = rubbish.run_all(INPUTS, seed=5, keep=None)

    print(json.dumps(answers))
    assert answers.total() == INPUTS
    # Otherwise nothing but the first look at a file would be tried.
    assert answers["report"] + answers["preview"] > INPUTS / 10
    assert len(answers) > 8


@pytest.mark.parametrize("target", ["text", "parts", "package", "old"])
def test_guided_inputs_are_answered(tmp_path, target):
    pytest.importorskip("atheris")

    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.proofs.guided", "--target", target),
            *(f"--inputs={GUIDED}", f"--keep={tmp_path}"),
        ],
        capture_output=True,
        text=True,
        timeout=300,
    )

    assert done.returncode == 0, done.stderr[-2000:]
    assert f"Done {GUIDED} runs" in done.stderr
    assert not list(tmp_path.iterdir())


@given(
    content=st.one_of(
        st.binary(max_size=400),
        st.text(max_size=200).map(str.encode),
        st.lists(st.lists(st.text(max_size=9), max_size=9), max_size=9).map(
            lambda rows: "\n".join(map(",".join, rows)).encode()
        ),
    ),
    kind=st.sampled_from(["a.csv", "a.tsv", "a.xlsx", "a.xls", "a.zip"]),
    with_head=st.booleans(),
)
@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_arbitrary_bytes_are_reported_or_refused(
    tmp_path, monkeypatch, decoders, content, kind, with_head
):
    monkeypatch.setattr(confined, "_run", decoders.run)
    head = rubbish.seeds()[_seed_of(kind)] if with_head else b""

    assert rubbish.feed(head + content, kind, Path(tmp_path), is_checked=True)


def _seed_of(kind: str) -> str:
    return {
        ".csv": "utf8.csv",
        ".tsv": "tabs.tsv",
        ".xlsx": "book.xlsx",
        ".xls": "book.xls",
        ".zip": "texts.zip",
    }[Path(kind).suffix]
