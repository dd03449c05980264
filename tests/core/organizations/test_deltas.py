"""What a row does to the register."""

from __future__ import annotations

import pytest

from xinheng.core.organizations.deltas import Action, Effect, effect


class TestEffect:
    @pytest.mark.parametrize(
        ("action", "expected"),
        [
            (Action.STATE, Effect.ENTER),
            (Action.ADD, Effect.ENTER),
            (Action.CHANGE, Effect.UNKNOWN),
        ],
    )
    def test_of_an_unknown_code(self, action: Action, expected: Effect) -> None:
        found = effect(action, is_held=False, bears_name=False, is_claimed=False)

        assert found is expected

    @pytest.mark.parametrize(
        ("action", "expected"),
        [
            (Action.STATE, Effect.UPDATE),
            (Action.ADD, Effect.CLAIM),
            (Action.CHANGE, Effect.UPDATE),
        ],
    )
    def test_of_another_name(self, action: Action, expected: Effect) -> None:
        found = effect(action, is_held=True, bears_name=False, is_claimed=False)

        assert found is expected

    @pytest.mark.parametrize("action", Action)
    def test_never_renames_the_holder_to_an_open_claim(self, action: Action) -> None:
        found = effect(action, is_held=True, bears_name=False, is_claimed=True)

        assert found is Effect.CLAIM

    def test_of_an_addition_that_was_made_already(self) -> None:
        found = effect(Action.ADD, is_held=True, bears_name=True, is_claimed=False)

        assert found is Effect.NONE
