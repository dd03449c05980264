"""The shipped measures and memoranda."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from xinheng.core.measures import applying
from xinheng.core.measures.measures import Mode, Polarity
from xinheng.rulebook import catalog, list_schemes, measures
from xinheng.rulebook.failures import RulebookError

FOLDER = Path(measures.__file__).parent
EXAMPLES = (
    "M-LAND M-PROC M-BID M-FISCAL M-TAX M-PROD M-SAFE M-BOND M-FIN M-PPP M-CUST M-INSP"
    " M-CERT M-AWARD M-PUBL"
)
ON = date(2026, 6, 1)


def followed(scheme):
    rules = measures.rules()
    found = applying.measures_of(
        scheme, memoranda=rules.memoranda, measures=rules.measures, on=ON
    )
    return {each.measure.code: each.units for each in found}


class TestMeasures:
    def test_are_the_fifteen_examples_of_the_domain_notes(self):
        adverse = [
            each.code
            for each in measures.rules().measures.values()
            if each.polarity is Polarity.ADVERSE
        ]

        assert adverse == EXAMPLES.split()

    def test_claim_no_number_of_the_national_list_which_is_not_shipped(self):
        assert {each.item for each in measures.rules().measures.values()} == {None}

    def test_leave_banks_to_decide_for_themselves(self):
        finance = [
            each
            for each in measures.rules().measures.values()
            if each.matter == "finance"
        ]

        assert {each.mode for each in finance} == {Mode.VOLUNTARY}
        assert [each.units for each in finance] == [(), ()]

    def test_are_taken_by_units_of_the_city(self):
        known = {unit.code for unit in catalog.units()} | {"*"}

        for each in measures.rules().measures.values():
            assert set(each.units) <= known


class TestMemoranda:
    def test_are_the_three_of_the_bulletin_and_one_of_before_2020(self):
        told = {
            each.code: (each.polarity.value, each.is_superseded)
            for each in measures.rules().memoranda
        }

        assert told == {
            "work-safety-restriction": ("adverse", False),
            "work-safety-incentive": ("favorable", False),
            "wage-arrears-restriction": ("adverse", False),
            "wage-arrears-2017": ("adverse", True),
        }

    def test_are_signed_by_units_of_the_city(self):
        known = {unit.code for unit in catalog.units()}

        for each in measures.rules().memoranda:
            assert set(each.signatories) <= known

    def test_are_about_lists_that_exist(self):
        known = {each.name for each in list_schemes.schemes()}

        for each in measures.rules().memoranda:
            assert set(each.schemes) <= known

    def test_restrict_only_on_a_text_that_provides_for_it(self):
        assert followed("wage-arrears-exclusion") == {
            "M-PROC": ("U25",),
            "M-BID": ("U18", "U03"),
            "M-FISCAL": ("U25", "U16"),
            "M-LAND": ("U29",),
            "M-INSP": ("U16", "U02", "U03", "U13", "U18", "U20", "U25", "U29"),
            "M-AWARD": ("U16", "U02", "U03", "U13", "U18", "U20", "U25", "U29"),
            "M-FIN": (),
            "M-PUBL": ("U20",),
        }

    def test_name_measures_whose_law_is_unknown_and_never_fire_them(self):
        memorandum = measures.rules().memoranda[0]
        unknown = {"M-TAX", "M-PROD", "M-BOND", "M-PPP", "M-CUST", "M-CERT"}

        assert unknown <= set(memorandum.measures)
        assert not unknown & set(followed("work-safety-exclusion"))

    def test_reward_what_is_recognized(self):
        assert set(followed("work-safety-recognition")) == {
            "F-INSP",
            "F-APPROVAL",
            "F-AWARD",
            "F-FIN",
        }


class TestLoad:
    @pytest.mark.parametrize(
        ("right", "wrong"),
        [
            ('code = "M-PROC"', 'code = "M-LAND"'),
            ('matter = "procurement"', 'matter = "shopping"'),
            ('severity_bound = "serious"', ""),
            ("report_within = 15", "report_within = 0"),
            ('mode = "mandatory"', 'mode = "binding"'),
        ],
    )
    def test_refuses_a_measure_that_could_not_be_applied(self, tmp_path, right, wrong):
        self._write(tmp_path, "measures.toml", right, wrong)

        with pytest.raises(RulebookError):
            measures.load(tmp_path / "measures.toml", FOLDER / "memoranda.toml")

    @pytest.mark.parametrize(
        ("right", "wrong"),
        [
            ('"M-SAFE", ', '"M-SAVE", '),
            ('severity = "serious"', ""),
            ('code = "wage-arrears-2017"', 'code = "work-safety-incentive"'),
        ],
    )
    def test_refuses_a_memorandum_that_names_nothing(self, tmp_path, right, wrong):
        self._write(tmp_path, "memoranda.toml", right, wrong)

        with pytest.raises(RulebookError):
            measures.load(FOLDER / "measures.toml", tmp_path / "memoranda.toml")

    def _write(self, directory, name, right, wrong):
        text = (FOLDER / name).read_text("utf-8")
        assert right in text
        (directory / name).write_text(text.replace(right, wrong, 1), "utf-8")
