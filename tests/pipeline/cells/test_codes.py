"""A hand-in's codes are told apart as `xinheng codes` tells them apart."""

from __future__ import annotations

from datetime import date

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tests.pipeline.linkage.test_code_verdicts import texts
from xinheng.core.identifiers import codes as classes
from xinheng.core.identifiers import uscc
from xinheng.core.identifiers.codes import CodeClass
from xinheng.core.linkage import shapes
from xinheng.pipeline import context
from xinheng.pipeline.cells import codes

STANDARD = context.standard(date(2026, 11, 23))


class TestReadCodes:
    @given(st.lists(texts, min_size=1, max_size=20))
    def test_tells_of_wrong_codes_what_their_shape_tells(self, rows):
        kinds = [classes.classify(text) for text in rows]
        is_personal = [kind is CodeClass.PERSONAL_ID for kind in kinds]

        read = codes.read_codes(
            pl.Series(rows, dtype=pl.String),
            personal=pl.Series(is_personal),
            context=STANDARD,
        )

        for place, (text, kind) in enumerate(zip(rows, kinds, strict=True)):
            found = [rule for rule in shapes.RULES if _is_flagged(read, rule, place)]
            is_wrong = kind is not CodeClass.VALID
            told = shapes.findings(uscc.normalize(text), kind) if is_wrong else ()
            assert tuple(found) == told


def _is_flagged(read, rule, place):
    return rule in read.flags and read.flags[rule][place]
