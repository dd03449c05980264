"""One record typed into a form."""

from __future__ import annotations

import pytest

from tests.factories import city as cities
from tests.factories import files
from xinheng.apps.intake.models import Submission
from xinheng.rulebook import catalog

pytestmark = pytest.mark.usefixtures("city")
ADDRESS = "/desk/record/U02/permit/own"


@pytest.fixture
def item():
    return catalog.dataset("permit")


@pytest.fixture
def answers(clerk, item):
    """Right answers, with the token of a page."""
    row = files.permit_rows(1)[0]
    token = clerk.get(ADDRESS).context["form"].initial["token"]
    given = {field.name: row[field.title] for field in item.stored_fields}
    return given | {"token": token}


class TestPage:
    def test_asks_for_every_field_that_is_kept_and_for_none_about_persons(
        self, clerk, item
    ):
        form = clerk.get(ADDRESS).context["form"]

        stored = {field.name for field in item.stored_fields}
        asked = {name for name in form.fields if "-" not in name} - {"token"}
        assert asked == stored
        assert stored < {field.name for field in item.fields}

    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    def test_is_there_for_every_dataset(self, clerk, language):
        clerk.cookies["django_language"] = language

        answers = [
            clerk.get(f"/desk/record/U02/{each.name}/2019-05").status_code
            for each in catalog.datasets()
        ]

        assert set(answers) == {200}

    def test_is_closed_for_another_unit(self, clerk):
        assert clerk.get("/desk/record/U01/permit/own").status_code == 403


class TestHandIn:
    def test_makes_a_record_and_shows_the_receipt(self, clerk, answers):
        page = clerk.post(ADDRESS, answers, follow=True).content.decode()

        row = Submission.objects.get()
        assert (row.origin, row.rows_read, row.rejected) == ("FORM", 1, 0)
        assert f"/desk/submissions/{row.id}/receipt" in page

    def test_counts_a_double_click_once(self, clerk, answers):
        first = clerk.post(ADDRESS, answers)
        second = clerk.post(ADDRESS, answers)

        assert first.url == second.url
        assert Submission.objects.count() == 1

    def test_refuses_other_answers_on_a_page_that_was_used(self, clerk, answers):
        clerk.post(ADDRESS, answers)

        response = clerk.post(ADDRESS, answers | {"decision_no": "另一号"})

        assert "此表单已经报送" in response.content.decode()
        assert Submission.objects.count() == 1

    def test_says_beside_each_question_what_is_wrong(self, clerk, answers):
        response = clerk.post(
            ADDRESS, answers | {"decided_on": "2031-01-01", "subject_name": ""}
        )

        errors = response.context["form"].errors
        assert set(errors) == {"decided_on", "subject_name"}
        assert '<a href="#id_decided_on">' in response.content.decode()
        assert not Submission.objects.exists()

    @pytest.mark.parametrize("field", ["remark", "uscc", "subject_name"])
    def test_neither_stores_nor_shows_a_persons_number(
        self, clerk, answers, settings, field
    ):
        response = clerk.post(ADDRESS, answers | {field: f"证{cities.PERSONAL_NUMBER}"})

        assert field in response.context["form"].errors
        assert cities.PERSONAL_NUMBER not in response.content.decode()
        number = cities.PERSONAL_NUMBER.encode()
        kept = [each for each in settings.DATA_DIR.rglob("*") if each.is_file()]
        assert kept
        assert not [each for each in kept if number in each.read_bytes()]

    def test_says_that_an_empty_form_holds_nothing(self, clerk, answers):
        response = clerk.post(ADDRESS, {"token": answers["token"]})

        assert "没有填写任何内容" in response.content.decode()

    def test_needs_a_token_of_ours(self, clerk, answers):
        response = clerk.post(ADDRESS, answers | {"token": "x"})

        assert "token" in response.context["form"].errors
        assert not Submission.objects.exists()

    def test_joins_the_lines_of_a_long_answer(self, clerk, answers):
        clerk.post(ADDRESS, answers | {"permit_content": "一\r\n二"})

        assert Submission.objects.get().new == 1
