"""A list of duties: good rows are assigned, bad ones told."""

from __future__ import annotations

import pytest

from xinheng.apps.accounts.actors import OPERATOR
from xinheng.apps.duties import importing
from xinheng.pipeline.short_lists import Refused, UnreadableListError

HEADER = "unit,dataset,frequency,effective_on"

pytestmark = pytest.mark.usefixtures("city")


def run(received_at, *lines, header=HEADER):
    content = "\ufeff" + "\r\n".join([header, *lines, ""])
    return importing.import_list(
        content=content.encode(), actor=OPERATOR, at=received_at
    )


class TestImportList:
    def test_assigns_what_is_new(self, received_at):
        lines = ("U01,permit,,2019-05-01", "U02,judgment,quarterly,2019-05-01")

        assert run(received_at, *lines).assigned == 2
        assert run(received_at, *lines).unchanged == 2

    @pytest.mark.parametrize(
        ("line", "code"),
        [
            ("U99,permit,,2019-05-01", "UNKNOWN_UNIT"),
            ("U01,nothing,,2019-05-01", "UNKNOWN_DATASET"),
            ("U01,permit,weekly,2019-05-01", "FREQUENCY"),
            ("U01,permit,,01.05.2019", "DATE_FORMAT"),
            ("U01,permit", "DATE_FORMAT"),
            ("U01,judgment,working_days,2019-05-01", "DUTY_NO_TERM"),
        ],
    )
    def test_tells_what_is_wrong_with_a_row_and_takes_the_others(
        self, received_at, line, code
    ):
        done = run(received_at, "U02,permit,,2019-05-01", line)

        assert done.refused == (Refused(2, code),)
        assert (done.rows_read, done.assigned, done.unchanged) == (2, 1, 0)

    def test_refuses_a_file_without_its_columns(self, received_at):
        with pytest.raises(UnreadableListError):
            run(received_at, header="unit,dataset")

    @pytest.mark.parametrize("content", ["单位".encode("gb18030"), b"x" * 5_000_000])
    def test_refuses_what_is_no_such_list(self, received_at, content):
        with pytest.raises(UnreadableListError):
            importing.import_list(content=content, actor=OPERATOR, at=received_at)
