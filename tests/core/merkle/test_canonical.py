"""Canonical JSON, held against the RFC's own examples and another implementation."""

from __future__ import annotations

import json
from enum import StrEnum

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.merkle import canonical

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
SCALARS = st.none() | st.booleans() | st.integers(-(2**53 - 1), 2**53 - 1) | TEXTS
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=30,
)


class Kind(StrEnum):
    LISTED = "listed"


class TestEncode:
    @given(VALUES)
    def test_agrees_with_another_implementation(self, value):
        assert canonical.encode(value) == rfc8785.dumps(value)

    @given(VALUES)
    def test_can_be_read_back(self, value):
        assert json.loads(canonical.encode(value)) == value

    def test_sorts_keys_as_the_rfc_does(self):
        # RFC 8785, 3.2.3.
        keys = {
            "\u20ac": "Euro Sign",
            "\r": "Carriage Return",
            "\ufb33": "Hebrew Letter Dalet With Dagesh",
            "1": "One",
            "\U0001f600": "Emoji: Grinning Face",
            "\u0080": "Control",
            "\u00f6": "Latin Small Letter O With Diaeresis",
        }

        text = canonical.text(keys)

        assert list(json.loads(text).values()) == [
            "Carriage Return",
            "One",
            "Control",
            "Latin Small Letter O With Diaeresis",
            "Euro Sign",
            "Emoji: Grinning Face",
            "Hebrew Letter Dalet With Dagesh",
        ]

    def test_escapes_no_more_than_it_must(self):
        # RFC 8785, 3.2.2.2; the delete character and Chinese text stand as they are.
        text = '\u20ac$\u000f\nA\'B"\\\\"/\x7f信衡'

        assert canonical.text(text) == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/\x7f信衡"'

    def test_writes_the_text_of_an_enumeration(self):
        assert canonical.text({"kind": Kind.LISTED}) == '{"kind":"listed"}'

    def test_takes_tuples_as_arrays(self):
        assert canonical.text((1, (), {})) == "[1,[],{}]"

    @pytest.mark.parametrize(
        "value",
        [1.0, float("nan"), b"bytes", {1, 2}, {1: "key"}, {None: 1}, object()],
        ids=["float", "nan", "bytes", "set", "number-key", "null-key", "object"],
    )
    def test_refuses_what_has_no_canonical_form(self, value):
        with pytest.raises(TypeError, match="canonical JSON has no"):
            canonical.encode([value])

    @pytest.mark.parametrize("value", [2**53, -(2**53), 10**30])
    def test_refuses_integers_that_others_would_round(self, value):
        with pytest.raises(ValueError, match="integers must lie within"):
            canonical.encode(value)

    @pytest.mark.parametrize("value", ["\ud800", {"\udc00": 1}])
    def test_refuses_text_that_is_not_unicode(self, value):
        with pytest.raises(UnicodeEncodeError):
            canonical.encode(value)
