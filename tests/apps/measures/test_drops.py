"""Tasks by file: signed on the way out, each row by itself on the way in."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import timedelta
from hashlib import sha256

import pytest

from tests.apps.measures.conftest import AT
from tests.factories import files
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.ledger import receipts
from xinheng.apps.measures import drop_answers, drops, queries, reporting
from xinheng.core.measures.tasks import State

LATER = AT + timedelta(hours=1)


@pytest.fixture
def package(task, treasury):
    return drops.write(actor=treasury, unit="U25", at=AT)


def opened(package):
    with zipfile.ZipFile(io.BytesIO(package.content)) as archive:
        table = archive.read(drops.TABLE)
        receipt = json.loads(archive.read(drops.RECEIPT))
    return table, list(csv.DictReader(io.StringIO(table.decode("utf-8-sig")))), receipt


@pytest.fixture
def answer(tmp_path, treasury):
    """Hand the rows of a package back in."""

    def handed(*rows, actor=treasury, unit="U25"):
        path = files.write_csv(tmp_path / "back.csv", list(rows))
        return drop_answers.take(actor=actor, unit=unit, path=path, at=LATER)

    return handed


def row_of(package, task, **said):
    rows = opened(package)[1]
    found = next(row for row in rows if row["编号"].startswith(f"T{task}-"))
    return {**found, **said}


class TestWrite:
    def test_holds_every_open_task_under_its_key(self, package, task):
        _, rows, _ = opened(package)

        [row] = [each for each in rows if each["编号"].startswith(f"T{task}-")]
        assert row["措施"] == "依法限制参加政府采购活动"
        assert row["法律依据"] == "中华人民共和国政府采购法第二十二条"
        assert len(rows) == package.tasks == len(queries.list_waiting(unit="U25"))

    def test_is_proved_by_the_receipt_in_it(self, package):
        table, _, receipt = opened(package)

        assert receipts.verify(receipt) == ()
        assert receipt["entry"]["body"]["sha256"] == sha256(table).hexdigest()

    def test_brings_what_is_open_again_under_the_same_keys(self, package, treasury):
        again = drops.write(actor=treasury, unit="U25", at=LATER)

        assert again.entry > package.entry
        assert opened(again)[0] == opened(package)[0]

    def test_names_recalls_first(self, task, recall, treasury):
        recall()
        _, rows, _ = opened(drops.write(actor=treasury, unit="U25", at=AT))

        assert {row["编号"][0] for row in rows} == {"R"}
        assert {row["类别"] for row in rows} == {"解除措施，应当恢复"}

    def test_is_for_the_unit_alone(self, task, office):
        with pytest.raises(NotAllowedError):
            drops.write(actor=office, unit="U25", at=AT)


class TestTake:
    def test_records_what_was_done_once(self, package, task, answer, treasury):
        row = row_of(package, task, 办理结果="已实施", 凭证="示财采1号")

        first, again = answer(row), answer(row)

        assert (first.taken, first.refused) == (1, [])
        assert (again.taken, again.unchanged, again.refused) == (0, 1, [])
        done = queries.get_task(actor=treasury, task=task)
        assert (done.state, done.evidence) == (State.EXECUTED, "示财采1号")

    def test_passes_over_rows_that_say_nothing(self, package, task, answer):
        assert answer(row_of(package, task)).blank == 1

    @pytest.mark.parametrize(
        ("said", "refusal"),
        [
            ({"编号": "T999999-1"}, ("key", "MEASURE_KEY")),
            ({"编号": "甲"}, ("key", "MEASURE_KEY")),
            ({"办理结果": "办完了"}, ("result", "MEASURE_OUTCOME")),
            ({"办理结果": "已恢复"}, ("result", "MEASURE_OUTCOME")),
            ({"凭证": ""}, ("evidence", "REASON_MISSING")),
            ({"办理结果": "不适用"}, ("reason", "REASON_MISSING")),
        ],
    )
    def test_names_the_row_that_is_wrong(self, package, task, answer, said, refusal):
        row = row_of(package, task, 办理结果="已实施", 凭证="示财采1号")

        done = answer(row | said)

        assert done.refused == [(1, *refusal)]
        assert done.taken == 0

    def test_keeps_no_persons_number(self, package, task, answer, treasury):
        row = row_of(package, task, 办理结果="不适用", 理由="210899199001010012")

        [(_, _, rule)] = answer(row).refused

        assert rule == "PERSONAL_ID"
        assert queries.get_task(actor=treasury, task=task).state is State.OPEN

    def test_answers_nothing_that_was_recalled_meanwhile(
        self, package, task, answer, recall
    ):
        row = row_of(package, task, 办理结果="已实施", 凭证="示财采1号")
        recall()

        assert answer(row).refused == [(1, "key", "MEASURE_MOVED_ON")]

    def test_declines_nothing_twice_that_was_sent_back(
        self, package, task, answer, office
    ):
        row = row_of(package, task, 办理结果="不予实施", 理由="示例：有疑问")
        assert answer(row).taken == 1
        reporting.look_again(
            actor=office, task=task, upheld=False, reason="应当实施", at=LATER
        )

        assert answer(row).refused == [(1, "key", "MEASURE_MOVED_ON")]

    def test_undoes_what_was_recalled(self, task, recall, answer, treasury):
        recall()
        package = drops.write(actor=treasury, unit="U25", at=AT)
        row = next(
            each for each in opened(package)[1] if each["编号"].startswith(f"R{task}-")
        )

        done = answer(row | {"办理结果": "已恢复", "凭证": "示财采2号"})

        assert done.taken == 1
        undone = queries.get_task(actor=treasury, task=task)
        assert undone.state is State.RECALLED

    def test_takes_no_row_of_another_unit(self, package, task, answer, treasury):
        other = type(treasury)("clerk-of-u02", units=frozenset({"U02"}))
        row = row_of(package, task, 办理结果="已签收")

        done = answer(row, actor=other, unit="U02")

        assert done.refused == [(1, "key", "MEASURE_KEY")]
