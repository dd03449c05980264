"""The key of the seal: made once, the city's own, never readable by others."""

from __future__ import annotations

import pytest

from tests.factories.redress import LATER
from xinheng.apps.reports import sealing
from xinheng.apps.reports.sealing import SealError


def load(directory):
    return sealing.load(directory, name="示例", at=LATER)


class TestLoad:
    def test_makes_a_key_once(self, tmp_path):
        first, again = load(tmp_path), load(tmp_path)

        assert first == again
        assert (tmp_path / sealing.FILE_NAME).stat().st_mode & 0o777 == 0o600

    def test_refuses_a_key_that_others_can_read(self, tmp_path):
        load(tmp_path)
        (tmp_path / sealing.FILE_NAME).chmod(0o644)

        with pytest.raises(SealError):
            load(tmp_path)

    def test_refuses_a_certificate_of_another_key(self, tmp_path):
        one, other = tmp_path / "one", tmp_path / "other"
        for each in (one, other):
            load(each)
        mine = (one / sealing.FILE_NAME).read_bytes()
        theirs = (other / sealing.FILE_NAME).read_bytes()
        mark = b"-----BEGIN CERTIFICATE-----"
        mixed = mine.partition(mark)[0] + mark + theirs.partition(mark)[2]
        (one / sealing.FILE_NAME).write_bytes(mixed)

        with pytest.raises(SealError):
            load(one)

    @pytest.mark.parametrize("content", [b"", b"nonsense"])
    def test_refuses_what_holds_no_key(self, tmp_path, content):
        path = tmp_path / sealing.FILE_NAME
        path.write_bytes(content)
        path.chmod(0o600)

        with pytest.raises(SealError):
            load(tmp_path)
