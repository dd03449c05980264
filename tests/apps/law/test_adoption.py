"""Nothing adverse before two persons have let a named lawyer adopt the rulebook."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError

from xinheng.apps.law import operations, queries
from xinheng.apps.law.models import Adoption
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.outbox.models import Delivery
from xinheng.rulebook import editions

pytestmark = pytest.mark.django_db

AT = datetime(2026, 5, 4, 2, 0, tzinfo=UTC)
TODAY = date(2026, 5, 4)


def propose(*, effective_on=TODAY, lawyer="示例律师"):
    return operations.propose(
        lawyer=lawyer, effective_on=effective_on, actor="first", at=AT
    )


def adopt(adoption, *, actor="second"):
    return operations.adopt(adoption=adoption.id, actor=actor, at=AT)


class TestPropose:
    def test_has_no_effect_alone(self):
        propose()

        assert not queries.is_adopted(on=TODAY)
        assert queries.in_effect(on=TODAY) is None

    @pytest.mark.parametrize("lawyer", ["", "  ", "律" * 101, "张 210899199001010012"])
    def test_refuses_a_name_that_cannot_stand(self, lawyer):
        with pytest.raises(operations.AdoptionRefusedError) as refused:
            propose(lawyer=lawyer)

        assert refused.value.reason is operations.Refused.LAWYER


class TestAdopt:
    def test_is_in_effect_from_its_day_on(self):
        adopt(propose(effective_on=date(2026, 6, 1)))

        assert not queries.is_adopted(on=date(2026, 5, 31))
        assert queries.is_adopted(on=date(2026, 6, 1))

    def test_is_never_in_effect_before_it_was_confirmed(self):
        adopted = adopt(propose(effective_on=date(2019, 5, 1)))

        assert adopted.effective_on == TODAY
        assert not queries.is_adopted(on=date(2026, 5, 3))

    def test_stands_in_the_ledger_and_the_outbox(self):
        adopt(propose())

        entries = [ledger.get_entry(seq) for seq in range(ledger.size())]
        topics = set(Delivery.objects.values_list("topic", flat=True))
        assert [(each.kind, each.actor) for each in entries] == [
            ("rulebook.proposed", "first"),
            ("rulebook.adopted", "second"),
        ]
        assert topics == {"rulebook.proposed", "rulebook.adopted"}

    def test_refuses_the_same_person(self):
        with pytest.raises(operations.AdoptionRefusedError) as refused:
            adopt(propose(), actor="first")

        assert refused.value.reason is operations.Refused.SAME_PERSON

    def test_refuses_an_edition_that_is_adopted(self):
        first, second = propose(), propose()
        adopt(first)

        with pytest.raises(operations.AdoptionRefusedError) as refused:
            adopt(second)

        assert refused.value.reason is operations.Refused.ADOPTED

    def test_refuses_a_rulebook_that_changed_meanwhile(self, monkeypatch):
        proposed = propose()
        monkeypatch.setattr(editions, "digest", lambda: "0" * 64)

        with pytest.raises(operations.AdoptionRefusedError) as refused:
            adopt(proposed)

        assert refused.value.reason is operations.Refused.CHANGED

    def test_does_not_hold_for_another_edition(self, monkeypatch):
        adopt(propose())

        monkeypatch.setattr(editions, "digest", lambda: "0" * 64)

        assert not queries.is_adopted(on=TODAY)

    def test_the_database_refuses_the_same_person_too(self):
        proposed = propose()
        row = Adoption.objects.filter(id=proposed.id)

        with pytest.raises(IntegrityError):
            row.update(adopted_by="first", adopted_at=AT)


class TestChangesSinceAdoption:
    def test_are_unknown_before_the_first_adoption(self):
        propose()

        assert queries.changes_since_adoption() is None

    def test_are_none_for_the_adopted_edition(self):
        adopt(propose())

        assert queries.changes_since_adoption() == ()

    def test_name_what_a_release_changes(self, monkeypatch):
        adopt(propose())
        said = {**editions.content(), "new.toml": {"term": {"months": 3}}}
        monkeypatch.setattr(editions, "content", lambda: said)

        assert queries.changes_since_adoption() == (
            editions.Change("new.toml", "term.months", None, "3"),
        )
