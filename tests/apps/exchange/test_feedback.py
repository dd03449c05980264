"""Feedback by file: settled, or kept for inspection, and nothing marked by guess."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.factories import city as cities
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.exchange import feedback, operations, packing, queries
from xinheng.apps.exchange.feedback import UnknownOddityError
from xinheng.apps.exchange.models import Obligation, Oddity, Trial
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.outbox.models import Delivery
from xinheng.core.exchange.feedback import UnreadableFeedbackError
from xinheng.core.exchange.states import State

OFFICE = Actor("office", sees_all_units=True, may_decide=True)


@pytest.fixture
def carried(landed):
    """Six permits left in packages that a person carries."""
    landed.target = replace(landed.target, by_hand=True, url="")
    landed.feed()
    for package in packing.pack(landed.target).packages:
        packing.note_carried(landed.target, package, actor="test", at=landed.at)
    return landed


def take(world, lines, *, source="反馈.csv"):
    text = "数据集,键,结果,代码,说明,包编号\n" + "".join(f"{line}\n" for line in lines)
    return feedback.take(
        world.target, text.encode(), source=source, actor="test", at=world.at
    )


def keys():
    return list(Obligation.objects.order_by("id").values_list("sent_key", flat=True))


def counts(world):
    found = queries.list_health(at=world.at)[0].balance
    assert found.due == found.accepted + found.refused + found.open
    return found.accepted, found.refused, found.open


class TestCarried:
    def test_rows_wait_for_feedback(self, carried):
        assert counts(carried) == (0, 0, 6)
        assert {row.state for row in Obligation.objects.all()} == {State.SENT}
        assert Trial.objects.get().purpose == "carried"
        assert list(packing.pack(carried.target).packages) == []
        entry = ledger.get_entry(ledger.size() - 1)
        assert entry.kind == "exchange.carried"


class Dropped:
    """A way on which files of feedback wait."""

    def __init__(self, files):
        self.files = dict(files)

    def feedback(self):
        return list(self.files.items())

    def feedback_taken(self, name):
        del self.files[name]


class TestCollect:
    def test_takes_what_waits_and_names_what_is_broken(self, carried):
        first = keys()[0]
        text = f"数据集,键,结果\npermit,{first},成功\n"
        way = Dropped({"a.csv": text.encode(), "b.csv": None, "c.csv": b"<html>"})

        count = feedback.collect(carried.target, way, actor="test", at=carried.at)
        feedback.collect(carried.target, way, actor="test", at=carried.at)

        assert (count, sorted(way.files)) == (1, ["b.csv", "c.csv"])
        assert sorted(Oddity.objects.values_list("source", "why")) == [
            ("b.csv", "MANIFEST_MISMATCH"),
            ("c.csv", "FEEDBACK_HEADER"),
        ]
        assert counts(carried) == (1, 0, 5)


class TestTake:
    def test_keeps_no_number_of_a_person_from_a_files_name(self, carried):
        name = f"{cities.PERSONAL_NUMBER}.csv"

        done = take(carried, ["permit,从未|报送|过,成功"], source=name)

        assert cities.PERSONAL_NUMBER not in done.source
        assert cities.PERSONAL_NUMBER not in Oddity.objects.get().source

    def test_settles_what_was_sent(self, carried):
        first, second, *_ = keys()

        done = take(
            carried, [f"permit,{first},成功", f"permit,{second},失败,1001,名称不符"]
        )

        assert (done.accepted, done.refused, done.kept) == (1, 1, ())
        assert counts(carried) == (1, 1, 4)
        assert Delivery.objects.filter(topic="exchange.refused").exists()

    def test_changes_nothing_the_second_time(self, carried):
        lines = [f"permit,{keys()[0]},成功", "permit,从未|报送|过,成功"]
        take(carried, lines)
        size = ledger.size()

        done = take(carried, lines)

        assert (done.accepted, done.unchanged) == (0, 1)
        assert (Oddity.objects.count(), ledger.size()) == (1, size)

    def test_names_and_keeps_rows_never_sent(self, carried):
        done = take(carried, ["permit,从未|报送|过,成功"])

        assert [str(each.why) for each in done.kept] == ["ROW_NEVER_SENT"]
        kept = Oddity.objects.get()
        assert (kept.line, kept.key) == (1, "从未|报送|过")
        assert counts(carried) == (0, 0, 6)

    def test_keeps_what_is_said_of_another_package(self, carried):
        take(carried, [f"permit,{keys()[0]},成功,,,{'0' * 32}"])

        assert Oddity.objects.get().why == "OTHER_PACKAGE"
        assert counts(carried) == (0, 0, 6)

    def test_takes_a_late_refusal_and_sends_it_again_with_its_content(self, carried):
        first = keys()[0]
        take(carried, [f"permit,{first},成功"])
        take(carried, [f"permit,{first},失败,1001,名称不符"])
        assert counts(carried) == (0, 1, 5)

        row = Obligation.objects.get(state=State.REFUSED)
        operations.send_again(actor=OFFICE, obligation=row.pk, at=carried.at)

        row.refresh_from_db()
        assert (row.state, bool(row.values["permit_content"])) == (State.DUE, True)

    def test_does_not_turn_a_refusal_into_an_acceptance(self, carried):
        first = keys()[0]
        take(carried, [f"permit,{first},失败,1001"])
        take(carried, [f"permit,{first},成功"])

        assert Oddity.objects.get().why == "FEEDBACK_CONTRADICTS"
        assert counts(carried) == (0, 1, 5)

    def test_keeps_a_file_that_is_none_by_its_digest(self, carried):
        with pytest.raises(UnreadableFeedbackError):
            feedback.take(
                carried.target,
                b"<html>502</html>",
                source="x.html",
                actor="test",
                at=carried.at,
            )

        assert Oddity.objects.get().why == "FEEDBACK_HEADER"
        assert counts(carried) == (0, 0, 6)

    def test_takes_a_workbook(self, carried):
        from xinheng.core.exchange.encoding import Content
        from xinheng.pipeline import exchange_workbook

        cells = (("permit", keys()[0], "成功"),)
        book = exchange_workbook.write(
            Content("反馈", "", ("数据集", "键", "结果"), cells)
        )

        done = feedback.take(
            carried.target, book, source="反馈.xlsx", actor="test", at=carried.at
        )

        assert done.accepted == 1

    def test_lets_go_what_somebody_looked_at(self, carried):
        take(carried, ["permit,从未|报送|过,成功"])
        kept = Oddity.objects.get()

        assert feedback.close(actor=OFFICE, oddity=kept.pk, at=cities.AT) == "province"
        with pytest.raises(UnknownOddityError):
            feedback.close(actor=OFFICE, oddity=kept.pk, at=cities.AT)
