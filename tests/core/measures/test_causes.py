"""A cause is a kind and an id, and nothing behind it."""

from __future__ import annotations

import pytest

from xinheng.core.measures.causes import Cause


class TestCause:
    def test_is_equal_by_kind_and_id(self):
        assert Cause("listing", "1") == Cause("listing", "1")
        assert Cause("listing", "1") != Cause("judgment", "1")

    @pytest.mark.parametrize(
        ("kind", "id_"),
        [("", "1"), ("Listing", "1"), ("a" * 33, "1"), ("x", ""), ("x", "1" * 65)],
    )
    def test_refuses_what_could_not_be_found_again(self, kind, id_):
        with pytest.raises(ValueError, match=r"(has|is) 1 to"):
            Cause(kind, id_)
