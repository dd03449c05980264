"""Headers as units write them."""

from __future__ import annotations

import pytest

from xinheng.core.catalog import headers


class TestNormalize:
    @pytest.mark.parametrize(
        "written",
        [
            "XK_XDR_MC",
            "xk_xdr_mc",
            "xkXdrMc",
            " XK_XDR_MC ",
            "ＸＫ＿ＸＤＲ＿ＭＣ",
            "\ufeffXK-XDR-MC",
        ],
    )
    def test_reads_every_spelling_of_a_national_code(self, written: str) -> None:
        assert headers.normalize(written) == "XKXDRMC"

    def test_ignores_the_width_of_brackets_and_blanks(self) -> None:
        half = headers.normalize("行政相对人代码_1 (统一社会信用代码)")

        full = headers.normalize("行政相对人代码_1（统一社会信用代码）")

        assert half == full == "行政相对人代码1统一社会信用代码"

    def test_keeps_the_letter_that_tells_two_columns_apart(self) -> None:
        assert headers.normalize("XK_YXQZ") != headers.normalize("XK_YXQZI")
