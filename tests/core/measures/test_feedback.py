"""Keys and outcomes of feedback that is carried by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.measures.feedback import Key, Said, read_key, read_word

NUMBERS = st.integers(min_value=1, max_value=10**17)


class TestReadKey:
    @given(NUMBERS, NUMBERS, st.booleans())
    def test_reads_what_was_written(self, task, seq, is_recall):
        key = Key(task, seq, is_recall=is_recall)

        assert read_key(f" {str(key).lower()} ") == key

    @given(st.text(max_size=12))
    def test_reads_nothing_else(self, text):
        key = read_key(text)

        assert key is None or str(key) == text.strip().upper()


class TestReadWord:
    @pytest.mark.parametrize("said", Said)
    def test_knows_each_outcome_of_a_task_or_of_a_recall(self, said):
        is_recall = said is Said.UNDONE

        assert read_word(said.value.lower(), is_recall=is_recall) is said
        assert read_word(said.value, is_recall=not is_recall) is None

    def test_knows_no_other_word(self):
        assert read_word("办完了", is_recall=False) is None
