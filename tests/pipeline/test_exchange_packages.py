"""Packaging on columns gives the same bytes as the core, package by package."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import exchange as made
from xinheng.core.exchange import packaging
from xinheng.core.exchange.profiles import DATE_FORMATS, Form, Limits
from xinheng.core.exchange.rows import Act, Row
from xinheng.pipeline import exchange_packages
from xinheng.pipeline.exchange_packages import (
    ACT,
    ID,
    VERSION,
    NotInColumnsError,
    TooLargeRowError,
)

TEXTS = st.text(alphabet="示例〔〕（）\"'ab,；\n ", max_size=12)
DAYS = st.sampled_from(["2019-05-28", "2019-02-30", "20190528", "", "2019-W01-1"])


@st.composite
def rows(draw):
    count = draw(st.integers(1, 25))
    return [
        Row(
            f"r{number:03d}",
            draw(st.sampled_from("12")),
            draw(st.sampled_from(list(Act))),
            {
                **made.row(number).values,
                "uscc": draw(st.sampled_from(["A", "B", "C"])),
                "decision_no": draw(TEXTS),
                "permit_content": draw(TEXTS),
                "decided_on": draw(DAYS),
            },
        )
        for number in range(count)
    ]


def profile(**changes):
    return replace(made.profile("province-drop"), **{"encoding": "utf-8", **changes})


def frame(chosen, sheet):
    names = [each.name for each in sheet.columns if each.name != "_action"]
    lines = [
        {name: row.values.get(name) for name in names}
        | {ID: row.id, VERSION: row.version, ACT: str(row.act)}
        for row in chosen
    ]
    schema = dict.fromkeys([*names, ID, VERSION, ACT], pl.String)
    return pl.DataFrame(lines, schema=schema)


class TestPackage:
    @given(
        chosen=rows(),
        most_rows=st.one_of(st.none(), st.integers(1, 9)),
        most_bytes=st.one_of(st.none(), st.integers(3_000, 6_000)),
        date_format=st.sampled_from(DATE_FORMATS),
        forbidden=st.sampled_from([(), ("〔",), ("；", "（")]),
        together=st.sampled_from([None, "uscc"]),
        encoding=st.sampled_from(["utf-8", "gb18030"]),
    )
    @settings(max_examples=60)
    def test_gives_the_bytes_of_the_core(
        self, chosen, most_rows, most_bytes, date_format, forbidden, together, encoding
    ):
        wanted = profile(
            limits=Limits(most_rows, most_bytes),
            date_format=date_format,
            forbidden=forbidden,
            encoding=encoding,
        )
        sheet = replace(wanted.sheet("permit"), together=together)
        ordered = packaging.order(chosen, sheet)

        by_core = [
            packaging.build(part, sheet, wanted)
            for part in packaging.split(ordered, sheet, wanted)
        ]
        in_columns = list(
            exchange_packages.package(
                frame(chosen, sheet), sheet, wanted, names_rows=True
            )
        )

        assert [each.data for each in in_columns] == [each.data for each in by_core]
        assert [each.id for each in in_columns] == [each.id for each in by_core]
        assert [each.file_name for each in in_columns] == [
            each.file_name for each in by_core
        ]
        assert [each.keys for each in in_columns] == [each.keys for each in by_core]
        assert [each.ids for each in in_columns] == [
            tuple(row.id for row in each.rows) for each in by_core
        ]

    @given(
        chosen=rows(),
        most_bytes=st.one_of(st.none(), st.integers(1_100, 1_400)),
        encoding=st.sampled_from(["utf-8", "gb18030"]),
    )
    @settings(max_examples=60)
    def test_finds_the_faults_of_the_core(self, chosen, most_bytes, encoding):
        wanted = profile(limits=Limits(bytes=most_bytes), encoding=encoding)
        sheet = wanted.sheet("permit")
        sheet = replace(
            sheet,
            columns=tuple(
                replace(each, max_length=10) if each.name == "decision_no" else each
                for each in sheet.columns
            ),
        )

        _, by_core = packaging.sound(packaging.order(chosen, sheet), sheet, wanted)
        in_columns = exchange_packages.faults(frame(chosen, sheet), sheet, wanted)

        assert sorted(in_columns, key=lambda each: each.row) == sorted(
            by_core, key=lambda each: each.row
        )

    @pytest.mark.parametrize("changes", [{"encoding": "gbk"}, {"form": Form.JSON}])
    def test_leaves_other_forms_and_encodings_to_the_core(self, changes):
        wanted = profile(**changes)
        sheet = wanted.sheet("permit")

        with pytest.raises(NotInColumnsError):
            list(exchange_packages.package(frame([], sheet), sheet, wanted))

    def test_names_a_row_that_is_too_large_alone(self):
        wanted = profile(limits=Limits(bytes=1_024))
        sheet = wanted.sheet("permit")
        large = replace(
            made.row(1), values=made.row(1).values | {"permit_content": "长" * 900}
        )

        with pytest.raises(TooLargeRowError) as refused:
            list(exchange_packages.package(frame([large], sheet), sheet, wanted))

        assert refused.value.id == "r000001"
