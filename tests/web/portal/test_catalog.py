"""The catalog: every dataset with its basis, its columns and its templates."""

from __future__ import annotations

import io
import json

import openpyxl
import pytest

from xinheng.rulebook import catalog

pytestmark = pytest.mark.usefixtures("city")


class TestIndex:
    def test_lists_everything_that_is_collected(self, client):
        page = client.get("/catalog/").content.decode()

        missing = [
            item.name
            for item in catalog.datasets()
            if f'href="/catalog/{item.name}"' not in page
        ]
        assert missing == []

    def test_begins_with_the_first_column_of_the_table(self, client):
        page = client.get("/catalog/").content.decode()

        assert page.index("/catalog/permit") < page.index("/catalog/penalty")


class TestDataset:
    @pytest.mark.parametrize("item", catalog.datasets(), ids=lambda item: item.name)
    def test_shows_basis_and_columns(self, client, item):
        page = client.get(f"/catalog/{item.name}").content.decode()

        assert item.legal_basis[0].title in page
        assert page.count('role="rowheader"') == len(item.fields)

    def test_says_which_columns_are_never_stored(self, client):
        page = client.get("/catalog/permit").content.decode()

        personal = [f for f in catalog.dataset("permit").fields if f.personal]
        assert page.count("不保存") == len(personal) > 0

    def test_is_not_found_for_another_name(self, client):
        assert client.get("/catalog/gossip").status_code == 404


class TestTemplates:
    def test_csv_has_the_titles_of_the_columns(self, client):
        answer = client.get("/catalog/permit/template.csv")

        assert "行政许可决定文书号" in answer.content.decode("utf-8-sig")

    def test_workbook_opens(self, client):
        answer = client.get("/catalog/permit/template.xlsx")

        assert openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets

    def test_schema_is_a_table_schema(self, client):
        schema = json.loads(client.get("/catalog/permit/schema.json").content)

        titles = {field.title for field in catalog.dataset("permit").stored_fields}
        assert {field["name"] for field in schema["fields"]} == titles
