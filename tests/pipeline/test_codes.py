"""Examined codes: the classes of the reference, findings with them, few suggestions."""

import csv
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.calendars.working_days import WorkCalendar
from xinheng.core.identifiers import codes as reference
from xinheng.core.identifiers import organization_code, registration_number, uscc
from xinheng.core.screening import personal_id
from xinheng.pipeline import codes
from xinheng.pipeline.context import Context
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.linkage import code_duplicates
from xinheng.pipeline.linkage.code_columns import CodeColumns
from xinheng.pipeline.linkage.repairs import Repairs

DATA = Path(__file__).parents[3] / "shared" / "data"
# Made up: a person's number; one that passes as a unified code as well.
PERSON = "210899198001011248"
PERSON_AND_CODE = "210899195001010516"
WRONG = "91110000600037341Y"
VALID = "91110000600037341L"
# Two valid codes, and what one slip makes of either.
_TWINS, _BETWEEN = ("00007", "00787"), "00707"
DIVISIONS = frozenset({"110000", "210899"})
REPAIRS = Repairs(None, divisions=DIVISIONS)
ELSEWHERE = "91990000600037341" + uscc.check_character("91990000600037341")


class Register:
    """A register that holds these codes, some of them as issued although wrong."""

    def __init__(self, held=(), confirmed=()):
        self._rows = [(code, False) for code in held] + [(c, True) for c in confirmed]

    def lookup(self, asked):
        schema = {"code": pl.String, "nonconforming": pl.Boolean}
        known = pl.DataFrame(self._rows, schema=schema, orient="row")
        known = known.with_columns(organization=pl.col("code"), name=pl.lit("示例"))
        return known.filter(pl.col("code").is_in(asked.implode()))


def surroundings(register=None, batch_rows=65_536):
    return Context(
        on=date(2026, 11, 2),
        calendar=WorkCalendar(frozenset(), frozenset(), frozenset()),
        divisions=DIVISIONS,
        code_lists={},
        rules={},
        register=register,
        batch_rows=batch_rows,
    )


def examine(texts, register=None):
    rows = range(1, len(texts) + 1)
    schema = {"row": pl.UInt32, "code": pl.String}
    cells = pl.DataFrame({"row": rows, "code": texts}, schema=schema)
    return codes.examine(cells, context=surroundings(register), repairs=REPAIRS)


@st.composite
def wrong_codes(draw):
    body = "91" + draw(st.from_regex(r"\A[0-9]{6}\Z"))
    identifier = draw(st.text(uscc.ALPHABET, min_size=8, max_size=8))
    body += identifier + draw(
        st.sampled_from(["0", organization_code.check_character(identifier)])
    )
    last = draw(st.sampled_from(uscc.ALPHABET))
    return body + draw(st.sampled_from([last, uscc.check_character(body)]))


texts = st.one_of(
    st.sampled_from([VALID, WRONG, PERSON, PERSON_AND_CODE, PERSON + "01", "", "无"]),
    st.sampled_from(sorted(reference.PLACEHOLDERS)),
    wrong_codes(),
    st.text("0123456789ABCXx 　９１-", max_size=20),
    st.from_regex(r"\A[1-8][1-5][0-9]{13}\Z"),
    st.from_regex(registration_number.COOPERATIVE, fullmatch=True),
    st.from_regex(registration_number.FOREIGN_INVESTED, fullmatch=True),
    st.text(max_size=24),
)


