"""Rule sets side by side: the shortest bounds, an unverified one never lengthens."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.disclosures import (
    DAYS,
    DECIDED,
    UNVERIFIED,
    VERIFIED,
    penalty,
    rule_set,
    rules,
)
from xinheng.core.disclosures.facts import Override, Severity, Trait
from xinheng.core.disclosures.periods import Anchor, ClassTerm, Never, Term, term

ORDINARY = ClassTerm(12, VERIFIED, Severity.ORDINARY, min_months=3)
SERIOUS = ClassTerm(36, VERIFIED, Severity.SERIOUS, min_months=12)
MINOR = ClassTerm(3, VERIFIED, Severity.MINOR, published=False)
C = rule_set("C", MINOR, ORDINARY, SERIOUS)


def until(fact, *rule_sets, on=DECIDED):
    found = term(fact, rules(*rule_sets), on=on)
    return found.until if isinstance(found, Term) else found


class TestTerm:
    def test_runs_from_the_decision_by_calendar_months(self):
        found = term(penalty(), rules(C), on=DECIDED)

        assert found == Term(date(2027, 5, 4), "C", date(2026, 8, 4))

    @pytest.mark.parametrize(
        ("known", "why"),
        [
            ({"severity": Severity.MINOR}, Never.MINOR),
            ({"severity": None}, Never.UNCLASSIFIED),
            ({"decided_on": None}, Never.NO_RULE),
            ({"decided_on": date(2018, 1, 1)}, date(2019, 1, 1)),
        ],
    )
    def test_tells_why_there_is_none(self, known, why):
        assert until(penalty(**known), C) == why

    def test_is_none_before_any_set_was_in_force(self):
        day = date(2018, 1, 1)

        assert until(penalty(decided_on=day), C, on=day) is Never.NO_RULE

    def test_takes_an_unknown_class_for_ordinary_where_all_are_published(self):
        both = rule_set("A", ORDINARY, SERIOUS)

        assert until(penalty(severity=None), both) == date(2027, 5, 4)

    def test_never_comes_where_a_set_publishes_no_such_decision(self):
        strict = replace(C, never_published=(Trait.SUMMARY_PROCEDURE,))
        summary = penalty(traits=frozenset({Trait.SUMMARY_PROCEDURE}))

        assert until(summary, strict) is Never.TRAIT

    def test_is_the_shortest_of_all_sets_since_the_decision(self):
        before = rule_set("B", ClassTerm(24, VERIFIED), expires_on=date(2026, 6, 1))
        after = replace(C, effective_on=date(2026, 6, 1))

        assert until(penalty(), before, after) == date(2028, 5, 4)
        assert until(penalty(), before, after, on=date(2026, 6, 1)) == date(2027, 5, 4)

    def test_is_not_bounded_by_the_sets_of_other_pages(self):
        other = rule_set("D", ClassTerm(1, VERIFIED), system="elsewhere")

        assert until(penalty(), C, other) == date(2027, 5, 4)

    def test_is_that_of_the_special_rule_where_its_trait_is_there(self):
        safety = ClassTerm(6, VERIFIED, trait=Trait.SAFETY)
        general = ClassTerm(12, VERIFIED)
        both = rule_set("B", general, safety)

        assert until(penalty(), both) == date(2027, 5, 4)
        special = penalty(traits=frozenset({Trait.SAFETY}))
        assert until(special, both) == date(2026, 11, 4)

    def test_is_the_shortest_that_the_law_allows_for_persons_in_business(self):
        assert until(penalty(is_sole_proprietor=True), C) == date(2026, 8, 4)

    def test_is_shortened_by_the_day_that_the_source_gives(self):
        short = penalty(declared_until=date(2026, 9, 30))
        long = penalty(declared_until=date(2036, 9, 30))

        assert until(short, C) == date(2026, 10, 1)
        assert until(long, C) == date(2027, 5, 4)

    def test_is_what_a_law_of_its_own_says(self):
        special = penalty(override=Override(date(2031, 5, 4), "某法第一条"))

        assert term(special, rules(C), on=DECIDED) == Term(
            date(2031, 5, 4), None, date(2026, 8, 4)
        )


class TestVerification:
    def test_an_unverified_maximum_counts_up_to_the_least_verified_one(self):
        loose = rule_set("B", ClassTerm(36, UNVERIFIED), expires_on=date(2026, 5, 5))
        later = replace(C, effective_on=date(2026, 5, 5))

        assert until(penalty(), loose, later) == date(2027, 5, 4)

    def test_an_unverified_minimum_bars_no_early_end(self):
        guessed = rule_set("C", replace(ORDINARY, verification=UNVERIFIED))

        found = term(penalty(), rules(guessed), on=DECIDED)

        assert found.earliest_end_on == DECIDED

    def test_a_later_beginning_counts_only_where_it_is_verified(self):
        later = replace(C, anchor=Anchor.PUBLICATION)
        guessed = replace(later, anchor_verification=UNVERIFIED)
        shown = penalty(published_on=date(2026, 5, 20))

        assert until(shown, later) == date(2027, 5, 20)
        assert until(shown, guessed) == date(2027, 5, 4)
        assert until(penalty(), later) == date(2027, 5, 4)

    @given(
        st.lists(
            st.tuples(
                st.integers(1, 48),
                st.booleans(),
                st.sampled_from([None, *Severity]),
                DAYS,
                st.none() | st.integers(1, 2000),
            ),
            min_size=1,
            max_size=4,
        ),
        st.sampled_from([None, *Severity]),
        DAYS,
        DAYS,
    )
    def test_doubting_a_rule_never_lengthens_a_term(self, told, severity, decided, on):
        sure = [_one_term(index, *each) for index, each in enumerate(told)]
        doubted = [_one_term(0, *told[0], verification=UNVERIFIED), *sure[1:]]
        fact = penalty(severity=severity, decided_on=decided)

        before, after = until(fact, *sure, on=on), until(fact, *doubted, on=on)

        assert isinstance(before, Never) == isinstance(after, Never)
        assert isinstance(after, Never) or after <= before


def _one_term(index, months, published, severity, since, days, verification=VERIFIED):
    ends = since + timedelta(days=days) if days else None
    each = ClassTerm(months, verification, severity, published=published)
    return rule_set(str(index), each, effective_on=since, expires_on=ends)


class TestOverride:
    def test_needs_the_text_that_sets_it(self):
        with pytest.raises(ValueError, match="needs the text"):
            Override(date(2030, 1, 1), " ")
