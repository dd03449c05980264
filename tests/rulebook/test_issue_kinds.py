"""Every kind of issue has its words."""

from __future__ import annotations

from dataclasses import astuple

from xinheng.core.organizations.issues import IssueKind
from xinheng.rulebook import issue_kinds


def test_every_kind_has_words_in_both_languages():
    told = issue_kinds.load()

    assert set(told) == set(IssueKind)
    assert all(all(astuple(words)) for words in told.values())
