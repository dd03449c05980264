"""One answer to what may be seen: nothing adverse without law, nothing past its end."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.disclosures import DAYS, DECIDED, facts, penalty
from xinheng.core.catalog.datasets import DisclosureClass
from xinheng.core.disclosures.facts import (
    Cause,
    End,
    Fact,
    Kind,
    Override,
    Severity,
    Trait,
)
from xinheng.core.disclosures.visibility import (
    Audience,
    Reason,
    may_be_in_bulk,
    visible_state,
)
from xinheng.rulebook import periods

RULES = periods.rules().periods
PERMIT = Fact(DisclosureClass.PUBLIC, decided_on=DECIDED)
AUDIENCES = st.sampled_from(list(Audience))


def state(fact, *, on=DECIDED, is_adopted=True, audience=Audience.PUBLIC):
    return visible_state(
        fact, rules=RULES, is_adopted=is_adopted, on=on, audience=audience
    )


class TestVisibleState:
    def test_shows_a_public_record_of_the_past_for_good(self):
        shown = state(PERMIT, on=date(2032, 1, 1), is_adopted=False)

        assert (shown.public, shown.until) == (True, None)

    def test_shows_a_penalty_until_its_term_is_over(self):
        last = state(penalty(), on=date(2027, 5, 3))

        assert (last.public, last.until, last.rule_set) == (
            True,
            date(2027, 5, 4),
            "C",
        )
        assert state(penalty(), on=date(2027, 5, 4)).reason is Reason.OVER

    @pytest.mark.parametrize(
        ("known", "reason"),
        [
            ({"disclosure": DisclosureClass.SHARED}, Reason.CLASS),
            ({"is_erased": True}, Reason.ERASED),
            ({"is_hidden": True}, Reason.HIDDEN),
            ({"is_withheld": True}, Reason.WITHHELD),
            ({"decided_on": date(2026, 5, 5)}, Reason.NOT_YET),
            ({"decided_on": None}, Reason.NO_TERM),
            ({"severity": Severity.MINOR}, Reason.MINOR),
            ({"severity": None}, Reason.UNCLASSIFIED),
            ({"traits": frozenset({Trait.CLASSIFIED})}, Reason.NEVER_PUBLISHED),
            ({"decided_on": date(2020, 1, 1)}, Reason.OVER),
            ({"ends": (End(Cause.REPAIRED, DECIDED),)}, Reason.ENDED),
            ({"kind": Kind.RECORD}, Reason.NO_TERM),
            ({"kind": Kind.EXCLUSION}, Reason.NO_TERM),
            (
                {"kind": Kind.RECOGNITION, "is_sole_proprietor": True},
                Reason.SOLE_PROPRIETOR,
            ),
        ],
    )
    def test_says_why_something_is_not_shown(self, known, reason):
        hidden = state(penalty(**known))

        assert (hidden.public, hidden.reason) == (False, reason)

    def test_shows_nothing_adverse_before_a_lawyer_has_adopted_the_rules(self):
        assert state(penalty(), is_adopted=False).reason is Reason.ADVERSE

    def test_shows_an_exclusion_for_the_term_of_its_decision(self):
        listed = penalty(kind=Kind.EXCLUSION, own_until=date(2026, 6, 1))

        assert state(listed, on=date(2026, 5, 31)).public
        assert state(listed, on=date(2026, 6, 1)).reason is Reason.OVER

    def test_calls_an_exclusion_adverse_whatever_the_catalog_says(self):
        listed = Fact(
            DisclosureClass.PUBLIC, Kind.EXCLUSION, own_until=date(2026, 6, 1)
        )

        assert state(listed, is_adopted=False).reason is Reason.ADVERSE

    def test_keeps_an_end_that_lies_ahead_for_its_day(self):
        ending = penalty(ends=(End(Cause.REMOVED, date(2026, 5, 5)),))

        today = state(ending)

        assert (today.public, today.until) == (True, date(2026, 5, 5))
        assert state(ending, on=date(2026, 5, 5)).reason is Reason.ENDED

    def test_shows_what_is_disputed_with_its_mark(self):
        disputed = state(penalty(is_disputed=True))

        assert (disputed.public, disputed.is_disputed) == (True, True)

    def test_shows_the_organization_all_that_is_held_about_it(self):
        shared = penalty(disclosure=DisclosureClass.SHARED, is_hidden=True)

        assert state(shared, is_adopted=False, audience=Audience.OWN).public

    def test_shows_each_audience_its_classes(self):
        seen = {
            audience: {
                disclosure
                for disclosure in DisclosureClass
                if state(
                    replace(PERMIT, disclosure=disclosure), audience=audience
                ).public
            }
            for audience in Audience
        }

        assert seen == {
            Audience.PUBLIC: {"public"},
            Audience.AUTHORIZED: {"public", "authorized"},
            Audience.BODY: {"public", "shared"},
            Audience.OWN: set(DisclosureClass),
        }


class TestProperties:
    @given(facts(), DAYS, AUDIENCES)
    def test_nothing_adverse_is_seen_without_adoption(self, fact, on, audience):
        shown = state(fact, on=on, is_adopted=False, audience=audience)

        assert not (shown.public and fact.is_adverse and audience is not Audience.OWN)

    @given(facts(), DAYS)
    def test_what_is_adverse_and_public_has_an_end(self, fact, on):
        shown = state(fact, on=on)

        assert not (shown.public and fact.is_adverse) or shown.until > on

    @given(facts(), DAYS, st.integers(1, 3000))
    def test_what_was_over_never_comes_back(self, fact, on, days):
        over = {Reason.OVER, Reason.ENDED}

        before = state(fact, on=on)
        after = state(fact, on=on + timedelta(days=days))

        assert before.reason not in over or not after.public

    @given(facts(), DAYS, st.sampled_from(list(Cause)))
    def test_an_end_ends_it_for_everybody_else(self, fact, on, cause):
        ended = replace(fact, ends=(*fact.ends, End(cause, on)))

        assert not any(
            state(ended, on=on, audience=audience).public
            for audience in Audience
            if audience is not Audience.OWN
        )

    @given(
        facts(),
        DAYS,
        st.sampled_from(
            [
                {"is_hidden": True},
                {"is_withheld": True},
                {"is_erased": True},
                {"traits": frozenset({Trait.CLASSIFIED})},
                {"declared_until": date(2026, 1, 1)},
                {"is_sole_proprietor": True},
            ]
        ),
    )
    def test_knowing_more_against_it_never_shows_it(self, fact, on, known):
        if known.get("declared_until") and fact.declared_until:
            known = {
                "declared_until": min(known["declared_until"], fact.declared_until)
            }

        before, after = state(fact, on=on), state(replace(fact, **known), on=on)

        assert before.public or not after.public

    @given(facts(), DAYS, AUDIENCES)
    def test_a_dispute_changes_the_mark_alone(self, fact, on, audience):
        plain = state(replace(fact, is_disputed=False), on=on, audience=audience)
        disputed = state(replace(fact, is_disputed=True), on=on, audience=audience)

        assert disputed == replace(plain, is_disputed=True)

    @given(facts(), DAYS)
    def test_until_is_the_first_day_without_it(self, fact, on):
        shown = state(fact, on=on)

        if shown.public and shown.until is not None:
            assert shown.until > on
            assert not state(fact, on=shown.until).public

    @given(facts())
    def test_only_persons_in_business_are_kept_out_of_bulk(self, fact):
        assert may_be_in_bulk(fact) is not fact.is_sole_proprietor


class TestModel:
    """Every state that a penalty can be in, against the rule told another way."""

    def test_is_public_exactly_where_nothing_speaks_against_it(self):
        term_ends = date(2027, 5, 4)
        for flags in product((False, True), repeat=5):
            adopted, withheld, hidden, ended, erased = flags
            for offset in (-1, 0, 1, 364, 365, 366):
                on = DECIDED + timedelta(days=offset)
                fact = penalty(
                    is_withheld=withheld,
                    is_hidden=hidden,
                    is_erased=erased,
                    ends=(End(Cause.REPAIRED, DECIDED),) if ended else (),
                )
                expected = (
                    adopted
                    and not (withheld or hidden or ended or erased)
                    and DECIDED <= on < term_ends
                )

                assert state(fact, on=on, is_adopted=adopted).public is expected

    def test_a_law_of_its_own_bounds_a_penalty_instead_of_the_sets(self):
        special = penalty(override=Override(date(2030, 1, 1), "某法第一条"))

        assert state(special, on=date(2029, 12, 31)).public
        assert state(special, on=date(2030, 1, 1)).reason is Reason.OVER
