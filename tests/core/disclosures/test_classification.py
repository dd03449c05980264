"""The class of a penalty by its kinds: the gravest that a list knows."""

import pytest

from xinheng.core.disclosures.classification import Classification
from xinheng.core.disclosures.facts import Severity, Trait

RULES = Classification(
    serious=("责令停产停业",),
    ordinary=("没收",),
    warning=("警告",),
    criticism=("通报批评",),
)


class TestSeverity:
    @pytest.mark.parametrize(
        ("kinds", "severity"),
        [
            (["警告"], Severity.MINOR),
            (["警告", "通报批评"], Severity.MINOR),
            (["警告", "没收"], Severity.ORDINARY),
            (["没收", "责令停产停业"], Severity.SERIOUS),
            (["罚款"], None),
            (["警告", "罚款"], None),
            (["没收", "罚款"], Severity.ORDINARY),
            ([], None),
        ],
    )
    def test_is_that_of_the_gravest_known_kind(self, kinds, severity):
        assert RULES.severity(kinds) is severity


class TestTraits:
    @pytest.mark.parametrize(
        ("kinds", "traits"),
        [
            (["警告"], {Trait.WARNING_ONLY}),
            (["通报批评", "警告"], {Trait.CRITICISM_ONLY}),
            (["警告", "罚款"], set()),
            ([], set()),
        ],
    )
    def test_tell_a_mere_warning_from_more(self, kinds, traits):
        assert RULES.traits(kinds) == traits
