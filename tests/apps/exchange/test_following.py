"""City and province: two installations over real HTTP, and what is not followed."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys

import httpx
import pytest

from tests.factories import city as cities
from tests.factories import files
from xinheng.apps.exchange import following, neighbors
from xinheng.apps.exchange.carriers.site import Site
from xinheng.apps.exchange.following import FollowError
from xinheng.apps.exchange.models import NeighborState, Received
from xinheng.apps.exchange.targets import TargetsError
from xinheng.apps.ledger import key_history
from xinheng.apps.ledger import queries as ledger

CLEARED = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "XINHENG_DIR")


class Second:
    """The other installation, in its own process with its own database."""

    def __init__(self, directory, port):
        self.url = f"http://127.0.0.1:{port}"
        kept = {key: text for key, text in os.environ.items() if key not in CLEARED}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.factories.second_city", directory, str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={
                **kept,
                "XINHENG_SECRET_KEY": "second-city-" + "0123456789abcdef" * 4,
                "XINHENG_INSECURE_HTTP": "1",
                "XINHENG_ALLOWED_HOSTS": "127.0.0.1",
                "XINHENG_EXCHANGE_NETWORKS": "127.0.0.0/8",
                "XINHENG_LEDGER_ORIGIN": "second.example/ledger",
            },
        )
        self.hear()

    def hear(self):
        line = self.process.stdout.readline()
        assert line, "the second installation ended"
        return json.loads(line)

    def tell(self, line):
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return self.hear()

    def end(self):
        self.process.stdin.close()
        self.process.wait(timeout=20)
        self.process.stdout.close()


@pytest.fixture
def second(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    other = Second(str(tmp_path / "second"), port)
    yield other
    other.end()


def neighbor_of(url, tmp_path, *, key=None, **more):
    said = (
        key or httpx.get(f"{url}/api/v1/ledger/key", trust_env=False, timeout=60).text
    )
    (tmp_path / "neighbor.pub").write_text(said, "utf-8")
    return neighbors.Neighbor(
        name="second", url=url, public_key_file=str(tmp_path / "neighbor.pub"), **more
    )


@pytest.mark.django_db(transaction=True)
def test_city_and_province_follow_each_other(
    second, live_server, city, settings, tmp_path
):
    settings.EXCHANGE_NETWORKS = ["127.0.0.0/8"]
    settings.ALLOWED_HOSTS = ["*"]
    assert second.tell("hand-in 6 第一版") == {"new": 6, "changed": 0}
    their = neighbor_of(second.url, tmp_path)

    first = following.follow(their, actor="test", at=cities.AT)
    again = following.follow(their, actor="test", at=cities.AT)

    assert (first.put, again.put) == (6, 0)
    entry = ledger.get_entry(ledger.size() - 1)
    assert (entry.kind, entry.subject) == ("exchange.followed", "neighbor:second")

    second.tell("hand-in 2 第二版")
    changed = following.follow(their, actor="test", at=cities.AT)

    assert changed.put == 2
    texts = [row.values["permit_content"] for row in Received.objects.all()]
    assert sorted(texts) == ["第一版"] * 4 + ["第二版"] * 2

    cities.hand_in(files.permit_rows(9)[6:], unit="U01")
    ours = httpx.get(
        f"{live_server.url}/api/v1/ledger/key", trust_env=False, timeout=60
    ).text
    (tmp_path / "ours.pub").write_text(ours, "utf-8")
    (tmp_path / "targets.toml").write_text(
        f'[[neighbor]]\nname = "province"\nurl = "{live_server.url}"\n'
        f'public_key_file = "{tmp_path / "ours.pub"}"\n',
        "utf-8",
    )
    (told,) = second.tell(f"follow {tmp_path / 'targets.toml'}")

    assert (told["error"], told["put"]) == ("", 3)
    assert second.tell("count") == {"received": 3}


class Played:
    """A neighbor that answers what a test wants, signed as it should be or not."""

    def __init__(self, monkeypatch, tmp_path):
        self.note, self.proof, self.status = ledger.get_head().note, [], 200
        self.changes = {"items": [], "next": "0", "is_end": True}
        monkeypatch.setattr(Site, "ask", self._ask)
        key = key_history.present().key.text()
        self.neighbor = neighbor_of("https://second.example", tmp_path, key=key)

    def _ask(self, method, path, body=b"", *, headers=None, query=None):
        if path.endswith("checkpoint"):
            return self.status, self.note.encode()
        said = {"proof": self.proof} if path.endswith("consistency") else self.changes
        return self.status, json.dumps(said).encode()

    def follow(self):
        return following.follow(self.neighbor, actor="test", at=cities.AT)


def change(cursor, *, dataset="permit", code="91210899MA00000000", **fields):
    titles = {"uscc": "行政相对人代码_1(统一社会信用代码)", "text": "许可内容"}
    told = {"uscc": code, "text": "示例", **fields}
    return {
        "cursor": cursor,
        "id": cursor,
        "replaces": None,
        "record": {
            "key": f"key-{cursor}",
            "dataset": dataset,
            "source_unit": "示例市某局",
            "fields": [{"title": titles[name], "text": told[name]} for name in told],
        },
    }


@pytest.fixture
def played(city, monkeypatch, tmp_path):
    return Played(monkeypatch, tmp_path)


class TestFollow:
    def refused(self, played):
        with pytest.raises(FollowError) as refused:
            played.follow()
        assert NeighborState.objects.get().last_error == refused.value.code
        assert not Received.objects.exists()
        return refused.value.code

    def test_takes_what_is_signed_and_waits_for_the_rest(self, played):
        size = ledger.size()
        items = [change("0.1"), change(f"{size}.1")]
        played.changes = {"items": items, "next": f"{size}.1", "is_end": True}

        assert played.follow().put == 1
        assert NeighborState.objects.get().cursor == "0.1"

    def test_keeps_out_what_was_not_subscribed_to(self, played, tmp_path):
        played.neighbor = neighbor_of(
            "https://second.example",
            tmp_path,
            key=key_history.present().key.text(),
            divisions=("2108",),
            datasets=("permit",),
        )
        items = [
            change("0.1"),
            change("0.2", dataset="penalty"),
            change("0.3", code="91110000MA00000000"),
            change("0.4", dataset="no-such"),
        ]
        played.changes = {"items": items, "next": "0.4", "is_end": True}

        done = played.follow()

        assert (done.put, done.kept_out) == (1, 3)

    def test_keeps_no_number_of_a_natural_person(self, played):
        items = [change("0.1", text="经办人 210899199001010012")]
        played.changes = {"items": items, "next": "0.1", "is_end": True}

        assert played.follow().kept_out == 1
        assert not Received.objects.exists()

    def test_lets_go_what_is_no_longer_shown_there(self, played):
        played.changes = {"items": [change("0.1")], "next": "0.1", "is_end": True}
        played.follow()
        gone = {"cursor": "0.2", "id": "0.1", "replaces": None, "record": None}
        played.changes = {"items": [gone], "next": "0.2", "is_end": True}

        assert played.follow().removed == 1
        assert not Received.objects.exists()

    def test_follows_no_ledger_that_is_signed_by_somebody_else(self, played):
        head, _, _ = played.note.partition("\n\n")
        played.note = f"{head}\n\n— somebody AAAAAAAA\n"

        assert self.refused(played) in ("UNSIGNED", "MALFORMED")

    def test_follows_no_ledger_that_was_cut_back(self, played):
        played.follow()
        cities.hand_in(files.permit_rows(1), unit="U01")
        longer, shorter = ledger.get_head().note, played.note
        NeighborState.objects.update(note=longer)
        played.note = shorter

        assert self.refused(played) == "CUT_BACK"

    def test_follows_no_ledger_that_forked(self, played):
        played.follow()
        cities.hand_in(files.permit_rows(1), unit="U01")
        played.note, played.proof = ledger.get_head().note, ["00" * 32]

        assert self.refused(played) == "FORKED"

    @pytest.mark.parametrize(
        "said", [{}, {"items": 1, "next": "0", "is_end": True}, {"items": [{}]}, []]
    )
    def test_takes_no_page_that_is_none(self, played, said):
        played.changes = said

        assert self.refused(played) == "MALFORMED"

    def test_tells_that_nobody_answers(self, played):
        played.status = 503

        assert self.refused(played) == "UNREACHABLE"


class TestNeighbors:
    @pytest.mark.parametrize(
        "text",
        [
            '[[neighbor]]\nname = "a"',
            '[[neighbor]]\nname = "a"\nurl = "u"\npublic_key_file = "k"\nport = 1',
            '[[neighbor]]\nname = "A B"\nurl = "u"\npublic_key_file = "k"',
            "neighbor = 3",
        ],
    )
    def test_names_what_is_wrong(self, settings, tmp_path, text):
        (tmp_path / "targets.toml").write_text(text, "utf-8")
        settings.TARGETS = str(tmp_path / "targets.toml")

        with pytest.raises(TargetsError):
            neighbors.load()
