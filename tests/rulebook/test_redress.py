from __future__ import annotations

from pathlib import Path

import pytest

from xinheng.core.objections.filing import Kind
from xinheng.core.objections.filing import Outcome as ObjectionOutcome
from xinheng.core.repairs.conditions import Outcome as RepairOutcome
from xinheng.rulebook import redress, redress_page
from xinheng.rulebook.failures import RulebookError

SOURCE = Path(redress.__file__).parent


def written(tmp_path: Path, text: str) -> Path:
    target = tmp_path / "redress_objection.toml"
    target.write_text(text, "utf-8")
    return target


class TestLoadProcedure:
    def test_names_the_outcomes_that_core_knows(self):
        objection, repair = redress.objection(), redress.repair()

        assert [o.name for o in objection.procedure.outcomes] == list(ObjectionOutcome)
        assert [o.name for o in repair.procedure.outcomes] == list(RepairOutcome)

    def test_refuses_a_table_that_would_leave_somebody_waiting(self, tmp_path):
        text = (SOURCE / "redress_objection.toml").read_text("utf-8")
        broken = text.replace('sources = ["appealed"]', 'sources = ["closed"]')
        assert broken != text

        with pytest.raises(RulebookError, match="appealed"):
            redress.load_procedure(written(tmp_path, broken), beside={"windows"})

    def test_refuses_a_misspelled_key(self, tmp_path):
        text = (SOURCE / "redress_objection.toml").read_text("utf-8")

        with pytest.raises(RulebookError, match="markd"):
            redress.load_procedure(
                written(tmp_path, text.replace("marked", "markd")), beside={"windows"}
            )


class TestTexts:
    def test_every_kind_has_its_window(self):
        assert set(redress.windows()) == set(Kind)

    @pytest.mark.parametrize(("code", "text"), redress.refusals().items())
    def test_a_refusal_speaks_both_languages_and_fills_the_same_gaps(self, code, text):
        for gap in ("{day}", "{basis}"):
            assert (gap in text.message_zh) == (gap in text.message_en), code

    def test_both_letters_name_the_terms_of_the_procedure(self):
        terms = redress.repair().clocks

        for name in ("accept", "result"):
            assert f"{terms[name].amount}个工作日" in redress.together().text
            assert str(terms[name].amount) in redress.together().text_en


class TestPage:
    def test_holds_every_state_and_every_step(self):
        text = redress_page.page()

        for regulated in (redress.objection(), redress.repair()):
            names = [state.name for state in regulated.procedure.states]
            names += [step.act for step in regulated.procedure.steps]
            assert [name for name in names if f"`{name}`" not in text] == []
