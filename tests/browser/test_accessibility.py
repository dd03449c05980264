"""Every main page: no finding of axe, nothing wider than a phone."""

from __future__ import annotations

import pytest

from tests.browser.conftest import AXE, DESKTOP, PHONE, require
from tests.factories import city as cities
from tests.factories.issues import claimed

PORTAL = [
    "/",
    "/search?q=示例市",
    "/search?q=没有这样的机构",
    "/search?q=91210899MA0000000X",
    "/organizations/{code}",
    "/table/2019-05",
    "/catalog/",
    "/catalog/permit",
    "/about/",
    "/accessibility/",
    "/desk/sign-in",
]
DESK = [
    "/desk/",
    "/desk/?period=2019-05",
    "/desk/upload/U02/",
    "/desk/upload/U02/permit/",
    "/desk/upload/U02/permit/2019-05",
    "/desk/nil-return/U02/penalty/2019-05",
    "/desk/submissions/",
    "/desk/submissions/{submission}",
    "/desk/submissions/{submission}/findings",
    "/desk/submissions/{submission}/receipt",
    "/desk/templates/",
    "/desk/queues/",
    "/desk/queues/mend",
    "/desk/queues/questionable",
    "/desk/queues/unlinked",
    "/desk/queues/questions/",
    "/desk/codes/",
    "/desk/codes/return",
]
OFFICE = [
    "/desk/codes/?stage=all",
    "/desk/codes/{issue}",
    "/desk/codes/rates?by=kind",
    "/desk/codes/return",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EXAMINE = "tags => axe.run(document, {runOnly: tags}).then(found => found.violations)"


@pytest.fixture
def places(city, tmp_path):
    """What stands in the addresses: an organization with permits, a submission ..."""
    rows = cities.some_wrong_rows()
    done = cities.hand_in(rows)
    column = "行政相对人代码_1(统一社会信用代码)"
    code = next(row[column] for row in rows[4:] if not row[column].startswith("92"))
    return {"code": code, "submission": done.id, "issue": claimed(tmp_path).id}


def examine(page):
    page.add_script_tag(path=require(AXE))
    return [
        f"{page.url}: {found['id']}: {node['html'][:160]}"
        for found in page.evaluate(EXAMINE, RULES)
        for node in found["nodes"]
    ]


def open_all(page):
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")


class TestAxe:
    @pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
    def test_finds_nothing_on_the_portal(self, open_page, places, locale):
        page = open_page("/", bypass_csp=True, locale=locale)

        found = []
        for address in PORTAL:
            page.goto(address.format(**places))
            open_all(page)
            found += examine(page)

        assert found == []

    @pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
    def test_finds_nothing_at_the_desk(self, open_page, places, clerk, viewport):
        page = open_page("/desk/", client=clerk, bypass_csp=True, viewport=viewport)

        found = []
        for address in DESK:
            page.goto(address.format(**places))
            open_all(page)
            found += examine(page)

        assert found == []

    def test_finds_nothing_for_the_credit_office(self, open_page, places, office):
        page = open_page("/desk/?period=2019-05", client=office, bypass_csp=True)

        found = examine(page)
        for address in OFFICE:
            page.goto(address.format(**places))
            open_all(page)
            found += examine(page)

        assert found == []

    def test_finds_nothing_on_a_form_with_mistakes(self, open_page, places, clerk):
        page = open_page("/desk/upload/U02/permit/", client=clerk, bypass_csp=True)
        page.get_by_role("button", name="继续").click()

        assert examine(page) == []

    def test_would_find_something(self, open_page, places):
        page = open_page("/about/", bypass_csp=True)
        page.evaluate("document.body.append(document.createElement('img'))")

        assert any("image-alt" in found for found in examine(page))


class TestPhone:
    def test_no_page_is_wider_than_the_screen(self, open_page, places, clerk):
        page = open_page("/", client=clerk, viewport=PHONE)

        wide = []
        for address in [*PORTAL[:-1], *DESK]:
            page.goto(address.format(**places))
            open_all(page)
            if page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
                wide.append(address)

        assert wide == []

    def test_no_page_of_the_workbench_is_wider(self, open_page, places, office):
        page = open_page("/desk/", client=office, viewport=PHONE)

        wide = []
        for address in OFFICE:
            page.goto(address.format(**places))
            open_all(page)
            if page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
                wide.append(address)

        assert wide == []


class TestEnlarged:
    def test_the_portal_flows_at_320_pixels(self, open_page, places):
        # 1280 px at 400 percent (WCAG 1.4.10).
        page = open_page("/", viewport={"width": 320, "height": 640})

        wide = []
        for address in PORTAL:
            page.goto(address.format(**places))
            if page.evaluate("document.documentElement.scrollWidth") > 320:
                wide.append(address)

        assert wide == []


class TestPolicy:
    def test_no_page_breaks_it(self, open_page, places, clerk):
        page = open_page("/", client=clerk)
        for address in [*PORTAL[:-1], *DESK]:
            page.goto(address.format(**places))
        # The fixture asserts that the console stayed silent.