class TestExamine:
    @given(st.lists(texts, max_size=20), st.data())
    def test_gives_every_row_the_class_of_the_reference(self, rows, data):
        held = data.draw(st.sets(st.sampled_from(rows), max_size=3)) if rows else set()
        confirmed = data.draw(st.sets(st.sampled_from(rows))) if rows else set()
        held = {uscc.normalize(text) for text in held}
        confirmed = {uscc.normalize(text) for text in confirmed} - held

        answer = examine(rows, Register(held, confirmed))

        assert answer["class"].to_list() == [
            reference.classify(
                text,
                confirmed=uscc.normalize(text) in confirmed,
                registered=uscc.normalize(text) in held | confirmed,
            )
            for text in rows
        ]

    @given(st.lists(texts, max_size=20))
    def test_suggests_only_codes_that_are_valid_and_no_person(self, rows):
        answer = examine(rows)

        for suggestion in answer["suggestion"].drop_nulls():
            assert reference.classify(suggestion) is reference.CodeClass.VALID

    @given(st.lists(texts, max_size=20))
    def test_echoes_no_number_of_a_person(self, rows):
        answer = examine(rows)

        shown = [*answer["code"].drop_nulls(), *answer["suggestion"].drop_nulls()]
        certain = personal_id.Kind.CERTAIN
        assert all(personal_id.find_embedded(text) is not certain for text in shown)

    @pytest.mark.parametrize(
        ("text", "findings", "suggestion"),
        [
            (VALID, None, None),
            (f" {VALID.lower()}　", None, None),
            (ELSEWHERE, "USCC_DIVISION", None),
            (WRONG, "USCC_CHECK", VALID),
            ("91310115MA1G4L1WXK", "USCC_CHECK;ORG_CODE_CHECK", None),
            (WRONG[:-1] + "I", "USCC_FORMAT", VALID),
            ("9I110000600037341L", "USCC_FORMAT", VALID),
            ("9111000060003734L", "USCC_FORMAT;CODE_TRUNCATED", VALID),
            ("91110000 600037341L", "USCC_WIDTH", VALID),
            ("９１１１００００６０００３７３４１Ｌ", "USCC_WIDTH", VALID),
            ("9111000060003734", "USCC_FORMAT;CODE_TRUNCATED", None),
            (f"{VALID}、{VALID}", "USCC_FORMAT;CODE_SEVERAL", None),
            ("示例有限公司", "USCC_FORMAT;CODE_NAME", None),
            ("110108000000016", "LEGACY_CODE", None),
            ("无", "CODE_PLACEHOLDER", None),
            (None, "CODE_PLACEHOLDER", None),
            (PERSON, "PERSONAL_ID", None),
        ],
    )
    def test_names_what_is_wrong_and_the_one_code_it_may_be(
        self, text, findings, suggestion
    ):
        answer = examine([text]).row(0, named=True)

        assert answer["findings"] == findings
        assert answer["suggestion"] == suggestion

    def test_lets_a_code_pass_that_the_register_confirms_as_issued(self):
        answer = examine([WRONG], Register(confirmed=[WRONG])).row(0)

        assert answer[:5] == (1, WRONG, "nonconforming", None, None)

    def test_shows_a_persons_number_only_as_a_code_that_the_register_holds(self):
        shown = examine([PERSON_AND_CODE], Register(held=[PERSON_AND_CODE]))
        hidden = examine([PERSON_AND_CODE], Register())

        assert shown["class"].to_list() == ["valid"]
        assert hidden.row(0)[:5] == (1, None, "personal_id", "PERSONAL_ID", None)
        assert hidden.row(0)[5:] == (None,) * 4


class TestReasons:
    def test_stand_beside_the_suggestion_in_codes_and_words(self):
        answer = examine([WRONG]).row(0, named=True)

        assert answer["certain"] is False
        assert answer["reasons"] == "CHECK_CHARACTER@18;NOT_HELD"
        assert "校验码" in answer["reasons_zh"]
        assert "check character" in answer["reasons_en"]

    def test_name_the_codes_where_several_are_as_likely(self):
        both = [f"9121089960003{end}" for end in _TWINS]
        rows = pl.DataFrame({"code": both, "name": ["示例甲", "示例乙"]})
        between = f"9121089960003{_BETWEEN}"

        answer = codes.examine(
            pl.DataFrame({"row": [1], "code": [between]}),
            context=surroundings(),
            repairs=Repairs(rows, divisions=DIVISIONS),
        ).row(0, named=True)

        assert (answer["suggestion"], answer["certain"]) == (None, None)
        assert answer["reasons"] == "SEVERAL"
        assert all(code in answer["reasons_zh"] for code in both)

    def test_say_that_the_register_holds_the_code_under_the_same_name(self):
        cells = pl.DataFrame({"row": [1], "code": [VALID[:-1]], "name": ["示例公司"]})
        rows = pl.DataFrame({"code": [VALID], "name": ["示例公司"]})

        answer = codes.examine(
            cells,
            context=surroundings(),
            repairs=Repairs(rows, divisions=DIVISIONS),
        ).row(0, named=True)

        assert answer["suggestion"] == VALID
        assert answer["certain"] is True
        assert answer["reasons"] == "MISSING@18;HELD;SAME_NAME"


def examined(path, out=None, column="code", batch_rows=65_536, name=None):
    return codes.examine_file(
        path,
        columns=CodeColumns(column, name),
        context=surroundings(batch_rows=batch_rows),
        repairs=REPAIRS,
        out=out,
    )


