"""Files that can not be taken at all."""

from __future__ import annotations

import io
import random
import zipfile

import pytest

from tests.pipeline.reading.conftest import save, text_of, workbook
from xinheng.pipeline.failures import UnreadableFileError

COMPOUND = bytes.fromhex("D0CF11E0A1B11AE1")


class TestRefusals:
    def test_name_a_missing_file(self, refusal, tmp_path):
        assert refusal(tmp_path / "nowhere.csv") == "FILE_MISSING"

    def test_name_a_directory(self, refusal, tmp_path):
        (tmp_path / "a.csv").mkdir()

        assert refusal(tmp_path / "a.csv") == "FILE_DIRECTORY"

    def test_name_an_empty_file(self, refusal, put):
        assert refusal(put(b"")) == "FILE_EMPTY"

    @pytest.mark.parametrize("name", ["permits.pdf", "permits", "permits.docx"])
    def test_name_a_wrong_extension(self, refusal, put, rows, name):
        assert refusal(put(text_of(rows).encode(), name)) == "FILE_EXTENSION"

    @pytest.mark.parametrize(
        "content",
        [
            b"\x89PNG\r\n\x1a\n" + bytes(50),
            b"%PDF-1.7\n",
            random.Random(3).randbytes(64) + b"\0",
        ],
    )
    def test_name_a_binary(self, refusal, put, content):
        assert refusal(put(content)) in {"FILE_BINARY", "FILE_ENCODING"}

    def test_name_nul_bytes_in_a_text(self, refusal, put, rows):
        assert refusal(put(text_of(rows).encode() + b"a\0b,c\n")) == "FILE_BINARY"

    def test_name_bytes_that_are_in_no_encoding(self, refusal, put, rows):
        content = text_of(rows).encode() + "示例".encode()[:2] + b"\xff\xff\n"

        assert refusal(put(content)) == "FILE_ENCODING"

    @pytest.mark.parametrize("name", ["permits.xlsx", "permits.xls"])
    def test_name_a_workbook_with_a_password(self, refusal, put, name):
        content = COMPOUND + bytes(5000) + "EncryptedPackage".encode("utf-16-le")

        assert refusal(put(content, name)) == "FILE_ENCRYPTED"

    def test_name_a_damaged_old_workbook(self, refusal, put):
        assert refusal(put(COMPOUND + bytes(5000), "permits.xls")) == "FILE_DAMAGED"

    def test_name_content_that_is_not_what_the_name_says(self, refusal, put, rows):
        text = text_of(rows).encode()
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("word/document.xml", "<a/>")

        assert refusal(put(text, "permits.xlsx")) == "FILE_CONTENT"
        assert refusal(put(packed.getvalue(), "permits.csv")) == "FILE_CONTENT"
        assert refusal(put(packed.getvalue(), "permits.xlsx")) == "FILE_CONTENT"

    @pytest.mark.parametrize("name", ["permits.xls", "permits.xlsx"])
    def test_name_a_web_page_that_is_called_a_workbook(self, refusal, put, name):
        assert refusal(put(b"<html><table></table></html>", name)) == "FILE_CONTENT"

    def test_name_a_damaged_workbook(self, refusal, put, rows, tmp_path):
        whole = save(workbook(rows), tmp_path).read_bytes()

        assert refusal(put(whole[: len(whole) // 2], "permits.xlsx")) == "FILE_DAMAGED"

    def test_name_a_table_without_any_known_column(self, refusal, put):
        assert refusal(put("姓名,年龄\n甲,3\n".encode())) == "NO_COLUMNS"

    def test_name_the_key_columns_that_are_missing(self, check, rows, title):
        for row in rows:
            del row[title("decision_no")]

        with pytest.raises(UnreadableFileError) as refused:
            check(rows)

        assert refused.value.code == "KEY_COLUMNS"
        assert title("decision_no") in refused.value.message_zh

    def test_name_a_field_that_two_columns_mean(self, check, rows):
        for row in rows:
            row["XK_WSH"] = "1"

        with pytest.raises(UnreadableFileError) as refused:
            check(rows)

        assert refused.value.code == "DUPLICATE_COLUMN"
        assert "行政许可决定文书号" in refused.value.message_zh

    @pytest.mark.parametrize("below", ["", "\n\n\n", ",,,\n" * 100_000, "  ,\n"])
    def test_name_a_header_with_nothing_below(self, refusal, put, rows, below):
        header = text_of(rows).splitlines()[0]

        assert refusal(put(f"{header}\n{below}".encode())) == "NO_ROWS"

    def test_name_a_row_without_end(self, refusal, put, rows):
        header = text_of(rows).splitlines()[0]

        assert refusal(put(f'{header}\n"{"x" * 30_000_000}'.encode())) == (
            "FILE_ROW_TOO_LONG"
        )
