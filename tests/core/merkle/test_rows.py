"""Rows of a submission: proved one by one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.merkle import rows

DIGESTS = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40)


class TestRows:
    @given(DIGESTS, st.data())
    def test_one_row_is_proved_without_the_others(self, digests, data):
        index = data.draw(st.integers(0, len(digests) - 1))

        assert rows.verify_row(
            digest=digests[index],
            index=index,
            rows=len(digests),
            proof=rows.row_proof(digests, index),
            root=rows.rows_root(digests),
        )

    @given(DIGESTS, st.data())
    def test_no_other_row_passes_in_its_place(self, digests, data):
        index = data.draw(st.integers(0, len(digests) - 1))
        other = rows.row_digest(salt=b"salt", body=digests[index].hex())

        assert not rows.verify_row(
            digest=other,
            index=index,
            rows=len(digests),
            proof=rows.row_proof(digests, index),
            root=rows.rows_root(digests),
        )

    def test_the_salt_hides_equal_rows(self):
        first = rows.row_digest(salt=b"1" * 32, body='{"name":"示例"}')
        second = rows.row_digest(salt=b"2" * 32, body='{"name":"示例"}')

        assert first != second

    def test_no_proof_of_a_row_that_is_not_there(self):
        with pytest.raises(ValueError, match="has no leaf"):
            rows.row_proof([bytes(32)], 1)


class TestGrowingRoot:
    @given(st.lists(st.lists(st.binary(min_size=32, max_size=32), max_size=9)))
    def test_is_the_root_over_all_rows(self, parts):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(rows, "_SUBTREE_ROWS", 4)
            growing = rows.GrowingRoot()
            for part in parts:
                growing.add(part)

            assert growing.root() == rows.rows_root(
                [row for part in parts for row in part]
            )
