"""Verdicts on columns of codes: the fast way and the rules agree on every input."""

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tests.core.linkage.test_repair import CODE, PERSON, code_of, codes
from tests.core.linkage.test_slips import slipped
from xinheng.core.identifiers import codes as classes
from xinheng.core.identifiers import uscc
from xinheng.core.linkage import shapes
from xinheng.core.screening import personal_id
from xinheng.pipeline.checks import code_shapes
from xinheng.pipeline.linkage import code_duplicates, code_scan

runs = st.sampled_from(
    ["1234567", "7654321", "0000000", "ABCDEFG", "QWERTYU", "1111111"]
)
texts = st.one_of(
    codes,
    codes.flatmap(slipped),
    st.builds(
        lambda run, last: code_of((run + last)[:8]),
        runs.filter(lambda run: set(run) <= set(uscc.ALPHABET)),
        st.sampled_from("0A"),
    ),
    st.builds(
        lambda head, run, tail: head + run + tail,
        st.sampled_from(["91210899", "9121089", "无"]),
        runs,
        st.text(uscc.ALPHABET, max_size=4),
    ),
    st.lists(codes, min_size=1, max_size=2).map("、".join),
    st.sampled_from(
        [CODE[:12], CODE[8:17], f"{CODE[8:16]}-{CODE[16]}", CODE[:-1] + "Y"]
    ),
    st.sampled_from(
        [PERSON, "无", "", "示例有限公司", "９" + CODE[1:], "000000000000000000"]
    ),
    st.text(max_size=20),
)


class TestFindings:
    @given(st.lists(texts, max_size=20))
    def test_are_those_of_the_reference(self, rows):
        read = [uscc.normalize(text) for text in rows]
        kinds = [classes.classify(text) for text in rows]

        flags = code_shapes.findings(
            pl.Series(read, dtype=pl.String),
            pl.Series([kind.value for kind in kinds], dtype=pl.String),
        )

        expected = [shapes.findings(*each) for each in zip(read, kinds, strict=True)]
        for rule in shapes.RULES:
            assert flags[rule].to_list() == [rule in told for told in expected]


class TestScan:
    @given(st.lists(st.one_of(codes, codes.flatmap(slipped)), max_size=30))
    def test_clears_exactly_the_valid_codes(self, rows):
        whole = [text for text in rows if len(text.encode()) == 18]

        valid = code_scan.is_valid(_matrix(whole))

        assert valid.tolist() == [uscc.reason(text) is None for text in whole]

    def test_clears_no_code_without_a_division(self):
        nowhere = code_of("MA0UDGPB", prefix="91000000")

        assert not code_scan.is_valid(_matrix([nowhere])).any()

    @given(st.lists(codes, min_size=1, max_size=30))
    def test_keeps_no_person_and_no_invented_code_back(self, rows):
        matrix = _matrix(rows)

        persons = [personal_id.find_embedded(text) is not None for text in rows]
        invented = [
            bool(shapes.findings(text, classes.CodeClass.VALID)) for text in rows
        ]
        assert (code_scan.may_be_person(matrix) >= np.array(persons)).all()
        assert (code_scan.may_be_invented(matrix) >= np.array(invented)).all()

    def test_asks_about_a_code_that_is_a_persons_number_as_well(self):
        assert code_scan.may_be_person(_matrix(["210899195001010516"])).all()

    def test_asks_about_every_run_of_seven(self):
        for run in ("1234567", "7654321", "0000000"):
            rows = [code_of(run + "5"), code_of("5" + run)]
            assert code_scan.may_be_invented(_matrix(rows)).all()


class TestDuplicates:
    def test_are_rows_whose_code_stands_for_another_name_too(self):
        rows = pl.DataFrame(
            {
                "row": pl.Series([1, 2, 3, 4, 5], dtype=pl.UInt32),
                "code": ["A", "B", "A", "B", "C"],
                "name": ["甲（一）", "乙", "甲(一)", "丙", "丁"],
            }
        )
        seen = code_duplicates.Seen()
        for part in rows.iter_slices(2):
            seen.take(part)

        suspected = seen.suspected()
        found = code_duplicates.confirmed(seen.kept(suspected))

        assert found.to_list() == [2, 4]  # the brackets of 甲 are no other name

    @given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), max_size=30))
    def test_are_found_whatever_the_order(self, pairs):
        rows = pl.DataFrame(
            {
                "row": pl.Series(range(len(pairs)), dtype=pl.UInt32),
                "code": [str(code) for code, _ in pairs],
                "name": [f"名{name}" for _, name in pairs],
            },
            schema_overrides={"code": pl.String, "name": pl.String},
        )
        seen = code_duplicates.Seen()
        seen.take(rows)

        suspected = seen.suspected().to_list()

        names = {code: {n for c, n in pairs if c == code} for code, _ in pairs}
        several = [n for n, (code, _) in enumerate(pairs) if len(names[code]) > 1]
        assert sorted(suspected) == several


def _matrix(rows):
    return code_scan.matrix(pl.Series(rows, dtype=pl.String))
