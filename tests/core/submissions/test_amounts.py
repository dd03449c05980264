"""Sums in words: which numbers of a column they can't mean."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.submissions import amounts


def disagrees(text, amount, word="罚款"):
    return amounts.disagrees(text, Decimal(amount), word=word, unit="万元")


class TestDisagrees:
    @pytest.mark.parametrize(
        ("text", "amount"),
        [
            ("罚款2000元", "0.2"),
            ("罚款２０００元", "0.2"),
            ("罚款2,000.00元", "0.2"),
            ("罚款2，000元", "0.2"),
            ("罚款2千元", "0.2"),
            ("罚款5万元", "5"),
            ("罚款5万", "5"),
            ("罚款1.5万元", "1.5"),
            ("罚款2万5千元", "2.5"),
            ("罚款人民币贰仟元整", "0.2"),
            ("罚款人民币贰仟圆整（￥2,000.00）", "0.2"),
            ("罚款一万零五百元", "1.05"),
            ("罚款壹佰贰拾叁万肆仟伍佰陆拾柒元", "123.4567"),
            ("罚款三亿两千万元", "32000"),
            ("罚款十五元", "0.0015"),
            ("罚款2000元5角", "0.20005"),
            ("罚款二元零五分", "0.000205"),
            ("处2000元的罚款", "0.2"),
            ("处2000元罚款", "0.2"),
        ],
    )
    def test_reads_every_way_of_writing_a_sum(self, text, amount):
        yuan = str(Decimal(amount) * 10_000)

        assert not disagrees(text, amount)
        assert disagrees(text, yuan)

    @pytest.mark.parametrize("amount", ["0.2", "0.3", "0.5"])
    def test_takes_any_amount_of_the_text_or_their_sum(self, amount):
        text = "没收违法所得3000元，罚款2000元"

        assert not disagrees(text, amount)

    def test_does_not_take_what_no_amounts_add_up_to(self):
        assert disagrees("没收违法所得3000元，罚款2000元", "0.4")

    @pytest.mark.parametrize("amount", ["1.23", "1.24", "1.2345", "1.234567"])
    def test_lets_a_column_round(self, amount):
        assert not disagrees("罚款12345.67元", amount)

    @pytest.mark.parametrize("amount", ["1.2", "1.25", "1.2344", "0"])
    def test_asks_where_rounding_does_not_explain_it(self, amount):
        assert disagrees("罚款12345.67元", amount)

    @pytest.mark.parametrize(
        "text",
        [
            "责令改正",
            "罚款",
            "罚款数千元",
            "罚款，没收违法所得3000元",
            "没收违法所得3000元",
            "每人罚款100元",
            "罚款3000元的二倍",
            "处一万元以上十万元以下罚款",
            "罚款2000美元",
            "罚款1元、2元、3元、4元、5元、6元、7元",
            "2019元旦罚款",
            "罚款2元素",
        ],
    )
    def test_says_nothing_where_the_text_leaves_it_open(self, text):
        assert not disagrees(text, "2000")

    def test_leaves_an_amount_below_nothing_to_its_own_rule(self):
        assert not disagrees("罚款2000元", "-1")

    def test_compares_the_sum_that_stands_with_the_word(self):
        assert disagrees("没收违法所得3000元", "3000", word="没收")

    @pytest.mark.parametrize("sign", ["亿", "一", "9", "1,", "1元", "1万"])
    def test_ends_soon_whatever_is_written(self, sign):
        assert disagrees("罚款" + sign * 50_000, "1") in (True, False)

    @given(st.integers(1, 10**11))
    def test_never_asks_about_the_number_itself(self, cents):
        yuan = Decimal(cents) / 100

        assert not disagrees(f"罚款{yuan}元", yuan / 10_000)

    @given(
        st.text("罚款0123456789.,，零一二两十百千万亿元圆角分整的旦¥每 ", max_size=30)
    )
    def test_reads_anything(self, text):
        assert disagrees(text, "0.2") in (True, False)
