"""Repairs in bulk: the same answers as the reference, from any register."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.linkage.test_repair import (
    CODE,
    DIVISIONS,
    NAME,
    OTHER,
    PERSON,
    code_of,
    codes,
)
from tests.core.linkage.test_slips import slipped
from xinheng.core.identifiers import uscc
from xinheng.core.linkage import repair
from xinheng.core.linkage.repair import Candidate, Reason
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.linkage import repairs
from xinheng.pipeline.linkage.code_index import CodeIndex, written
from xinheng.pipeline.linkage.folding import fold
from xinheng.pipeline.linkage.repairs import Repairs

NEIGHBORS = [code_of(f"MA0UDG{last}") for last in ("P1", "P2", "P3", "PB", "PC")]
texts = st.one_of(
    codes.flatmap(slipped),
    codes.flatmap(slipped).flatmap(slipped),
    st.sampled_from(NEIGHBORS).flatmap(slipped),
    st.sampled_from(NEIGHBORS).flatmap(slipped).flatmap(slipped),
    st.sampled_from([CODE, PERSON, PERSON[:17], "", "无", f"{CODE[:8]}-{CODE[8:]}"]),
    st.text("０9１2108MAO- ", min_size=14, max_size=22),
    st.text(max_size=20),
)


def register(*pairs):
    rows = [{"code": code, "name": name} for code, name in pairs]
    return pl.DataFrame(rows, schema={"code": pl.String, "name": pl.String})


def reference(text, held, name, most):
    found = repair.candidates(text, held=held, divisions=DIVISIONS, most=most)
    folded = None if name is None else fold(name) or None
    candidates = [
        Candidate(code, code in held, tuple(map(fold, held.get(code, ()))))
        for code in found
    ]
    return repair.suggest(text, candidates, name=folded)


class TestSuggest:
    @settings(deadline=None)
    @given(
        st.lists(texts, max_size=6),
        st.lists(st.one_of(st.sampled_from(NEIGHBORS), codes), max_size=6),
        st.sampled_from([None, NAME, "示例恒太商贸有限公司", "#"]),
        st.sampled_from([1, 2]),
    )
    def test_gives_what_the_reference_gives(self, asked, known, name, most):
        asked = [uscc.normalize(text) for text in asked]
        held = dict.fromkeys(known, (NAME, "示例盛源食品厂"))
        rows = register(*((code, each) for code in held for each in held[code]))

        answers = Repairs(rows, divisions=DIVISIONS).suggest(
            asked, [name] * len(asked), most=most
        )

        most = most if held else 1
        assert answers == [reference(text, held, name, most) for text in asked]

    @given(st.lists(codes.flatmap(slipped), max_size=20))
    def test_works_without_a_register(self, asked):
        answers = Repairs(None, divisions=DIVISIONS).suggest(asked)

        assert answers == [reference(text, {}, None, 1) for text in asked]

    def test_compares_the_name_with_every_name_that_the_register_holds(self):
        rows = register((CODE, "示例盛源食品厂"), (CODE, "示例恒泰（商贸）有限公司"))

        ((first,),) = Repairs(rows, divisions=DIVISIONS).suggest([CODE[:-1]], [NAME])

        assert Reason.SAME_NAME in first.reasons

    def test_takes_no_code_from_the_register_that_does_not_conform(self):
        wrong = CODE[:-1] + "Y"
        rows = register((wrong, NAME))

        (answer,) = Repairs(rows, divisions=DIVISIONS).suggest([CODE[:-1] + "X"])

        assert wrong not in [each.code for each in answer]

    def test_bears_names_of_any_length_and_rows_without_one(self):
        rows = register((CODE, "示" * 10_000), (OTHER, None), (None, NAME))

        (answer,) = Repairs(rows, divisions=DIVISIONS).suggest(
            [CODE[:-1] + "0"], ["例" * 10_000]
        )

        assert answer[0].code == CODE


class TestCodeIndex:
    @given(st.lists(codes, max_size=50))
    def test_holds_each_code_once(self, known):
        index = CodeIndex(pl.Series([*known, *known, None, "无"], dtype=pl.String))

        assert sorted(index.codes()) == sorted(set(known))

    @given(st.lists(codes, min_size=1, max_size=30))
    def test_finds_every_code_that_it_holds_and_no_other(self, known):
        index = CodeIndex(pl.Series(known[1:], dtype=pl.String))

        found = index.search(known, most=1)

        places = dict(zip(written(found.codes), found.place.tolist(), strict=True))
        assert all((places[code] >= 0) == (code in known[1:]) for code in known)

    def test_has_nothing_for_a_text_that_is_too_short_or_too_long(self):
        index = CodeIndex(pl.Series([CODE]))

        assert len(index.search(["", CODE[:15], CODE + "123"], most=2).text) == 0

    def test_takes_few_bytes_a_code(self):
        many = pl.Series([code_of(f"MA0U{number:04d}") for number in range(10_000)])

        assert CodeIndex(many).bytes < 64 * 10_000


class TestReadRegister:
    def test_reads_csv_and_parquet_alike(self, tmp_path):
        csv, parquet = tmp_path / "register.csv", tmp_path / "register.parquet"
        csv.write_text(f"名称,统一社会信用代码\n{NAME},{CODE}\n", encoding="utf-8")
        register((CODE, NAME)).write_parquet(parquet)

        for path in (csv, parquet):
            held = repairs.read_register(path).lookup(pl.Series([CODE]))
            assert held.select("code", "name", "nonconforming").row(0) == (
                CODE,
                NAME,
                False,
            )

    @pytest.mark.parametrize(
        ("content", "code"),
        [(b"PAR1 but no more", "FILE_DAMAGED"), (None, "FILE_MISSING")],
    )
    def test_refuses_a_parquet_file_that_is_none(self, tmp_path, content, code):
        path = tmp_path / "register.parquet"
        if content is not None:
            path.write_bytes(content)

        with pytest.raises(UnreadableFileError) as refused:
            repairs.read_register(path)

        assert refused.value.code == code

    def test_refuses_a_parquet_file_without_names(self, tmp_path):
        path = tmp_path / "register.parquet"
        pl.DataFrame({"code": [CODE]}).write_parquet(path)

        with pytest.raises(UnreadableFileError) as refused:
            repairs.read_register(path)

        assert refused.value.code == "KEY_COLUMNS"
