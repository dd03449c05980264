"""Errors look like the rest of the site and say what to do."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.test import Client

pytestmark = pytest.mark.django_db


class TestErrors:
    def test_a_page_that_is_not_there(self, client):
        answer = client.get("/nowhere")

        assert answer.status_code == 404
        assert "页面不存在" in answer.content.decode()

    def test_an_expired_form(self):
        answer = Client(enforce_csrf_checks=True).post("/desk/sign-in", {})

        assert answer.status_code == 403
        assert "表单已失效" in answer.content.decode()

    @pytest.mark.parametrize("code", [400, 500])
    def test_our_own_need_no_request(self, code):
        page = render_to_string(f"{code}.html")

        assert "<h1>" in page
        assert 'href="/"' in page

    def test_shows_no_debugging(self, client):
        answer = client.get("/nowhere")

        assert "urlpatterns" not in answer.content.decode()
