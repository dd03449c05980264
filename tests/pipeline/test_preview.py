"""How a file would be read, before it is checked."""

from __future__ import annotations

import pytest

from tests.pipeline.reading.conftest import save, workbook
from xinheng.pipeline import preview as module
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.matching import Why
from xinheng.pipeline.parts import Reason

PERSON = "11010519491231002X"


@pytest.fixture
def preview(permit):
    def show(path, **assigned):
        return module.preview(path, dataset=permit, **assigned)

    return show


def column(shown, header):
    return next(each for each in shown.columns if each.header == header)


class TestPreview:
    def test_shows_every_column_with_its_field_and_samples(self, preview, rows, write):
        shown = preview(write(rows))

        assert [each.header for each in shown.columns] == list(rows[0])
        found = column(shown, "行政许可决定文书号")
        assert (found.field, found.why) == ("decision_no", Why.TITLE)
        assert list(found.samples) == [row["行政许可决定文书号"] for row in rows]
        assert shown.missing == ()
        assert shown.refusal is None

    def test_names_what_is_missing_and_what_is_ignored(self, preview, rows, write):
        for row in rows:
            row["序号"] = "1"
            del row["许可机关"]

        shown = preview(write(rows))

        assert shown.missing == ("authority_name",)
        assert shown.ignored == ("序号",)

    @pytest.mark.parametrize("number", [PERSON, "210802199001011000", "2.108E+17"])
    def test_shows_no_persons_number(self, preview, rows, write, number):
        rows[0]["联系"] = f"甲{number}" if number == PERSON else number

        samples = column(preview(write(rows)), "联系").samples

        assert samples == (("2.108E+17",) if "E" in number else ("",))

    def test_shows_nothing_of_a_column_about_persons(self, preview, rows, write):
        for row in rows:
            row["法定代表人"] = "某某"

        found = column(preview(write(rows)), "法定代表人")

        assert found.field == "legal_rep_name"
        assert found.samples == ("", "", "")

    def test_gives_the_refusal_instead_of_raising_it(self, preview, rows, write):
        renamed = [
            {("文号" if t == "行政许可决定文书号" else t): c for t, c in row.items()}
            for row in rows
        ]

        shown = preview(write(renamed))

        assert shown.refusal.code == "KEY_COLUMNS"
        assert column(shown, "文号").field is None

    def test_is_settled_by_a_choice_that_the_check_takes(
        self, preview, check, rows, write
    ):
        renamed = [
            {("文号" if t == "行政许可决定文书号" else t): c for t, c in row.items()}
            for row in rows
        ]
        path = write(renamed)

        shown = preview(path, chosen={"文号": "decision_no", "没有的列": "remark"})

        assert shown.refusal is None
        assert shown.assigned == {"文号": "decision_no"}
        report = check(path, chosen=shown.assigned)
        assert report.accepted == 3
        assert report.chosen_columns == {"文号": "decision_no"}

    def test_tells_memory_from_choice(self, preview, rows, write):
        for row in rows:
            row["文号甲"], row["文号乙"] = "1", "2"

        shown = preview(
            write(rows),
            remembered={"文号甲": "remark", "文号乙": ""},
            chosen={"文号甲": ""},
        )

        assert column(shown, "文号甲").why is Why.CHOSEN
        assert column(shown, "文号乙").why is Why.REMEMBERED
        assert shown.assigned == {"文号甲": "", "文号乙": ""}

    def test_supposes_a_header_where_none_is_known(self, preview, check, rows, write):
        names = {title: f"列{n}" for n, title in enumerate(rows[0])}
        path = write([{names[t]: cell for t, cell in row.items()} for row in rows])

        shown = preview(path)

        assert shown.refusal.code == "NO_COLUMNS"
        assert [each.header for each in shown.columns] == list(names.values())
        key = ("authority_uscc", "decision_no", "uscc")
        places = [list(rows[0]).index(title) for title in _titles(key)]
        chosen = dict(zip((f"列{n}" for n in places), key, strict=True))
        assert check(path, chosen=chosen).rows_read == 3

    def test_names_the_sheets(self, preview, rows, tmp_path):
        book = workbook(rows[:2])
        book.create_sheet("空")
        sheet = book.create_sheet("六月")
        for line in (list(rows[0]), list(rows[2].values())):
            sheet.append(line)

        shown = preview(save(book, tmp_path))

        assert [part.sheet for part in shown.parts] == ["许可", "六月"]
        assert [(each.sheet, each.why) for each in shown.skipped] == [
            ("空", Reason.EMPTY)
        ]

    def test_refuses_a_header_that_holds_a_persons_number(self, preview, rows, write):
        rows[0][PERSON] = "1"

        with pytest.raises(UnreadableFileError) as raised:
            preview(write(rows))

        assert raised.value.code == "PERSONAL_ID"

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
    def test_reads_each_encoding(self, preview, rows, write, encoding):
        shown = preview(write(rows, encoding=encoding))

        assert shown.refusal is None


def _titles(names):
    from xinheng.rulebook import catalog

    return [catalog.dataset("permit").field(name).title for name in names]
