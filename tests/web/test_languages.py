"""Each page speaks one language; what stays Chinese for English readers says so."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from tests.factories import city as cities
from xinheng.web import messages

CHINESE = re.compile(r"[\u4e00-\u9fff]")
VOID = {"meta", "link", "input", "br", "hr", "img", "rect", "path"}
PORTAL = [
    "/",
    "/search?q=示例市",
    "/search?q=没有",
    "/search?refused=1",
    "/organizations/{code}",
    "/table/2019-05",
    "/catalog/",
    "/catalog/permit",
    "/catalog/penalty",
    "/about/",
    "/accessibility/",
    "/nowhere",
    "/desk/sign-in",
]
DESK = [
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
]


class Texts(HTMLParser):
    """The texts that a reader sees or hears, each with the language around it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.languages: list[str] = []
        self.is_title = False
        self.found: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.is_title = tag == "title"
        around = self.languages[-1] if self.languages else ""
        language = given.get("lang") or around
        if tag not in VOID:
            self.languages.append(language)
        for name in ("aria-label", "alt", "title"):
            if given.get(name):
                self.found.append((language, given[name].strip()))

    def handle_startendtag(self, tag, attrs):
        """An element without an end holds no text."""

    def handle_endtag(self, tag):
        if tag not in VOID and self.languages:
            self.languages.pop()

    def handle_data(self, data):
        # A title can't mark a part of itself.
        if data.strip() and not self.is_title:
            self.found.append((self.languages[-1], " ".join(data.split())))


@pytest.fixture
def pages(clerk):
    """Read every page in a language."""
    rows = cities.some_wrong_rows()
    done = cities.hand_in(rows)
    column = "行政相对人代码_1(统一社会信用代码)"
    code = next(row[column] for row in rows[4:] if not row[column].startswith("92"))

    def read(language):
        for address in [*PORTAL, *DESK]:
            path = address.format(code=code, submission=done.id)
            answer = clerk.get(path, headers={"Accept-Language": language}, follow=True)
            yield path, Texts(answer.content.decode()).found

    return read


class TestChinese:
    def test_no_text_of_the_code_is_left_in_english(self, pages):
        texts = {
            message.id
            for message in messages.chinese()
            if isinstance(message.id, str) and message.id not in {"", "SHA-256"}
        }

        left = {
            (path, text)
            for path, found in pages("zh-CN")
            for language, text in found
            if text in texts
        }

        assert left == set()


class TestEnglish:
    def test_what_is_chinese_says_that_it_is(self, pages):
        unmarked = {
            (path, text)
            for path, found in pages("en")
            for language, text in found
            if CHINESE.search(text) and language != "zh-Hans"
        }

        assert unmarked == set()


class TestTexts:
    def test_would_see_unmarked_text(self):
        found = Texts('<html lang="en"><p>名</p><b lang="zh-Hans">称<br/></b>').found

        assert found == [("en", "名"), ("zh-Hans", "称")]
