"""Check digits against a published number and an independent implementation."""

from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_10

from xinheng.core import check_digits


class TestPassesMod1110:
    def test_passes_a_published_registration_number(self):
        assert check_digits.passes_mod_11_10("110108000000016")

    @given(st.text("0123456789", min_size=1, max_size=20))
    def test_agrees_with_an_independent_implementation(self, digits):
        assert check_digits.passes_mod_11_10(digits) == mod_11_10.is_valid(digits)
