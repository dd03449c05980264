"""Every text of the pages is there in Chinese, and no other."""

from __future__ import annotations

import re

import pytest

from xinheng.web import messages

SAME_IN_BOTH = {"SHA-256"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def translated():
    kept = messages.chinese()
    return {message.id: message for message in kept if message.id}


def text_of(message):
    return message.string if isinstance(message.string, str) else message.string[0]


class TestChinese:
    def test_holds_every_text_of_the_code_and_templates(self):
        found = {message.id for message in messages.extracted() if message.id}

        assert found == set(translated())

    def test_leaves_nothing_empty_or_in_doubt(self):
        lacking = [
            message.id
            for message in translated().values()
            if message.fuzzy or not text_of(message)
        ]

        assert lacking == []

    def test_is_chinese(self):
        foreign = [
            message.id
            for message in translated().values()
            if not CHINESE.search(text_of(message)) and message.id not in SAME_IN_BOTH
        ]

        assert foreign == []

    def test_keeps_every_value_of_the_text(self):
        differing = [
            message.id
            for message in translated().values()
            if set(PLACEHOLDER.findall(text_of(message)))
            != set(
                PLACEHOLDER.findall(
                    message.id if isinstance(message.id, str) else message.id[1]
                )
            )
        ]

        assert differing == []


class TestExtracted:
    def test_finds_texts_behind_a_comment_and_in_blocks(self):
        found = {message.id for message in messages.extracted()}

        assert "There is a problem" in found
        assert "Select a month." in found
        assert ("%(shown)s finding", "%(shown)s findings") in found


class TestMain:
    def test_compiles_what_django_reads(self, tmp_path, monkeypatch):
        folder = tmp_path / "zh_Hans" / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "django.po").write_bytes(messages.CHINESE.read_bytes())
        monkeypatch.setattr(messages, "LOCALE", tmp_path)

        assert messages.main(["compile"]) == 0
        assert (folder / "django.mo").stat().st_size > 1000

    @pytest.mark.parametrize("arguments", [[], ["publish"]])
    def test_says_what_it_can_do(self, arguments, capsys):
        assert messages.main(arguments) == 2
        assert "compile" in capsys.readouterr().err

    def test_update_adds_new_texts_and_drops_old_ones(self, tmp_path, monkeypatch):
        kept = tmp_path / "django.po"
        kept.write_text('msgid "Gone"\nmsgstr "没有了"\n', "utf-8")
        monkeypatch.setattr(messages, "CHINESE", kept)

        messages.main(["update"])

        written = kept.read_text("utf-8")
        assert 'msgid "Gone"' not in written
        assert 'msgid "Monthly table"' in written
