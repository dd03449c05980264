"""What anyone may ask."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from tests.factories import files
from xinheng.api.document import document
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.intake import operations
from xinheng.apps.organizations import search as searching
from xinheng.rulebook import samples

pytestmark = pytest.mark.django_db

CODE = "行政相对人代码_1(统一社会信用代码)"


@pytest.fixture
def permits(city, received_at):
    rows = files.permit_rows(3)
    actor = Actor("clerk", units=frozenset({"U01"}))
    content = io.BytesIO(files.as_csv(rows))
    operations.submit(
        operations.HandIn(actor, "U01", "permit", "2019-05", "p.csv", content),
        at=received_at,
    )
    return rows


@pytest.fixture
def received_at():
    from tests.apps.conftest import RECEIVED_AT

    return RECEIVED_AT


class TestGetOrganization:
    def test_shows_public_permits(self, client, permits):
        answer = client.get(f"/api/v1/organizations/{permits[0][CODE]}").json()

        assert answer["name"] == permits[0]["行政相对人名称"]
        assert {record["dataset"] for record in answer["records"]} == {"permit"}
        assert answer["ledger_size"] > 0

    def test_knows_nothing_of_another_code(self, client, city):
        answer = client.get("/api/v1/organizations/91210899MA00000000")

        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


class TestSearch:
    def test_finds_part_of_a_name(self, client, city):
        wanted = samples.organizations(1, seed=0)[0]

        answer = client.get("/api/v1/organizations", {"q": wanted.name}).json()

        assert [hit["uscc"] for hit in answer["items"]] == [wanted.code]
        assert answer["items"][0]["former_name"] is None
        assert (answer["total"], answer["total_is_capped"]) == (1, False)


class TestTable:
    def test_adds_up(self, client, permits):
        answer = client.get("/api/v1/tables/2019-05").json()

        assert len(answer["units"]) == 48
        assert len(answer["columns"]) == 18
        assert answer["totals"][0] == 3
        assert answer["totals"][-1] == 3

    def test_refuses_what_is_no_month(self, client, city):
        answer = client.get("/api/v1/tables/May")

        assert answer.json()["code"] == "PERIOD"


class TestCatalog:
    def test_lists_every_item_with_its_basis(self, client, city):
        items = client.get("/api/v1/datasets").json()

        assert len(items) == 35
        assert all(item["legal_basis"] for item in items)

    def test_gives_a_table_schema(self, client, city):
        schema = client.get("/api/v1/datasets/permit/schema").json()

        assert "XK_WSH" in json.dumps(schema, ensure_ascii=False)


class TestProblems:
    @pytest.mark.parametrize(
        ("method", "path", "status", "code"),
        [
            ("get", "nothing", 404, "NOT_FOUND"),
            ("get", "", 404, "NOT_FOUND"),
            ("get", "organizations/%00", 404, "NOT_FOUND"),
            ("get", "organizations?q=ab&page=x", 422, "INVALID_REQUEST"),
            ("get", "organizations?q=ab&page=501", 422, "INVALID_REQUEST"),
            ("get", "organizations?q=a", 422, "INVALID_REQUEST"),
            ("get", "organizations?q=a%00b", 422, "INVALID_REQUEST"),
            ("get", "organizations", 422, "INVALID_REQUEST"),
            ("post", "organizations", 405, "METHOD_NOT_ALLOWED"),
            ("delete", "submissions", 405, "METHOD_NOT_ALLOWED"),
            ("get", "submissions/x", 401, "UNAUTHENTICATED"),
            ("get", f"tables/2019-05?ledger_size={10**30}", 404, "UNKNOWN_LEDGER_SIZE"),
            ("get", "tables/2019-05?ledger_size=-1", 404, "UNKNOWN_LEDGER_SIZE"),
            ("get", "datasets/nothing/schema", 404, "UNKNOWN_DATASET"),
        ],
    )
    def test_answer_whatever_goes_wrong(self, client, city, method, path, status, code):
        answer = getattr(client, method)(f"/api/v1/{path}")

        assert answer["Content-Type"] == "application/problem+json"
        assert (answer.status_code, answer.json()["status"]) == (status, status)
        assert answer.json()["code"] == code
        assert answer.json()["detail_zh"]

    def test_name_the_methods_that_are_allowed(self, client, city):
        assert client.post("/api/v1/organizations")["Allow"] == "GET"

    def test_say_nothing_about_a_defect(self, client, city, monkeypatch):
        monkeypatch.setattr(searching, "search", lambda **named: 1 / 0)
        client.raise_request_exception = False

        answer = client.get("/api/v1/organizations", {"q": "示例"})

        assert (answer.status_code, answer.json()["code"]) == (500, "INTERNAL")
        assert "division" not in answer.content.decode()

    def test_leave_pages_alone(self, client, city):
        assert client.get("/nothing/")["Content-Type"].startswith("text/html")


def test_the_committed_document_is_this_apis():
    committed = Path("docs/reference/openapi.json").read_text(encoding="utf-8")

    assert json.loads(committed) == json.loads(document())
