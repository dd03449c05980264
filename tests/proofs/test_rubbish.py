"""Broken files of every kind: a report or one sentence, never anything else.

A part of the inputs runs with the suite; `make prove` feeds a hundred thousand.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.proofs import rubbish
from xinheng.pipeline.reading import confined

INPUTS = 1800
KEPT = sorted(
    path for path in rubbish.CORPUS.iterdir() if path.suffix not in {".md", ".py"}
)

pytestmark = pytest.mark.proof


def test_sound_files_are_checked(tmp_path):
    for name, content in rubbish.seeds().items():
        assert rubbish.feed(content, name, tmp_path, is_checked=True) == "report"


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
    tmp_path, monkeypatch, content, kind, with_head
):
    monkeypatch.setattr(confined, "_run", rubbish.decode_here)
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
