"""Which measures follow from a list, and which rule stops the others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.catalog.datasets import BasisLevel, Verification
from xinheng.core.measures import applying
from xinheng.core.measures.applying import Bar
from xinheng.core.measures.measures import (
    EVERY_SIGNATORY,
    Measure,
    MeasureBasis,
    Memorandum,
    Mode,
    Polarity,
    Severity,
)

ON = date(2026, 6, 1)
LAW = MeasureBasis("某法", BasisLevel.LAW, Verification.VERIFIED, "test", "第一条")
NOTICE = replace(LAW, level=BasisLevel.NORMATIVE_DOCUMENT)
BARRED = Measure(
    code="M-A",
    title="限制",
    title_en="Restricted",
    polarity=Polarity.ADVERSE,
    matter="procurement",
    implementer="财政",
    units=("U25",),
    mode=Mode.MANDATORY,
    nexus="同一目的",
    verification=Verification.VERIFIED,
    source="test",
    severity_bound=Severity.SERIOUS,
    basis=(LAW,),
)
AGREED = Memorandum(
    code="one",
    title="备忘录",
    title_en="Memorandum",
    polarity=Polarity.ADVERSE,
    schemes=("arrears",),
    signatories=("U25", "U02"),
    measures=("M-A",),
    effective_on=date(2021, 1, 1),
    verification=Verification.VERIFIED,
    source="test",
    severity=Severity.SERIOUS,
    basis=(LAW,),
)


def follow(*memoranda, measure=BARRED, scheme="arrears", on=ON):
    return applying.measures_of(
        scheme, memoranda=memoranda, measures={"M-A": measure}, on=on
    )


class TestMeasuresOf:
    def test_gives_a_task_to_each_signatory_that_takes_the_measure(self):
        (applied,) = follow(AGREED)

        assert (applied.measure, applied.units) == (BARRED, ("U25",))

    def test_asks_every_signatory_where_the_measure_is_everybodys(self):
        (applied,) = follow(AGREED, measure=replace(BARRED, units=(EVERY_SIGNATORY,)))

        assert applied.units == ("U25", "U02")

    def test_gives_nothing_for_another_list(self):
        assert follow(AGREED, scheme="safety") == ()

    @pytest.mark.parametrize("basis", [(), (NOTICE,)])
    def test_never_fires_a_memorandum_without_a_direct_basis(self, basis):
        superseded = replace(AGREED, basis=basis)

        assert superseded.is_superseded
        assert follow(superseded) == ()

    @pytest.mark.parametrize(
        ("on", "count"),
        [(date(2020, 12, 31), 0), (date(2021, 1, 1), 1), (date(2030, 1, 1), 0)],
    )
    def test_fires_only_in_its_term(self, on, count):
        ending = replace(AGREED, expires_on=date(2030, 1, 1))

        assert len(follow(ending, on=on)) == count

    def test_takes_a_measure_of_two_memoranda_once_for_the_units_of_both(self):
        other = replace(AGREED, code="two", signatories=("U02",))
        measure = replace(BARRED, units=("U25", "U02"))

        (applied,) = follow(
            replace(AGREED, signatories=("U25",)), other, measure=measure
        )

        assert applied.units == ("U25", "U02")
        assert applied.memorandum.code == "one"

    def test_tells_nobody_to_take_a_voluntary_measure(self):
        (applied,) = follow(AGREED, measure=replace(BARRED, mode=Mode.VOLUNTARY))

        assert applied.units == ()

    @given(
        severity=st.sampled_from(Severity),
        bound=st.sampled_from(Severity),
        basis=st.lists(st.sampled_from([LAW, NOTICE])).map(tuple),
        mode=st.sampled_from(Mode),
    )
    def test_never_restricts_without_basis_or_proportion(
        self, severity, bound, basis, mode
    ):
        measure = replace(BARRED, severity_bound=bound, basis=basis, mode=mode)

        followed = follow(replace(AGREED, severity=severity), measure=measure)

        is_grave = list(Severity).index(severity) >= list(Severity).index(bound)
        assert bool(followed) == (is_grave and LAW in basis)


class TestFindBar:
    @pytest.mark.parametrize(
        ("change", "bar"),
        [
            ({"basis": ()}, Bar.NO_BASIS),
            ({"basis": (NOTICE,)}, Bar.NO_BASIS),
            ({"severity_bound": None}, Bar.DISPROPORTIONATE),
            ({"polarity": Polarity.FAVORABLE}, Bar.POLARITY),
            ({"units": ("U13",)}, Bar.NOT_A_PARTY),
            ({}, None),
        ],
    )
    def test_names_the_first_rule_that_stops_a_measure(self, change, bar):
        assert applying.find_bar(AGREED, replace(BARRED, **change)) is bar

    def test_asks_no_basis_of_a_favor(self):
        favor = replace(
            BARRED, polarity=Polarity.FAVORABLE, basis=(), severity_bound=None
        )
        agreed = replace(AGREED, polarity=Polarity.FAVORABLE, severity=None)

        assert applying.find_bar(agreed, favor) is None
