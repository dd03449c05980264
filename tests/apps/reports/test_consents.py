"""Consents: given by the agent, used by the receiver, over in time or at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories.redress import FIRST, LATER
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.reports import consents, queries
from xinheng.apps.reports.consents import (
    ConsentTermError,
    UnknownConsentError,
    Wanted,
)
from xinheng.core.reports.kinds import Kind
from xinheng.core.submissions.reasons import ReasonError

TODAY = LATER.date()
WEEK = TODAY + timedelta(days=7)


def give(body, *, actor=None, **change):
    told = {"receiver": "示例银行", "purpose": "申请贷款", "expires_on": WEEK}
    return consents.give(
        organization=body.key,
        wanted=Wanted(**(told | change)),
        actor=actor or body.agent,
        at=LATER,
    )


def fetch(code, *, after=timedelta()):
    return consents.fetch(code=code, site="", at=LATER + after)


class TestGive:
    def test_lets_the_receiver_fetch_and_tells_the_organization(self, body):
        code = give(body)

        assert fetch(code.lower().replace("-", " ")).pdf.startswith(b"%PDF")
        [access] = queries.list_accesses(actor=body.agent, organization=body.key).items
        assert access.kind is Kind.AUTHORIZED
        assert (access.receiver, access.purpose) == ("示例银行", "申请贷款")
        [view] = consents.list_given(actor=body.agent, organization=body.key)
        assert view.uses == 1

    def test_keeps_no_code(self, body):
        code = give(body)

        told = [str(each.body) for each in ledger.list_entries(limit=1000)]
        assert not any(code in each for each in told)

    @pytest.mark.parametrize(
        "change",
        [{"receiver": " "}, {"purpose": ""}, {"receiver": "210899199001010012"}],
    )
    def test_wants_receiver_and_purpose(self, body, change):
        with pytest.raises(ReasonError):
            give(body, **change)

    @pytest.mark.parametrize("days", [0, 91])
    def test_runs_for_a_day_to_three_months(self, body, days):
        with pytest.raises(ConsentTermError):
            give(body, expires_on=TODAY + timedelta(days=days))

    def test_is_the_agents_alone(self, body):
        for stranger in (FIRST, body.clerk):
            with pytest.raises(NotAllowedError):
                give(body, actor=stranger)


class TestFetch:
    def test_ends_with_the_term(self, body):
        code = give(body)

        fetch(code, after=timedelta(days=6))
        with pytest.raises(UnknownConsentError):
            fetch(code, after=timedelta(days=7))

    def test_ends_when_the_consent_is_withdrawn(self, body):
        code = give(body)
        entry = fetch(code).entry
        [view] = consents.list_given(actor=body.agent, organization=body.key)

        with pytest.raises(UnknownConsentError):
            consents.withdraw(consent=view.id, actor=FIRST, at=LATER)
        consents.withdraw(consent=view.id, actor=body.agent, at=LATER)

        with pytest.raises(UnknownConsentError):
            fetch(code)
        assert queries.find_issued(entry=entry, on=TODAY).still_states is None
        with pytest.raises(UnknownConsentError):
            consents.withdraw(consent=view.id, actor=body.agent, at=LATER)

    def test_knows_no_other_code(self, body):
        give(body)

        with pytest.raises(UnknownConsentError):
            fetch("AAAAA-AAAAA-AAAAA-AAAAA")
