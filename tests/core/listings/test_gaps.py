"""A list that a text does not allow can't be used, and says which rule stops it."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.catalog.datasets import BasisLevel, LegalBasis, Verification
from xinheng.core.listings.gaps import Gap, areas, gaps
from xinheng.core.listings.schemes import ListKind, MadeBy, Scheme, Standard

ON = date(2024, 6, 3)
LAW = LegalBasis("某法", BasisLevel.LAW, "第一条", Verification.VERIFIED)
STANDARD = Standard(
    title="某办法",
    level=BasisLevel.DEPARTMENT_RULE,
    verification=Verification.VERIFIED,
    article="第二条",
    consultation_from=date(2023, 1, 1),
    consultation_to=date(2023, 1, 30),
)
WHOLE = Scheme(
    name="whole",
    edition="2024",
    title="某名单",
    title_en="A list",
    kind=ListKind.EXCLUSION,
    made_by=MadeBy.NATION,
    verification=Verification.VERIFIED,
    effective_on=date(2024, 1, 1),
    legal_basis=(LAW,),
    standard=STANDARD,
    authorities=("U16",),
    data_needed=("统一社会信用代码",),
    removal_conditions="期满",
    removal_procedure="申请",
    remedy="复议",
    nexus="同一目的",
    term_months=36,
    window_working_days=5,
    hearing_working_days=5,
    review_due=date(2026, 1, 1),
)


def changed(**changes):
    return dataclasses.replace(WHOLE, **changes)


def basis(**changes):
    return (dataclasses.replace(LAW, **changes),)


def standard(**changes):
    return dataclasses.replace(STANDARD, **changes)


class TestGaps:
    def test_are_none_where_everything_is_known_and_verified(self):
        assert gaps(WHOLE, ON) == ()

    @pytest.mark.parametrize(
        ("change", "gap"),
        [
            ({"legal_basis": ()}, Gap.BASIS_MISSING),
            ({"legal_basis": basis(article=None)}, Gap.BASIS_ARTICLE),
            ({"legal_basis": basis(level=BasisLevel.DEPARTMENT_RULE)}, Gap.BASIS_LEVEL),
            ({"standard": None}, Gap.STANDARD_MISSING),
            ({"standard": standard(article=None)}, Gap.STANDARD_ARTICLE),
            (
                {"standard": standard(level=BasisLevel.NORMATIVE_DOCUMENT)},
                Gap.STANDARD_LEVEL,
            ),
            (
                {"standard": standard(consultation_to=None)},
                Gap.CONSULTATION_MISSING,
            ),
            (
                {"standard": standard(consultation_to=date(2023, 1, 29))},
                Gap.CONSULTATION_SHORT,
            ),
            ({"removal_conditions": None}, Gap.NO_REMOVAL),
            ({"removal_procedure": None}, Gap.NO_REMOVAL),
            ({"remedy": None}, Gap.NO_REMEDY),
            ({"term_months": None}, Gap.NO_TERM),
            ({"window_working_days": None}, Gap.NO_WINDOW),
            ({"hearing_working_days": None}, Gap.NO_WINDOW),
            ({"authorities": ()}, Gap.NO_AUTHORITY),
            ({"data_needed": ()}, Gap.NO_DATA),
            ({"nexus": None}, Gap.NO_NEXUS),
            ({"review_due": ON}, Gap.REVIEW_OVERDUE),
            ({"superseded_by": "后来的文件"}, Gap.SUPERSEDED),
            ({"expires_on": ON}, Gap.NOT_IN_FORCE),
            ({"effective_on": date(2024, 6, 4)}, Gap.NOT_IN_FORCE),
            ({"fictional": True}, Gap.FICTIONAL),
            ({"verification": Verification.UNVERIFIED}, Gap.UNVERIFIED),
        ],
    )
    def test_name_the_one_rule_that_is_broken(self, change, gap):
        assert gaps(changed(**change), ON) == (gap,)

    def test_a_citys_own_list_needs_a_local_regulation_for_area_and_standard(self):
        found = gaps(changed(made_by=MadeBy.CITY), ON)

        assert found == (Gap.CITY_WITHOUT_REGULATION, Gap.STANDARD_LEVEL)

    def test_made_up_law_counts_in_the_demo_alone(self):
        made_up = changed(fictional=True, verification=Verification.COMPUTED)

        assert gaps(made_up, ON, is_demo=True) == ()
        assert gaps(made_up, ON) == (Gap.FICTIONAL,)

    def test_an_unverified_rule_may_recognize_but_never_exclude(self):
        unread = changed(legal_basis=basis(verification=Verification.UNVERIFIED))

        assert gaps(unread, ON) == (Gap.UNVERIFIED,)
        kind = ListKind.RECOGNITION
        assert gaps(dataclasses.replace(unread, kind=kind), ON) == ()

    @given(st.sampled_from(list(MadeBy)), st.sets(st.sampled_from(list(BasisLevel))))
    def test_no_texts_below_the_right_level_open_an_area(self, made_by, levels):
        texts = tuple(dataclasses.replace(LAW, level=level) for level in levels)
        found = gaps(changed(made_by=made_by, legal_basis=texts), ON)

        stopped = {Gap.BASIS_MISSING, Gap.BASIS_LEVEL, Gap.CITY_WITHOUT_REGULATION}
        assert bool(stopped & set(found)) == (
            not areas(changed(made_by=made_by, legal_basis=texts))
        )
