from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.accounts import AT, add_unit
from xinheng.apps.accounts import queries, service_keys, tokens
from xinheng.apps.accounts.actors import OPERATOR, Actor
from xinheng.apps.accounts.models import ServiceKey
from xinheng.apps.accounts.service_keys import Issued, KeyRefusedError, Reason
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.units import operations as units
from xinheng.apps.units.queries import UnknownUnitError

pytestmark = pytest.mark.django_db
YEAR = timedelta(days=365)
SECOND = timedelta(seconds=1)


def issue(unit: str = "a", *, life: timedelta = YEAR) -> Issued:
    return service_keys.issue_service_key(
        unit=unit, at=AT, expires_at=AT + life, actor=OPERATOR
    )


def revoke(issued: Issued, *, at=AT + SECOND) -> None:
    service_keys.revoke_service_key(prefix=issued.prefix, actor=OPERATOR, at=at)


def find(issued: Issued, *, at=AT) -> Actor | None:
    return queries.find_service_actor(token=issued.token, at=at)


class TestIssueServiceKey:
    def test_acts_for_its_unit(self):
        add_unit("a")

        actor = find(issue())

        assert actor is not None
        assert actor.units == {"a"}
        assert actor.account_id.startswith("service-key:")

    def test_never_decides_nor_administers_nor_sees_others(self):
        add_unit("city")
        add_unit("district", parent="city")

        actor = find(issue("city"))

        assert actor is not None
        assert not actor.may_decide
        assert not actor.may_administer
        assert not actor.sees_all_units
        assert actor.visible_units == {"city"}

    def test_keeps_the_digest_only(self):
        add_unit("a")
        issued = issue()

        kept = ServiceKey.objects.values().get()
        entry = ledger.get_entry(ledger.size() - 1)

        secret = issued.token.partition(".")[2]
        assert len(secret) == 43
        assert secret not in json.dumps(kept, default=str)
        assert secret not in json.dumps([entry.subject, entry.body])
        assert issued.token not in repr(kept)
        assert kept["digest"] == tokens.digest(issued.token)
        assert entry.kind == "service_key.issued"

    @pytest.mark.parametrize(
        "life", [timedelta(), -SECOND, service_keys.LONGEST_LIFE + SECOND]
    )
    def test_refuses_a_term_that_is_none_or_too_long(self, life: timedelta):
        add_unit("a")

        with pytest.raises(KeyRefusedError) as refused:
            issue(life=life)

        assert refused.value.reason is Reason.TERM

    def test_refuses_a_closed_unit(self):
        add_unit("a")
        units.close_unit(code="a", expires_on=date(2019, 6, 1), actor="o", at=AT)

        with pytest.raises(KeyRefusedError) as refused:
            issue()

        assert refused.value.reason is Reason.UNIT_NOT_ACTIVE

    def test_names_an_unknown_unit(self):
        with pytest.raises(UnknownUnitError):
            issue("nowhere")

    def test_is_refused_to_others(self):
        office = Actor("office", sees_all_units=True, may_decide=True)

        with pytest.raises(queries.NotAllowedError):
            service_keys.issue_service_key(
                unit="a", at=AT, expires_at=AT + YEAR, actor=office
            )


class TestFindServiceActor:
    @pytest.mark.parametrize(
        ("at", "holds"),
        [
            (AT - SECOND, False),
            (AT, True),
            (AT + YEAR - SECOND, True),
            (AT + YEAR, False),
        ],
    )
    def test_holds_for_its_term(self, at, holds: bool):
        add_unit("a")

        assert (find(issue(), at=at) is not None) is holds

    def test_ends_when_it_is_revoked(self):
        add_unit("a")
        issued = issue()

        revoke(issued)

        assert find(issued, at=AT) is not None
        assert find(issued, at=AT + SECOND) is None
        assert ledger.get_entry(ledger.size() - 1).kind == "service_key.revoked"

    def test_ends_with_its_unit(self):
        add_unit("a")
        issued = issue()
        units.close_unit(code="a", expires_on=date(2019, 6, 4), actor="o", at=AT)

        assert find(issued, at=AT) is not None
        assert find(issued, at=AT + timedelta(days=1)) is None

    def test_refuses_another_secret_under_the_prefix(self):
        add_unit("a")
        issued = issue()
        forged = f"{issued.prefix}.{'A' * 43}"

        assert queries.find_service_actor(token=forged, at=AT) is None

    @given(st.text(max_size=80))
    def test_refuses_any_other_text(self, text: str):
        assert tokens.find_prefix(text) is None
        assert queries.find_service_actor(token=text, at=AT) is None


class TestRevokeServiceKey:
    def test_is_done_once(self):
        add_unit("a")
        issued = issue()
        revoke(issued)
        size = ledger.size()

        revoke(issued, at=AT + YEAR)

        assert ledger.size() == size
        assert ServiceKey.objects.get().revoked_at == AT + SECOND

    def test_names_an_unknown_key(self):
        with pytest.raises(service_keys.UnknownKeyError) as unknown:
            service_keys.revoke_service_key(prefix="xhk_0", actor=OPERATOR, at=AT)

        assert unknown.value.prefix == "xhk_0"


class TestRotateServiceKey:
    def test_lets_the_former_key_hold_for_a_day(self):
        add_unit("a")
        former = issue()

        issued = service_keys.rotate_service_key(
            prefix=former.prefix, at=AT, expires_at=AT + YEAR, actor=OPERATOR
        )

        overlap = service_keys.OVERLAP
        assert find(issued, at=AT + overlap) is not None
        assert find(former, at=AT + overlap - SECOND) is not None
        assert find(former, at=AT + overlap) is None

    def test_never_lengthens_the_former_key(self):
        add_unit("a")
        former = issue(life=timedelta(hours=1))

        service_keys.rotate_service_key(
            prefix=former.prefix, at=AT, expires_at=AT + YEAR, actor=OPERATOR
        )

        assert find(former, at=AT + timedelta(hours=1)) is None

    def test_refuses_a_key_that_is_over(self):
        add_unit("a")
        former = issue()
        revoke(former)

        with pytest.raises(KeyRefusedError) as refused:
            service_keys.rotate_service_key(
                prefix=former.prefix,
                at=AT + YEAR,
                expires_at=AT + 2 * YEAR,
                actor=OPERATOR,
            )

        assert refused.value.reason is Reason.NOT_IN_FORCE


class TestListServiceKeys:
    def test_lists_them_by_unit(self):
        add_unit("a")
        add_unit("b")
        issued = [issue("a"), issue("b")]

        everyone = queries.list_service_keys(actor=OPERATOR)
        of_b = queries.list_service_keys(actor=OPERATOR, unit="b")

        assert {key.prefix for key in everyone} == {key.prefix for key in issued}
        assert [key.unit for key in of_b] == ["b"]
        assert issued[1].token not in repr(of_b)
