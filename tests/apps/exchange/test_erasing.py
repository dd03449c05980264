"""An erased record is withdrawn from the platforms, and its words go here too."""

from __future__ import annotations

import pytest

from tests.factories import city as cities
from tests.factories import files
from xinheng.apps.custody import erasure
from xinheng.apps.custody.erasure import Basis, Order
from xinheng.apps.exchange import feedback as taking
from xinheng.apps.exchange.models import Obligation, Oddity, Trial
from xinheng.apps.records import erasing as records
from xinheng.apps.records.models import Record

WORDS = "独一无二许可内容"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def one(world):
    row = files.permit_rows(1)[0]
    cities.hand_in([{**row, "许可内容": WORDS}], unit="U01")
    return world


def erase(world):
    row = Record.objects.get()
    name = f"{row.submission.ledger_seq}.{row.row_number}"
    order = Order(records.find_by_names([name]), (), Basis.COURT_ORDER, "示例裁定书1号")
    erasure.erase(order=order, actor="test", at=world.at)


def said():
    return str(list(Obligation.objects.values()))


class TestErase:
    def test_empties_what_did_not_leave(self, one):
        one.feed()
        assert WORDS in said()

        erase(one)

        assert WORDS not in said()
        assert one.run(hours=1).packages == 0
        assert not one.platform.held

    def test_empties_what_was_refused(self, one):
        one.rules(mismatch_of=1)
        one.run()
        assert WORDS in said()

        erase(one)

        assert WORDS not in said()
        assert "示审批许可" not in said()

    def test_withdraws_what_was_accepted_and_then_forgets_its_name(self, one):
        one.run()
        assert "示审批许可" in said()

        erase(one)
        ran = one.run(hours=1)

        assert ran.accepted == 1
        assert "示审批许可" not in said()
        assert one.run(hours=1).packages == 0

    def test_empties_what_platforms_wrote_about_it(self, one):
        one.rules(mismatch_of=1)
        one.run()
        (row,) = Obligation.objects.all()
        Trial.objects.update(message=f"数据有误：{WORDS}")
        feedback = f"数据集,键,结果,说明\npermit,{row.sent_key},也许,{WORDS}\n"
        taking.take(
            one.target, feedback.encode(), source="f.csv", actor="test", at=one.at
        )
        assert WORDS in str(list(Oddity.objects.values()))

        erase(one)

        assert WORDS not in str(list(Trial.objects.values()))
        assert not Oddity.objects.exists()
