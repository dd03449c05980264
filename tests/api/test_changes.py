"""The feed over HTTP: pages for everybody, a unit's own for its key, a stream."""

from __future__ import annotations

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core.asgi import get_asgi_application
from django.test import Client

from tests.factories import city as cities
from tests.factories import files, loops

PLACE = "/api/v1/changes"


@pytest.fixture
def landed(city):
    cities.hand_in(files.permit_rows(3), unit="U01")


class TestListChanges:
    def test_shows_everybody_what_is_public(self, client, landed):
        told = client.get(PLACE).json()

        assert [each["op"] for each in told["items"]] == ["upsert"] * 3
        assert told["items"][0]["record"]["dataset"] == "permit"
        assert (told["is_end"], told["is_empty"]) == (True, False)

    def test_says_that_nothing_followed(self, client, landed):
        told = client.get(PLACE).json()

        again = client.get(PLACE, {"after": told["next"]}).json()

        assert (again["items"], again["is_end"], again["is_empty"]) == ([], True, True)
        assert again["next"] == told["next"]

    def test_shows_a_unit_its_own_rows(self, machine, landed):
        cities.hand_in(files.permit_rows(5)[3:], unit="U02")

        told = machine.get(PLACE).json()

        assert len(told["items"]) == 3

    def test_never_reads_a_wrong_key_as_none(self, landed):
        client = Client(headers={"Authorization": "Bearer wrong"})

        assert client.get(PLACE).status_code == 401
        assert client.get(f"{PLACE}/stream").status_code == 401

    @pytest.mark.parametrize("place", [PLACE, f"{PLACE}/stream"])
    def test_refuses_a_cursor_that_is_none(self, client, city, place):
        answer = client.get(place, {"after": "1;drop"})

        assert (answer.status_code, answer.json()["code"]) == (422, "CURSOR")

    @pytest.mark.parametrize("place", [PLACE, f"{PLACE}/stream"])
    def test_tells_whose_cursor_lies_beyond_the_end(self, client, landed, place):
        answer = client.get(place, {"after": "999999"})

        assert (answer.status_code, answer.json()["code"]) == (409, "CURSOR_AHEAD")

    @pytest.mark.parametrize("limit", ["0", "1001", "x"])
    def test_refuses_a_limit_out_of_bounds(self, client, city, limit):
        assert client.get(PLACE, {"limit": limit}).status_code == 422


async def said(query: str, headers: list[tuple[bytes, bytes]] = []) -> str:  # noqa: B006
    """Return what the stream says until it is current."""
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": f"{PLACE}/stream",
        "query_string": query.encode(),
        "headers": [(b"host", b"testserver"), *headers],
    }
    caller = ApplicationCommunicator(get_asgi_application(), scope)
    await caller.send_input({"type": "http.request", "body": b""})
    begun = await caller.receive_output(timeout=20)
    assert begun["status"] == 200
    text = ""
    while "event: current" not in text:
        text += (await caller.receive_output(timeout=20))["body"].decode()
    await caller.send_input({"type": "http.disconnect"})
    await caller.wait(timeout=20)
    return text


@pytest.mark.django_db(transaction=True)
class TestStream:
    def test_sends_what_was_and_says_that_it_is_current(self, landed):
        text = loops.run(said(""))

        assert text.count("event: change\n") == 3
        assert '"op":"upsert"' in text

    def test_goes_on_after_the_last_event_of_the_client(self, landed):
        text = loops.run(said(""))
        last = [line for line in text.splitlines() if line.startswith("id: ")][1]

        again = loops.run(
            said("after=", [(b"last-event-id", last.removeprefix("id: ").encode())])
        )

        assert again.count("event: change\n") == 1
