"""ZIP archives: what is taken, and the one sentence for everything else."""

from __future__ import annotations

import io
import stat
import zipfile

import pytest

from tests.factories.old_workbooks import Sheet, as_rows, xls
from tests.pipeline.conftest import accepted_rows, findings
from tests.pipeline.reading.conftest import text_of, workbook
from xinheng.pipeline.parts import locate
from xinheng.pipeline.reading import archives

PERSON = "11010519491231002X"


def packed(*members, method=zipfile.ZIP_DEFLATED):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return target.getvalue()


def book_of(rows):
    target = io.BytesIO()
    workbook(rows).save(target)
    return target.getvalue()


@pytest.fixture
def archive(put):
    return lambda *members: put(packed(*members), "permits.zip")


@pytest.fixture
def text(rows):
    return text_of(rows).encode()


class TestArchives:
    def test_of_texts_run_on_in_the_order_of_names(self, check, rows, archive, title):
        rows[0][title("decided_on")] = "x"

        report = check(
            archive(
                ("二区/六月.csv", text_of(rows[:1]).encode("gb18030")),
                ("一区/五月.csv", text_of(rows[1:]).encode("utf-8-sig")),
            )
        )

        assert accepted_rows(report) == [1, 2]
        (found,) = findings(report)
        assert locate(report.parts, found[0]) == ("二区/六月.csv", "", 2)

    def test_of_workbooks_run_on(self, check, rows, archive):
        old = xls([Sheet("三", as_rows(rows[2:]))])

        report = check(
            archive(
                ("a.xlsx", book_of(rows[:1])),
                ("b.xlsx", book_of(rows[1:2])),
                ("c.xls", old),
            )
        )

        assert report.accepted == 3
        assert [part.file for part in report.parts] == ["a.xlsx", "b.xlsx", "c.xls"]

    def test_tell_each_formats_flaws(self, check, rows, archive, title):
        rows[2][title("uscc")] = 911100006000373417

        report = check(
            archive(("a.xlsx", book_of(rows[:1])), ("b.xlsx", book_of(rows[1:])))
        )

        assert findings(report) == [(3, "uscc", "EXCEL_NUMBER")]

    def test_may_be_named_in_gb18030(self, check, rows, put, text):
        raw = "五月许可.csv".encode("gb18030")
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as target:
            target.writestr("x" * len(raw), text)
        changed = archive.getvalue().replace(b"x" * len(raw), raw)

        report = check(put(changed, "a.zip"))

        assert report.parts[0].file == "五月许可.csv"

    def test_pass_over_what_systems_leave_behind(self, check, archive, text):
        litter = [
            ("__MACOSX/._a.csv", b"\0\5\x16\7"),
            (".DS_Store", b"\0"),
            ("a/Thumbs.db", b"\0"),
            ("~$a.xlsx", b"\0"),
        ]

        report = check(archive(("a.csv", text), *litter))

        assert report.accepted == 3
        assert not report.personal_data

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
    def test_are_searched_for_persons_in_what_systems_leave_behind(
        self, check, archive, text, encoding
    ):
        litter = (".DS_Store", PERSON.encode(encoding))

        assert check(archive(("a.csv", text), litter)).personal_data

    def test_with_a_person_in_a_name_are_refused(self, refusal, archive, text):
        assert refusal(archive((f"{PERSON}.csv", text))) == "PERSONAL_ID"

    @pytest.mark.parametrize(
        "name",
        ["../a.csv", "/a.csv", "a/../../b.csv", "C:/a.csv", "a\\b.csv", "./a.csv"],
    )
    def test_whose_names_lead_elsewhere_are_refused(self, refusal, archive, text, name):
        assert refusal(archive((name, text))) == "ARCHIVE_NAMES"

    def test_with_a_link_are_refused(self, refusal, put):
        part = zipfile.ZipInfo("a.csv")
        part.external_attr = (stat.S_IFLNK | 0o777) << 16

        assert refusal(put(packed((part, b"/etc/hosts")), "a.zip")) == "ARCHIVE_NAMES"

    @pytest.mark.filterwarnings("ignore:Duplicate name")
    def test_with_a_name_twice_are_refused(self, refusal, archive, text):
        assert refusal(archive(("a.csv", text), ("a.csv", text))) == "ARCHIVE_NAMES"

    @pytest.mark.parametrize("name", ["b.zip", "b.rar", "b.7z", "b.tar", "b.csv.gz"])
    def test_of_archives_are_refused(self, refusal, archive, text, name):
        assert refusal(archive(("a.csv", text), (name, b"x"))) == "ARCHIVE_NESTED"

    @pytest.mark.parametrize("name", ["b.pdf", "b.docx", "b.exe", "说明", "b.et"])
    def test_of_other_files_are_refused(self, refusal, archive, text, name):
        assert refusal(archive(("a.csv", text), (name, b"x"))) == "ARCHIVE_CONTENT"

    def test_with_a_password_are_refused(self, refusal, put, text):
        content = bytearray(packed(("a.csv", text), method=zipfile.ZIP_STORED))
        content[6] |= 1
        content[content.rindex(b"PK\x01\x02") + 8] |= 1

        assert refusal(put(bytes(content), "a.zip")) == "FILE_ENCRYPTED"

    def test_of_too_many_files_are_refused(self, refusal, archive, text):
        members = [(f"{n}.csv", text) for n in range(archives.MOST_MEMBERS + 1)]

        assert refusal(archive(*members)) == "ARCHIVE_MEMBERS"

    @pytest.mark.usefixtures("unconfined")
    def test_that_unpack_to_too_much_are_refused(
        self, refusal, archive, text, monkeypatch
    ):
        monkeypatch.setattr(archives, "MOST_BYTES", 1000)

        assert refusal(archive(("a.csv", text))) == "FILE_TOO_LARGE"

    def test_with_nothing_in_them_are_refused(self, refusal, put, archive):
        assert refusal(put(packed(), "a.zip")) == "ARCHIVE_EMPTY"
        assert refusal(archive((".DS_Store", b""))) == "ARCHIVE_EMPTY"

    def test_with_a_file_without_header_are_refused(self, refusal, archive, text):
        members = (("a.csv", text), ("b.csv", "说明\n按月报送\n".encode()))

        assert refusal(archive(*members)) == "ARCHIVE_HEADER"

    def test_of_text_and_workbooks_are_refused(self, refusal, archive, text, rows):
        members = (("a.csv", text), ("b.xlsx", book_of(rows)))

        assert refusal(archive(*members)) == "FORMATS_DIFFER"

    def test_that_are_workbooks_are_refused(self, refusal, put, rows):
        assert refusal(put(book_of(rows), "a.zip")) == "FILE_CONTENT"

    @pytest.mark.parametrize("cut", [30, -30])
    def test_that_are_damaged_are_refused(self, refusal, put, text, cut):
        whole = packed(("a.csv", text))

        assert refusal(put(whole[:cut], "a.zip")) == "FILE_DAMAGED"

    def test_with_a_damaged_member_are_refused(self, refusal, put, text):
        content = packed(("a.csv", text), method=zipfile.ZIP_STORED)
        changed = content.replace("准予".encode(), "不予".encode(), 1)

        assert refusal(put(changed, "a.zip")) == "FILE_DAMAGED"


class TestWhatStandsBesideTheFiles:
    def test_in_a_comment_of_the_archive_is_screened(self, check, text, put):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr("permits.csv", text)
            archive.comment = f"经办人 {PERSON}".encode("gb18030")

        assert check(put(target.getvalue(), "permits.zip")).personal_data

    def test_in_the_name_of_a_folder_is_screened(self, check, text, archive):
        report = check(archive((f"{PERSON}/", b""), ("permits.csv", text)))

        assert report.personal_data
