"""The packs are those that were read, and nothing unknown was filled in."""

from __future__ import annotations

import pytest

from xinheng.core.indicators.packs import Form
from xinheng.rulebook import indicators


class TestPacks:
    def test_of_2020_has_its_hundred_points(self):
        pack = indicators.pack("2020")

        points = {each.name: each.points for each in pack.groups}
        assert sum(points.values()) == pack.points == 100
        assert points == {
            "base": 20, "environment": 21, "supervision": 43, "rights": 16,
        }  # fmt: skip
        assert len(pack.indicators) == 15
        assert sum(each.points for each in pack.indicators) == 100

    def test_of_2019_leaves_what_was_not_found_unknown(self):
        pack = indicators.pack("2019")

        assert pack.points == 140
        assert {each.points for each in pack.groups} == {None}
        assert {(each.points, each.group) for each in pack.indicators} == {(None, None)}

    def test_invents_no_points_of_the_last_level(self):
        parts = [
            part
            for pack in indicators.packs()
            for each in pack.indicators
            for part in each.parts
        ]

        assert parts
        assert {part.points for part in parts} == {None}

    def test_knows_no_other_edition(self):
        with pytest.raises(indicators.UnknownPackError):
            indicators.pack("2018")


class TestInputs:
    def test_feed_every_pack_and_say_their_formula(self):
        named = {
            name
            for pack in indicators.packs()
            for each in pack.indicators
            for part in each.parts
            for name in part.inputs
        }

        assert set(indicators.inputs()) - named == {"registered_enterprises"}
        assert all(each.formula for each in indicators.inputs().values())

    def test_name_what_they_are_divided_by(self):
        for each in indicators.inputs().values():
            assert (each.denominator is None) == (each.form is Form.COUNT)


class TestActions:
    def test_move_inputs_that_are_held(self):
        moved = {each.input for each in indicators.actions().values()}

        assert all(indicators.inputs()[name].held for name in moved)