class TestExamineFile:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
    def test_reads_every_encoding(self, tmp_path, encoding):
        path = tmp_path / "codes.csv"
        path.write_text(f"名称,代码\n示例公司,{VALID}\n示例,无\n", encoding=encoding)

        answer = examined(path, column=" 代码")

        assert answer.rows == 2
        assert answer.classes == {"valid": 1, "placeholder": 1}
        assert answer.findings == {"CODE_PLACEHOLDER": 1}
        assert not answer.is_clean

    def test_writes_a_row_for_each_that_is_not_blank(self, tmp_path):
        path, out = tmp_path / "codes.csv", tmp_path / "out.csv"
        path.write_text(f"name,code\na,{VALID}\n,\nb,\nc,{PERSON}\nd,=1+1\n")

        answer = examined(path, out)

        with out.open(encoding="utf-8-sig", newline="") as file:
            written = list(csv.reader(file))
        nothing = [""] * 5
        assert written == [
            list(codes.COLUMNS),
            ["1", VALID, "valid", "", *nothing],
            ["3", "", "placeholder", "CODE_PLACEHOLDER", *nothing],
            ["4", "", "personal_id", "PERSONAL_ID", *nothing],
            ["5", "'=1+1", "malformed", "USCC_FORMAT", *nothing],
        ]
        assert answer.rows == 4

    def test_counts_over_all_batches(self, tmp_path):
        path = tmp_path / "codes.csv"
        path.write_text("code\n" + f"{VALID}\n{WRONG}\n" * 5_000)

        answer = examined(path, batch_rows=100)

        assert answer.classes == {"valid": 5_000, "wrong_check": 5_000}

    def test_flags_rows_whose_code_stands_for_several_names(self, tmp_path):
        path, out = tmp_path / "codes.csv", tmp_path / "out.csv"
        rows = [f"示例甲（一）,{VALID}", f"示例甲(一),{VALID}", f"示例乙,{WRONG}"]
        path.write_text("\n".join(["名称,code", *rows, f"示例丙,{WRONG}", "丁,无"]))

        answer = examined(path, out, batch_rows=1)

        assert answer.findings["DUP_CODE"] == 2
        with out.open(encoding="utf-8-sig", newline="") as file:
            findings = [row["findings"] for row in csv.DictReader(file)]
        assert ["DUP_CODE" in each for each in findings] == [
            *(False, False, True, True, False)
        ]

    def test_reads_a_long_file_once_more_for_them(self, tmp_path, monkeypatch):
        monkeypatch.setattr(code_duplicates, "KEPT_ROWS", 1)
        path = tmp_path / "codes.csv"
        path.write_text(f"名称,code\n示例甲,{VALID}\n示例乙,{VALID}\n示例丙,无\n")

        assert examined(path).findings == {"CODE_PLACEHOLDER": 1, "DUP_CODE": 2}

    def test_takes_names_from_the_column_that_is_named(self, tmp_path):
        path = tmp_path / "codes.csv"
        path.write_text(f"甲,code\n示例甲,{VALID}\n示例乙,{VALID}\n")

        assert examined(path).findings == {}
        assert examined(path, name="甲").findings == {"DUP_CODE": 2}
        with pytest.raises(UnreadableFileError) as refused:
            examined(path, name="乙")
        assert refused.value.code == "NO_COLUMNS"

    def test_compares_no_name_that_holds_a_persons_number_or_has_no_end(self, tmp_path):
        path = tmp_path / "codes.csv"
        long = "示" * 10_000
        path.write_text(
            f"名称,code\n示例{PERSON},{VALID}\n{long},{VALID}\n示例,{VALID}\n"
        )

        assert examined(path).findings == {}

    def test_tells_a_column_of_names_for_what_it_is(self, tmp_path):
        path = tmp_path / "codes.csv"
        path.write_text("code,名称\n示例恒泰商贸有限公司,1\n示例盛源食品厂,2\n")

        answer = examined(path)

        assert answer.classes == {"malformed": 2}
        assert answer.findings == {"USCC_FORMAT": 2, "CODE_NAME": 2}

    def test_is_clean_where_every_code_is_valid(self, tmp_path):
        path = tmp_path / "codes.csv"
        path.write_text(f"code\n{VALID}\n")

        assert examined(path).is_clean

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            ("", "FILE_EMPTY"),
            ("name\n示例\n", "NO_COLUMNS"),
            (f"code,Code\n{VALID},{VALID}\n", "DUPLICATE_COLUMN"),
            ("code,name\n,\n,\n", "NO_ROWS"),
        ],
    )
    def test_refuses_a_file_without_codes_and_writes_nothing(
        self, tmp_path, content, code
    ):
        path, out = tmp_path / "codes.csv", tmp_path / "out.csv"
        path.write_text(content, encoding="utf-8")

        with pytest.raises(UnreadableFileError) as refused:
            examined(path, out)

        assert refused.value.code == code
        assert list(tmp_path.iterdir()) == [path]

    @pytest.mark.shared_data
    def test_suggests_the_right_character_for_real_codes_with_a_wrong_last_one(
        self, tmp_path
    ):
        path = DATA / "cn_uscc_problem_codes_labelled.csv"
        if not path.exists():
            pytest.skip("../shared/data is absent")

        examined(path, tmp_path / "out.csv", column="code_as_recorded")

        with path.open(encoding="utf-8-sig", newline="") as file:
            labeled = list(csv.DictReader(file))
        with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
            suggested = {
                int(row["row"]): row["suggestion"] for row in csv.DictReader(file)
            }
        last_wrong = {
            "checksum_only_wrong_inner_org_code_ok",
            "issued_Y_where_standard_gives_1",
        }
        for number, row in enumerate(labeled, start=1):
            expected = row["code_as_recorded"][:-1] + row["expected_check_or_note"]
            if row["label"] in last_wrong:
                assert suggested[number] == expected
            elif row["label"] != "checksum_and_inner_org_code_wrong":
                assert suggested[number] == ""
