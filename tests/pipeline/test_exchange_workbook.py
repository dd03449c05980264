"""Packages as workbooks: text, read back as written, the same bytes again."""

from __future__ import annotations

import pytest

from tests.factories import exchange as made
from xinheng.core.exchange.encoding import Content, UnreadablePackageError
from xinheng.core.exchange.session import Session
from xinheng.core.exchange.upper import Platform
from xinheng.core.exchange.upper_channel import SimulatedChannel
from xinheng.core.exchange.upper_rules import Rules
from xinheng.pipeline import exchange_workbook

CONTENT = Content(
    "permit", "p", ("名称", "文号"), (("=1+1", "007"), ("", "2019-05-28"))
)


class TestWrite:
    def test_gives_the_same_bytes_again(self):
        assert exchange_workbook.write(CONTENT) == exchange_workbook.write(CONTENT)

    def test_writes_text_that_is_read_back_as_it_was(self):
        read = exchange_workbook.read(exchange_workbook.write(CONTENT))

        assert (read.titles, read.cells) == (CONTENT.titles, CONTENT.cells)


class TestRead:
    @pytest.mark.parametrize("data", [b"", b"PK", b"no workbook"])
    def test_says_what_is_none(self, data):
        with pytest.raises(UnreadablePackageError):
            exchange_workbook.read(data)


def test_a_template_platform_takes_workbooks():
    profile = made.profile("national-template")
    platform = Platform(profile, Rules(0, rows=4), exchange_workbook.read)

    session = Session(
        profile, "permit", SimulatedChannel(platform), exchange_workbook.write
    )

    assert len(session.run(made.rows(9)).accepted) == 9
