"""An executing unit's machine: tasks, reports, and the stream of what happens."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.apps.measures.conftest import adopted as adopted
from tests.apps.measures.conftest import company as company
from tests.apps.measures.conftest import fire as fire
from tests.apps.measures.conftest import recall as recall
from xinheng.api import measures as api
from xinheng.apps.accounts import service_keys
from xinheng.apps.accounts.actors import OPERATOR
from xinheng.core.changes.cursor import BEGINNING, Cursor
from xinheng.core.measures.causes import Cause

TASKS = "/api/v1/measures/tasks"
U25 = frozenset({"U25"})


@pytest.fixture
def treasury(city):
    at = timezone.now()
    issued = service_keys.issue_service_key(
        unit="U25", at=at, expires_at=at + timedelta(days=1), actor=OPERATOR
    )
    return Client(headers={"Authorization": f"Bearer {issued.token}"})


def first(client, stage="open"):
    return client.get(TASKS, {"stage": stage}).json()["items"][0]


def say(client, task, act, told=None):
    address = f"{TASKS}/{task}/{act}"
    return client.post(address, told or {}, content_type="application/json")


class TestTasks:
    def test_are_the_units_own(self, fire, treasury, machine):
        fire()

        assert treasury.get(TASKS).json()["total"] == 4
        assert machine.get(TASKS).json()["total"] == 0

    def test_are_acknowledged_reported_and_undone(self, fire, treasury, recall):
        fire()
        task = first(treasury)["task"]

        states = [
            say(treasury, task, "acknowledge").json()["state"],
            say(
                treasury, task, "report", {"outcome": "EXECUTED", "evidence": "1号"}
            ).json()["state"],
        ]
        recall()
        states.append(say(treasury, task, "undo", {"evidence": "2号"}).json()["state"])

        assert states == ["ACKNOWLEDGED", "EXECUTED", "RECALLED"]

    @pytest.mark.parametrize(
        ("act", "told", "status", "code"),
        [
            ("report", {"outcome": "EXECUTED"}, 422, "REASON"),
            ("report", {"outcome": "MAYBE"}, 422, "INVALID_REQUEST"),
            ("undo", {"evidence": "1号"}, 409, "TASK_STATE"),
        ],
    )
    def test_refuse_in_so_many_words(self, fire, treasury, act, told, status, code):
        fire()

        answer = say(treasury, first(treasury)["task"], act, told)
        assert (answer.status_code, answer.json()["code"]) == (status, code)

    def test_of_another_unit_are_not_there(self, fire, treasury, machine):
        fire()

        answer = say(machine, first(treasury)["task"], "acknowledge")
        assert answer.json()["code"] == "UNKNOWN_TASK"


class TestStream:
    def test_tells_what_began_and_ended_with_the_units_tasks(self, fire, recall):
        fire()
        recall()

        stretch = api._read(U25, BEGINNING)

        told = [event.content for event in stretch.events]
        assert [event.kind for event in stretch.events] == [
            "measures.fired",
            "measures.recalled",
        ]
        assert {task["unit"] for task in told[0]["tasks"]} == {"U25"}
        assert told[1]["reason"] == "repaired"
        assert stretch.is_end
        json.dumps(told)

    def test_goes_on_from_any_event(self, fire, recall):
        fire()
        fire(cause=Cause("listing", "2"))
        recall()
        recall(Cause("listing", "2"))
        every = [event.cursor for event in api._read(U25, BEGINNING).events]

        for number, cursor in enumerate(every):
            rest = [event.cursor for event in api._read(U25, cursor).events]
            assert rest == every[number + 1 :]

    def test_tells_another_unit_nothing(self, fire):
        fire()

        stretch = api._read(frozenset({"U07"}), BEGINNING)
        assert stretch.events == []
        assert stretch.next >= Cursor(0)

    def test_answers_over_http(self, fire, treasury):
        answer = treasury.get("/api/v1/measures/changes/stream")

        assert answer.status_code == 200
        assert answer["Content-Type"].startswith("text/event-stream")
        answer.close()

    def test_refuses_a_place_that_is_not_there_yet(self, treasury):
        answer = treasury.get("/api/v1/measures/changes/stream", {"after": "999999"})

        assert answer.status_code == 409
