"""Registers of organizations as files."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from xinheng.pipeline import register_file
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.register_fields import Return
from xinheng.pipeline.register_file import Source
from xinheng.rulebook import catalog, exports

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
VALID = "91110000600037341L"
OTHER = "91230500MA1B3N1N2M"
WRONG = "91110000600037341Y"
PERSON = "11010519491231002X"


@pytest.fixture
def put(tmp_path):
    def write(text, *, encoding="utf-8"):
        path = tmp_path / "register.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


class TestReadRows:
    def test_knows_the_columns_by_many_names(self, put):
        path = put(
            f"企业名称,社会信用代码,注册日期,企业类型\n示例甲,{VALID},2001/2/3,公司\n"
        )

        read = register_file.read_rows(path)

        [row] = read.rows.to_dicts()
        assert {name: value for name, value in row.items() if value is not None} == {
            "row": 1,
            "code": VALID,
            "name": "示例甲",
            "name_key": "示例甲",
            "action": "state",
            "registered_on": date(2001, 2, 3),
            "kind": "公司",
            "nonconforming": False,
        }
        assert read.digest == hashlib.sha256(path.read_bytes()).hexdigest()

    def test_leaves_open_what_is_not_stated(self, put):
        read = register_file.read_rows(
            put(f"org_name,uscc,reg_date,org_type\n示例甲,{VALID},N/A,N/A\n")
        )

        assert read.rows["registered_on"].to_list() == [None]
        assert read.rows["kind"].to_list() == [None]
        assert read.details.height == 0

    def test_takes_a_file_of_names_and_codes_alone(self, put):
        read = register_file.read_rows(put(f"org_name,uscc\n示例甲,{VALID.lower()}\n"))

        assert read.rows["code"].to_list() == [VALID]

    def test_tells_of_wrong_codes_row_by_row(self, put):
        read = register_file.read_rows(
            put(f"org_name,uscc\n示例甲,{WRONG}\n示例乙,{VALID}\n示例丙,\n,{OTHER}\n")
        )

        assert read.rows["name"].to_list() == ["示例乙"]
        assert read.rows_read == 4
        assert read.details.select("row", "field", "rule").rows() == [
            (1, "code", "USCC_CHECK"),
            (3, "code", "REQUIRED"),
            (4, "name", "REQUIRED"),
        ]
        assert read.wrong.select("row", "issue", "name").rows() == [
            (1, "BAD_CHECK_18", "示例甲"),
            (3, "PLACEHOLDER", "示例丙"),
        ]

    def test_keeps_every_name_of_a_code(self, put):
        read = register_file.read_rows(
            put(
                "org_name,uscc\n"
                f"示例(甲),{VALID}\n示例（甲）,{VALID}\n示例乙,{VALID}\n示例丙,{OTHER}\n"
            )
        )

        assert read.rows["row"].to_list() == [1, 2, 3, 4]
        assert read.rows["name_key"].n_unique() == 3

    def test_takes_a_wrong_code_that_is_confirmed_as_issued(self, put):
        read = register_file.read_rows(
            put(f"org_name,uscc,不合规已确认\n示例甲,{WRONG},是\n示例乙,{OTHER},否\n")
        )

        assert read.rows.select("code", "nonconforming").rows() == [
            (WRONG, True),
            (OTHER, False),
        ]

    def test_never_takes_a_row_with_a_persons_number(self, put):
        read = register_file.read_rows(
            put(f"org_name,uscc,经办人\n示例甲,{VALID},{PERSON}\n示例乙,{OTHER},\n")
        )

        assert read.rows["name"].to_list() == ["示例乙"]
        assert read.details["rule"].to_list() == ["PERSONAL_ID"]
        assert read.wrong.height == 0

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("a,b\n1,2\n", "NO_COLUMNS"),
            ("org_name,b\n1,2\n", "KEY_COLUMNS"),
            ("uscc,b\n1,2\n", "KEY_COLUMNS"),
            ("org_name,uscc\n", "NO_ROWS"),
        ],
    )
    def test_refuses_what_is_no_register(self, put, text, code):
        with pytest.raises(UnreadableFileError) as refused:
            register_file.read_rows(put(text))

        assert refused.value.code == code

    @pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
    def test_reads_older_encodings(self, put, encoding):
        read = register_file.read_rows(
            put(f"机构名称,统一社会信用代码\n示例甲,{VALID}\n", encoding=encoding)
        )

        assert read.rows["name"].to_list() == ["示例甲"]

    @pytest.mark.shared_data
    @pytest.mark.skipif(not DATA.is_dir(), reason="needs ../shared/data")
    @pytest.mark.parametrize(
        ("name", "count"), [("cn_yingkou_orgs", 4_272), ("cn_liaoning_orgs", 107_577)]
    )
    def test_reads_real_registers_whole(self, name, count):
        read = register_file.read_rows(DATA / f"{name}.csv")

        assert read.rows_read == count
        assert read.rows.height + read.wrong.height == count
        assert read.wrong.height <= 3


class TestWhatItStates:
    def test_reads_states_industries_and_divisions(self, put):
        read = register_file.read_rows(
            put(
                "org_name,uscc,状态,状态日期,行业代码,行政区划代码\n"
                f"示例甲,{VALID},在业,,0111,210899\n"
                f"示例乙,{OTHER},已注销,2019/1/2,批发,二一\n"
            )
        )

        assert read.rows.select(
            "status", "status_on", "industry", "division"
        ).rows() == [
            ("REGISTERED", None, "A0111", "210899"),
            ("DEREGISTERED", date(2019, 1, 2), None, None),
        ]
        assert read.details.select("row", "rule").rows() == [(2, "INDUSTRY_CODE")]

    def test_leaves_an_unknown_state_out_and_says_so(self, put):
        read = register_file.read_rows(
            put(f"org_name,uscc,状态\n示例甲,{VALID},迁出\n")
        )

        assert read.rows["status"].to_list() == [None]
        assert read.details["rule"].to_list() == ["REGISTER_STATUS"]

    def test_reads_the_return_of_a_registrar(self, tmp_path):
        item = catalog.dataset("market_registration")
        path = tmp_path / "return.csv"
        path.write_bytes(exports.sample_csv(item, rows=20))

        read = register_file.read_rows(path, Source(kind=Return.MARKET))

        assert read.rows.height == 20
        assert read.rows["status"].unique().to_list() == ["REGISTERED"]
        assert set(read.rows["authority"]) == {"示例市行政审批局"}


class TestBadFiles:
    def test_tells_of_a_header_in_the_middle(self, put):
        header = "机构名称,统一社会信用代码\n"

        read = register_file.read_rows(
            put(f"{header}示例甲,{VALID}\n{header}示例乙,{OTHER}\n")
        )

        assert read.rows["name"].to_list() == ["示例甲", "示例乙"]
        assert "HEADER_ROW" in read.details.filter(row=2)["rule"].to_list()
        assert read.wrong.height == 0

    def test_refuses_two_columns_of_codes(self, put):
        with pytest.raises(UnreadableFileError) as refused:
            register_file.read_rows(
                put(f"名称,信用代码,uscc\n示例甲,{VALID},{VALID}\n")
            )

        assert refused.value.code == "DUPLICATE_COLUMN"

    def test_refuses_a_column_of_codes_that_holds_names(self, put):
        rows = "".join(f"示例{n},示例市第{n}有限公司\n" for n in range(20))

        with pytest.raises(UnreadableFileError) as refused:
            register_file.read_rows(put(f"org_name,uscc\n{rows}"))

        assert refused.value.code == "CODES_ARE_NAMES"

    def test_tells_of_a_name_without_an_end(self, put):
        read = register_file.read_rows(
            put(f"org_name,uscc\n{'示' * 10_000},{VALID}\n{'例' * 10_000},无\n")
        )

        assert read.rows.height == 0
        assert read.details.filter(rule="LENGTH")["row"].to_list() == [1, 2]
        assert read.wrong["name"].str.len_chars().to_list() == [300]

    def test_refuses_damaged_bytes(self, tmp_path):
        path = tmp_path / "register.csv"
        text = f"机构名称,统一社会信用代码\n示例甲,{VALID}\n".encode()
        path.write_bytes(text + b"\xff\xfe\x81\xff," + OTHER.encode() + b"\n")

        with pytest.raises(UnreadableFileError):
            register_file.read_rows(path)


class TestRead:
    def test_finds_every_name_of_a_code(self, put):
        register = register_file.read(
            put(f"org_name,uscc\n旧名,{VALID}\n新名,{VALID}\n示例丙,{OTHER}\n")
        )

        found = register.lookup(pl.Series([VALID, WRONG]))

        assert found["name"].to_list() == ["旧名", "新名"]
        assert found["code"].to_list() == [VALID, VALID]
        assert found["organization"].to_list() == [VALID, VALID]
        assert found["nonconforming"].to_list() == [False, False]

    def test_finds_nothing_for_no_code(self, put):
        register = register_file.read(put(f"org_name,uscc\n示例丙,{OTHER}\n"))

        assert register.lookup(pl.Series([], dtype=pl.String)).height == 0
