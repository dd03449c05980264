"""Slips between a code and a text: all explained, in the fewest steps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.identifiers import uscc
from xinheng.core.linkage import slips
from xinheng.core.linkage.slips import Slip, Step

CODE = "91210899MA0UDGPB8G"
codes = st.text(uscc.ALPHABET, min_size=18, max_size=18)
few = st.text("01B", min_size=18, max_size=18)  # so that characters often repeat


@st.composite
def slipped(draw, text):
    kind = draw(
        st.sampled_from(["substitution", "transposition", "surplus", "missing"])
    )
    place = draw(st.integers(0, len(text) - 2))
    character = draw(st.sampled_from(uscc.ALPHABET + "OIZ"))
    if kind == "substitution":
        return text[:place] + character + text[place + 1 :]
    if kind == "transposition":
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    if kind == "surplus":
        return text[:place] + character + text[place:]
    return text[:place] + text[place + 1 :]


class TestBetween:
    @pytest.mark.parametrize(
        ("text", "steps"),
        [
            (CODE, ()),
            ("91210899MA0UDGPB8C", ((18, Slip.CHECK_CHARACTER, "G", "C"),)),
            ("91210899MA0UDGP88G", ((16, Slip.LOOK_ALIKE, "B", "8"),)),
            ("91210899MA0UDGPT8G", ((16, Slip.SUBSTITUTION, "B", "T"),)),
            ("91210899AM0UDGPB8G", ((9, Slip.TRANSPOSITION, "MA", "AM"),)),
            ("91210899MMA0UDGPB8G", ((10, Slip.SURPLUS, "", "M"),)),
            ("9121089MA0UDGPB8G", ((8, Slip.MISSING, "9", ""),)),
            (
                "19210899MA0UDGPBG",
                ((1, Slip.TRANSPOSITION, "91", "19"), (17, Slip.MISSING, "8", "")),
            ),
        ],
    )
    def test_names_what_happened_and_where(self, text, steps):
        assert slips.between(text, CODE) == tuple(Step(*step) for step in steps)

    def test_says_nothing_where_it_takes_more_slips_than_asked_for(self):
        assert slips.between("19210899MA0UDGPBG", CODE, most=1) is None
        assert slips.between("无", CODE) is None
        assert slips.between("", CODE) is None

    @given(st.one_of(codes, few), st.data())
    def test_explains_every_two_slips_in_a_row(self, code, data):
        once = data.draw(slipped(code))
        twice = data.draw(slipped(once))

        assert len(slips.between(once, code, most=1)) <= 1
        assert len(slips.between(twice, code)) <= 2

    @given(codes, codes)
    def test_finds_two_unlike_codes_unlike(self, one, other):
        steps = slips.between(one, other)

        differing = sum(left != right for left, right in zip(one, other, strict=True))
        assert steps is not None or differing > 2

    def test_prefers_the_slip_that_is_easier_made(self):
        # Of the two ways to lose a 1 and gain a 7, to mistake it is the likelier.
        steps = slips.between("97210899MA0UDGPB8G", CODE)

        assert [step.slip for step in steps] == [Slip.LOOK_ALIKE]


class TestUndone:
    @given(codes, st.data())
    def test_reaches_the_code_from_every_single_slip(self, code, data):
        text = data.draw(slipped(code))

        assert text == code or code in set(slips.undone(text))

    @pytest.mark.parametrize(
        ("length", "count"),  # Of 17 transpositions one changes nothing: 99.
        [(16, 0), (17, 18 * 31), (18, 18 * 30 + 16), (19, 19), (20, 0)],
    )
    def test_tries_every_place_and_character_once(self, length, count):
        text = (CODE + "12")[:length]

        found = list(slips.undone(text))

        assert len(found) == count
        assert all(len(each) == 18 for each in found)
