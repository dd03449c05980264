"""The procedures of the rulebook, walked: no dead end, no mark left, nothing lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.procedures import soundness
from xinheng.core.procedures.tables import Effect, Party, Procedure, follow
from xinheng.rulebook import redress

PROCEDURES = [redress.objection(), redress.repair()]


def faults(procedure: Procedure) -> tuple[str, ...]:
    regulated = next(p for p in PROCEDURES if p.procedure.name == procedure.name)
    clocks = {name for name, clock in regulated.clocks.items() if clock.amount}
    promised = redress.PROMISED[procedure.name]
    return soundness.find_faults(procedure, clocks=clocks, promised=promised)


def without(procedure: Procedure, act: str) -> Procedure:
    kept = tuple(step for step in procedure.steps if step.act != act)
    return replace(procedure, steps=kept)


def changed(procedure: Procedure, act: str, **other: object) -> Procedure:
    steps = tuple(
        replace(step, **other) if step.act == act else step for step in procedure.steps
    )
    return replace(procedure, steps=steps)


def changed_state(procedure: Procedure, name: str, **other: object) -> Procedure:
    states = tuple(
        replace(state, **other) if state.name == name else state
        for state in procedure.states
    )
    return replace(procedure, states=states)


class TestSoundness:
    @pytest.mark.parametrize("regulated", PROCEDURES, ids=["objection", "repair"])
    def test_finds_nothing_in_the_rulebook(self, regulated):
        assert faults(regulated.procedure) == ()

    @pytest.mark.parametrize(
        ("broken", "said"),
        [
            (lambda o: without(o, "decide"), "verified waits for office"),
            (lambda o: without(o, "close"), "wait for the applicant for ever"),
            (lambda o: without(o, "finish"), "settled waits for register"),
            (lambda o: changed(o, "apply", effects=()), "decide as upheld never does"),
            (lambda o: changed(o, "decide", needs=()), "adverse without a reason"),
            (lambda o: changed(o, "review", needs=()), "by one person alone"),
            (lambda o: changed(o, "apply", outcomes=("upheld",)), "as partly never"),
            (lambda o: changed(o, "appeal", target="nowhere"), "names no state"),
            (lambda o: changed_state(o, "closed", marked=True), "is still marked"),
            (lambda o: changed_state(o, "verifying", clock=""), "has no clock"),
            (lambda o: changed_state(o, "verifying", clock="extension"), "no clock"),
            (
                lambda o: changed(o, "close", sources=("notified", "verifying")),
                "because an authority was late",
            ),
        ],
    )
    def test_names_what_was_broken(self, broken, said):
        found = faults(broken(redress.objection().procedure))

        assert any(said in fault for fault in found), found

    def test_misses_no_effect_of_a_repair(self):
        table = redress.repair().procedure

        for effect in (Effect.END_PUBLICATION, Effect.RECALL_MEASURES, Effect.TELL):
            apply = table.find_step("apply", "decided")
            left = tuple(each for each in apply.effects if each is not effect)
            notify = changed(
                changed(table, "apply", effects=left), "notify", effects=()
            )

            assert f"step decide as repaired never does: {effect}" in faults(notify)


class TestWalk:
    """Whoever does what: any sequence of acts that the table allows can end."""

    @given(st.sampled_from(PROCEDURES), st.lists(st.integers(min_value=0), max_size=12))
    def test_every_history_leads_to_an_end_without_a_mark(self, regulated, choices):
        table = regulated.procedure
        state = table.initial.name
        for choice in choices:
            state = _go(table, state, choice)

        for choice in range(40):  # the way on that takes the last step each time
            if table.state(state).has_ended:
                break
            state = _go(table, state, -1 - choice)

        assert table.state(state).has_ended
        assert not table.state(state).marked

    @given(st.lists(st.integers(min_value=0), max_size=12))
    def test_an_upheld_objection_is_applied_before_it_is_told(self, choices):
        table = redress.objection().procedure

        steps = follow(table, "decided", "upheld")

        assert [step.act for step in steps] == ["apply", "notify"]
        assert [step.act for step in follow(table, "decided", "rejected")] == ["notify"]


def _go(table: Procedure, state: str, choice: int) -> str:
    steps = [step for step in table.steps if state in step.sources]
    open_ones = [step for step in steps if step.party is not Party.REGISTER] or steps
    if not open_ones:
        return state
    step = open_ones[choice % len(open_ones)]
    outcome = step.outcomes[choice % len(step.outcomes)] if step.outcomes else ""
    passed = follow(table, step.target, outcome)
    return passed[-1].target if passed else step.target
