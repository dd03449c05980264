"""A sole proprietor's own name is not shown."""

import pytest

from xinheng.core.disclosures.names import looks_personal, public_name


class TestPublicName:
    def test_leaves_a_company_its_name(self):
        name = "示例市某某有限公司（分公司）"

        assert public_name(name, is_sole_proprietor=False) == name

    @pytest.mark.parametrize("name", ["王某某", "李某", "欧阳某某", "张某（个体）"])
    def test_withholds_what_may_be_a_person(self, name):
        assert looks_personal(name)
        assert public_name(name, is_sole_proprietor=True) is None

    def test_leaves_the_owner_in_brackets_out(self):
        shown = public_name("示例区顺风小吃店（王某某）", is_sole_proprietor=True)

        assert shown == "示例区顺风小吃店"

    def test_shows_a_short_trade_name(self):
        assert public_name("福来面馆", is_sole_proprietor=True) == "福来面馆"
