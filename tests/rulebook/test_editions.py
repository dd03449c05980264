"""A digest of what the rulebook says, and what differs between two of them."""

from __future__ import annotations

from xinheng.rulebook import checking, editions
from xinheng.rulebook.editions import Change
from xinheng.rulebook.failures import RulebookError


def write(directory, text):
    (directory / "items").mkdir(exist_ok=True)
    (directory / "items" / "a.toml").write_text(text, "utf-8")
    return editions.read_all(directory)


class TestDigest:
    def test_is_that_of_the_content(self):
        assert editions.digest() == editions.digest_of(editions.content())
        assert "items/penalty.toml" in editions.content()

    def test_does_not_count_comments_and_layout(self, tmp_path):
        plain = write(tmp_path, "day = 2026-04-01\nrate = 0.5\n")
        dressed = write(tmp_path, "# why\nrate   = 0.5\nday = 2026-04-01\n")

        assert editions.digest_of(plain) == editions.digest_of(dressed)

    def test_counts_every_value(self, tmp_path):
        before = write(tmp_path, "months = 3\n")
        after = write(tmp_path, "months = 4\n")

        assert editions.digest_of(before) != editions.digest_of(after)


class TestCompare:
    def test_names_file_and_key_of_each_change(self, tmp_path):
        before = write(tmp_path, "a = 1\nb = 2\n")
        after = write(tmp_path, "b = 3\nc = 4\n")

        assert editions.compare(before, after) == (
            Change("items/a.toml", "a", "1", None),
            Change("items/a.toml", "b", "2", "3"),
            Change("items/a.toml", "c", None, "4"),
        )

    def test_knows_entries_of_a_list_by_their_name(self, tmp_path):
        one, two = "[[t]]\nname='x'\nn=1\n", "[[t]]\nname='y'\nn=2\n"
        before = write(tmp_path, one + two)
        after = write(tmp_path, two + one.replace("1", "5"))

        assert editions.compare(before, after) == (
            Change("items/a.toml", "t[x].n", "1", "5"),
        )


class TestMistakes:
    def test_finds_none_in_this_release(self):
        assert checking.mistakes() == ()

    def test_names_the_mistake_of_each_part(self, monkeypatch):
        mistake = RulebookError(file="a.toml", problem="is wrong")

        def read():
            raise mistake

        monkeypatch.setattr(checking, "PARTS", {"a": read, "b": dict})

        assert checking.mistakes() == (mistake,)
