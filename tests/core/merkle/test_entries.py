"""Entries: the digest is reproducible from its columns alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.merkle import canonical
from xinheng.core.merkle.entries import Entry, timestamp

SALT = bytes(range(32))
AT = datetime(2019, 6, 3, 1, 30, 15, 120, tzinfo=UTC)
ENTRY = Entry(4, AT, "submission.completed", "submission:9", "account:1", '{"rows":3}')


class TestDigest:
    def test_is_the_hash_of_salt_and_canonical_columns(self):
        columns = {
            "seq": 4,
            "recorded_at": "2019-06-03T01:30:15.000120Z",
            "kind": "submission.completed",
            "subject": "submission:9",
            "actor": "account:1",
            "body": {"rows": 3},
        }

        assert ENTRY.digest(SALT) == sha256(SALT + rfc8785.dumps(columns)).digest()

    @given(
        st.text(st.characters(exclude_categories=["Cs"])),
        st.dictionaries(st.text("abc☃信", min_size=1), st.integers(0, 9)),
    )
    def test_is_canonical_whatever_the_columns_hold(self, text, body):
        entry = Entry(0, AT, text, text, text, canonical.text(body))
        columns = {"seq": 0, "recorded_at": timestamp(AT), "body": body}
        columns |= dict.fromkeys(("kind", "subject", "actor"), text)

        assert entry.digest(b"") == sha256(rfc8785.dumps(columns)).digest()

    @pytest.mark.parametrize(
        "change",
        [
            {"seq": 5},
            {"recorded_at": AT + timedelta(microseconds=1)},
            {"kind": "submission.refused"},
            {"subject": "submission:8"},
            {"actor": "account:2"},
            {"body": '{"rows":4}'},
            {"body": '{"rows": 3}'},
        ],
        ids=lambda change: next(iter(change)),
    )
    def test_changes_with_every_column(self, change):
        assert replace(ENTRY, **change).digest(SALT) != ENTRY.digest(SALT)

    def test_changes_with_the_salt(self):
        assert ENTRY.digest(bytes(32)) != ENTRY.digest(SALT)


class TestTimestamp:
    def test_is_utc_with_microseconds(self):
        shanghai = timezone(timedelta(hours=8))
        at = datetime(2019, 6, 3, 9, 30, 15, 120, tzinfo=shanghai)

        assert timestamp(at) == "2019-06-03T01:30:15.000120Z"

    def test_refuses_a_moment_without_time_zone(self):
        with pytest.raises(ValueError, match="time zone"):
            timestamp(datetime(2019, 6, 3))  # noqa: DTZ001
