"""Which state may come after which."""

from __future__ import annotations

import pytest

from xinheng.core.organizations.status import Status, is_active, may_follow


class TestIsActive:
    def test_counts_a_revoked_license_as_existing(self) -> None:
        assert {status for status in Status if is_active(status)} == {
            Status.REGISTERED,
            Status.REVOKED,
        }


class TestMayFollow:
    @pytest.mark.parametrize("status", Status)
    def test_lets_everything_stay(self, status: Status) -> None:
        assert may_follow(status, status)

    def test_lets_what_exists_end_in_any_way(self) -> None:
        assert all(may_follow(Status.REVOKED, after) for after in Status)

    def test_lets_what_ended_only_come_back_whole(self) -> None:
        after = {each for each in Status if may_follow(Status.DEREGISTERED, each)}

        assert after == {Status.DEREGISTERED, Status.REGISTERED}
