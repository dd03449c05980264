"""What has no basis, and what is none of credit, is found where it stands."""

from __future__ import annotations

from xinheng.core.catalog.datasets import Verification
from xinheng.core.indicators import protection
from xinheng.core.indicators.protection import Matter, Rule, Used

PETITION = Matter(
    "petition", "信访", "petitions", ("信访",), Verification.VERIFIED, "test"
)


def used(title="行政许可", *texts, has_basis=True):
    return Used("dataset", "item", title, texts, has_basis)


class TestBreaches:
    def test_finds_nothing_in_lawful_items(self):
        assert protection.breaches([used()], [PETITION]) == ()

    def test_finds_want_of_a_basis(self):
        [breach] = protection.breaches([used(has_basis=False)], [PETITION])

        assert breach.rule is Rule.LAWFUL

    def test_finds_a_word_in_the_title_or_in_a_field(self):
        found = protection.breaches(
            [used("信访秩序"), used("其他", "越级信访次数")], [PETITION]
        )

        assert [each.rule for each in found] == [Rule.NO_PETITION] * 2
        assert {each.word for each in found} == {"信访"}
