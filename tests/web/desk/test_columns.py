"""The columns of a file, looked at before it is checked."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories import accounts, files
from xinheng.apps.intake.models import ColumnMapping, Submission

pytestmark = pytest.mark.usefixtures("city")
UPLOAD = "/desk/upload/U02/permit/2019-05"


def named(old, new):
    return [
        {new if header == old else header: cell for header, cell in row.items()}
        for row in files.permit_rows(3)
    ]


def upload(client, rows, **answers):
    file = SimpleUploadedFile("许可.csv", files.as_csv(rows))
    return client.post(UPLOAD, {"file": file, **answers})


@pytest.fixture
def waiting(clerk):
    """The address of the columns of a file with a header that nobody knows."""
    return upload(clerk, named("许可机关", "发证的机关")).url


def answers(client, address, **changes):
    form = client.get(address).context["form"]
    given = {name: field.initial for name, field in form.fields.items()}
    by_header = {field.label: name for name, field in form.fields.items()}
    return given | {by_header[header]: field for header, field in changes.items()}


class TestUpload:
    def test_leads_to_the_columns_where_one_is_unknown(self, clerk):
        rows = named("许可机关", "发证的机关")

        assert upload(clerk, rows).url.endswith("/columns")

    def test_goes_straight_on_where_all_are_known(self, clerk):
        assert not upload(clerk, files.permit_rows(1)).url.endswith("/columns")

    def test_leads_to_the_columns_of_who_asks(self, clerk):
        response = upload(clerk, files.permit_rows(1), look="on")

        assert response.url.endswith("/columns")


class TestPage:
    def test_shows_header_samples_and_what_is_missing(self, clerk, waiting):
        text = clerk.get(waiting).content.decode()

        assert "发证的机关" in text
        assert "没有对应列的必填项" in text
        assert files.permit_rows(1)[0]["行政许可决定文书号"] in text

    def test_takes_the_correction_and_goes_on(self, clerk, waiting):
        given = answers(clerk, waiting, 发证的机关="authority_name")

        response = clerk.post(waiting, given)

        assert response.url == waiting.removesuffix("/columns")
        row = Submission.objects.get()
        assert row.confirm_by is None
        assert row.chosen_columns == {"发证的机关": "authority_name"}
        assert ColumnMapping.objects.get().field == "authority_name"

    def test_links_the_error_to_the_second_column_of_one_field(self, clerk, waiting):
        given = answers(clerk, waiting, 发证的机关="decision_no")

        response = clerk.post(waiting, given)

        assert response.status_code == 200
        assert "有两列都对应" in response.content.decode()
        assert Submission.objects.get().confirm_by is not None

    def test_says_why_a_file_without_its_key_is_refused(self, clerk, waiting):
        given = answers(clerk, waiting, 行政许可决定文书号="")

        response = clerk.post(waiting, given)

        assert response.context["form"].non_field_errors()

    def test_is_over_once_it_was_confirmed(self, clerk, waiting):
        clerk.post(waiting, answers(clerk, waiting, 发证的机关="authority_name"))

        assert clerk.get(waiting).status_code == 302

    def test_is_hidden_from_other_units(self, clerk, waiting, client):
        accounts.clerk("zhao", unit="U01")
        accounts.sign_in(client, "zhao")

        assert client.get(waiting).status_code == 404
        assert client.post(waiting).status_code == 404

    def test_shows_the_office_no_values(self, waiting, office):
        assert office.get(waiting).status_code == 403

    def test_is_told_on_the_page_of_the_submission(self, clerk, waiting):
        page = clerk.get(waiting.removesuffix("/columns")).content.decode()

        assert waiting in page
        assert "hx-get" not in page


class TestCancel:
    def test_deletes_the_file(self, clerk, waiting):
        address = waiting.replace("/columns", "/cancel")

        page = clerk.post(address, follow=True).content.decode()

        assert "报送人已取消" in page

    def test_is_not_for_the_office(self, waiting, office):
        address = waiting.replace("/columns", "/cancel")

        assert office.post(address).status_code == 403


class TestRemembered:
    def test_is_listed_and_forgotten(self, clerk, waiting):
        clerk.post(waiting, answers(clerk, waiting, 发证的机关="authority_name"))
        address = "/desk/columns/U02/permit"
        assert "发证的机关" in clerk.get(address).content.decode()

        page = clerk.post(address, follow=True).content.decode()

        assert "没有记住任何列" in page
        assert not ColumnMapping.objects.exists()
