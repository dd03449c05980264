"""The lists of the rulebook: how well each is known, and that none can be used yet."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from tests.committed import ROOT
from xinheng.core.catalog.datasets import Verification
from xinheng.core.listings.clocks import Way
from xinheng.core.listings.gaps import Gap, gaps
from xinheng.core.listings.schemes import ListKind
from xinheng.rulebook import list_schemes, listing_procedure
from xinheng.rulebook.failures import RulebookError

ON = date(2026, 11, 30)
YINGKOU = {
    "work-safety-exclusion": ListKind.EXCLUSION,
    "work-safety-recognition": ListKind.RECOGNITION,
    "wage-arrears-exclusion": ListKind.EXCLUSION,
}


class TestSchemes:
    def test_are_those_of_the_three_memoranda_and_two_made_up_ones(self):
        real = [each for each in list_schemes.schemes() if not each.fictional]

        assert {each.name: each.kind for each in real} == YINGKOU
        assert len(list_schemes.schemes()) == 5

    def test_carry_how_well_each_is_known(self):
        counted = Counter(each.verification for each in list_schemes.schemes())

        assert counted == {
            Verification.VERIFIED: 2,
            Verification.UNVERIFIED: 1,
            Verification.COMPUTED: 2,
        }
        assert all(each.source for each in list_schemes.schemes())

    def test_none_can_be_used_in_a_real_city_as_shipped(self):
        assert all(gaps(each, ON) for each in list_schemes.schemes())

    def test_the_made_up_ones_can_be_used_in_the_demo_alone(self):
        for each in list_schemes.schemes():
            assert (gaps(each, ON, is_demo=True) == ()) == each.fictional
            assert (gaps(each, ON) == (Gap.FICTIONAL,)) == each.fictional
            assert each.fictional == ("示例" in each.title)

    def test_raise_where_there_is_none_of_that_name(self):
        with pytest.raises(list_schemes.UnknownSchemeError):
            list_schemes.scheme("petitions")


class TestLoad:
    @pytest.mark.parametrize(
        ("old", "new", "problem"),
        [
            ('authorities = ["U30"]', 'authorities = ["X1"]', "unknown unit"),
            ('name = "wage-arrears-exclusion"', 'name = "a"\ncolor = "b"', "known key"),
            (
                'name = "wage-arrears-exclusion"',
                'name = "work-safety-exclusion"',
                "twice",
            ),
        ],
    )
    def test_refuses_what_is_misspelled(self, tmp_path, old, new, problem):
        shipped = ROOT / "src/xinheng/rulebook/list_schemes.toml"
        changed = shipped.read_text("utf-8").replace(old, new, 1)
        (tmp_path / "list_schemes.toml").write_text(changed, encoding="utf-8")

        with pytest.raises(RulebookError, match=problem):
            list_schemes.load(tmp_path / "list_schemes.toml")


class TestServices:
    def test_know_the_proof_of_every_way(self):
        found = list_schemes.services()

        assert set(found) == set(Way)
        assert all(each.proof and each.source for each in found.values())


class TestPage:
    def test_of_the_procedure_is_current(self):
        committed = ROOT / "docs/reference/listing-procedure.md"

        assert committed.read_text("utf-8") == listing_procedure.page()
