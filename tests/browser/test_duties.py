"""The pages of duties in a browser: nothing for axe to find, nothing too wide."""

from __future__ import annotations

from datetime import date

import pytest

from tests.browser.conftest import PHONE
from tests.browser.test_accessibility import examine, open_all
from tests.factories import city as cities
from tests.factories import files
from xinheng.apps.accounts.actors import OPERATOR
from xinheng.apps.duties import operations

CLERK = [
    "/desk/?period=2019-05",
    "/desk/duties/U02/?period=2019-06",
    "/desk/production/U02/permit/2019-05",
    "/desk/rates/?period=2019-05",
]
OFFICE = [
    "/desk/rates/?period=2019-05",
    "/desk/duties/U02/contact",
    "/desk/duties/",
    "/desk/duties/assign",
    "/desk/duties/U02/permit/end",
]


@pytest.fixture(autouse=True)
def _owing(city):
    for dataset in ("permit", "penalty"):
        operations.assign(
            actor=OPERATOR,
            unit="U02",
            dataset=dataset,
            effective_on=date(2019, 5, 1),
            at=cities.AT,
        )
    cities.hand_in(files.permit_rows(3))


def look_at(page, addresses):
    found = []
    for address in addresses:
        page.goto(address)
        open_all(page)
        found += examine(page)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{address} is wider than the screen")
    return found


class TestDuties:
    @pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
    def test_are_accessible_to_a_clerk_on_a_phone(self, open_page, clerk, locale):
        page = open_page(
            "/desk/", client=clerk, bypass_csp=True, viewport=PHONE, locale=locale
        )

        assert look_at(page, CLERK) == []

    def test_are_accessible_to_the_credit_office(self, open_page, office):
        page = open_page("/desk/", client=office, bypass_csp=True)

        assert look_at(page, OFFICE) == []

    def test_are_declared_without_a_script(self, open_page, clerk):
        page = open_page(
            CLERK[2], client=clerk, java_script_enabled=False, viewport=PHONE
        )
        page.fill("[name=produced]", "3")
        page.fill("[name=published]", "3")
        page.fill("[name=reported]", "3")
        page.click("main form button")

        assert "产生 3 件" in page.inner_text("main")
