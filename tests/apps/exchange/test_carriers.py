"""The same run over SFTP and front-end databases, and what is not believed."""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256

import asyncssh
import psycopg
import pymysql
import pytest

from tests.factories import exchange as made
from tests.factories import loops
from xinheng.apps.exchange.carriers import opening, sftp
from xinheng.apps.exchange.carriers.carrier import CarrierError
from xinheng.apps.exchange.targets import Target
from xinheng.cli.simulator import database_face, sftp_face
from xinheng.cli.simulator.faces import Shared
from xinheng.core.exchange import packaging
from xinheng.core.exchange.answers import Kind
from xinheng.core.exchange.session import Session
from xinheng.core.exchange.upper import Platform
from xinheng.core.exchange.upper_rules import Rules, Telling

NAME = f"xinheng_front_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
POSTGRESQL = f"postgresql://postgres@127.0.0.1:5432/{NAME}"
MARIADB = f"mariadb://root@127.0.0.1:3306/{NAME}"


class Way:
    """A carrier as a channel, with no time to lose."""

    def __init__(self, carrier):
        self.carrier, self.seconds = carrier, 0.0

    def send(self, package, purpose):
        return self.carrier.send(package)

    def describe(self, dataset):
        return self.carrier.describe(dataset)

    def query(self, dataset, keys):
        return self.carrier.query(dataset, keys)

    def wait(self, seconds):
        self.seconds += seconds
        return True

    def now(self):
        return self.seconds


@pytest.fixture(autouse=True)
def _this_machine(settings):
    settings.EXCHANGE_NETWORKS = ["127.0.0.0/8"]


def platform(name, **rules):
    return Platform(made.profile(name), Rules(0, **rules))


def run(target, count=20):
    with opening.opened(target) as carrier:
        return Session(target.base, "permit", Way(carrier)).run(made.rows(count))


def sftp_target(server):
    return Target(
        name="drop",
        profile="province-drop",
        url=server.url,
        secret_file=str(server.client_key),
        host_key_file=str(server.host_key),
    )


def one_package(profile):
    return packaging.build(made.rows(2), profile.sheet("permit"), profile)


class TestSftp:
    @loops.apart
    def test_tells_everything_once_and_learns(self, tmp_path):
        upper = platform(
            "province-drop", rows=7, mismatch_of=6, telling=Telling.EXPLICIT
        )

        with sftp_face.Server(Shared(upper), tmp_path) as server:
            done = run(sftp_target(server))

        assert len(done.accepted) + len(done.refused) == 20
        assert len(upper.held) == len(done.accepted)
        assert done.profile.limits.rows == 7
        assert not list((tmp_path / "drop" / "in").iterdir())

    @loops.apart
    def test_sends_nothing_where_the_host_key_changed(self, tmp_path):
        upper = platform("province-drop")
        with sftp_face.Server(Shared(upper), tmp_path) as server:
            target = sftp_target(server)
            other = asyncssh.generate_private_key("ssh-ed25519")
            other.write_public_key(server.host_key)

            with pytest.raises(CarrierError) as refused:
                run(target)

        assert refused.value.code == "HOST_KEY_CHANGED"
        assert upper.packages == 0

    @loops.apart
    def test_believes_no_answer_whose_checksum_is_wrong(self, tmp_path):
        upper = platform("province-drop")
        spoiled = {"spoil": lambda checksum: "0" * len(checksum)}
        with (
            sftp_face.Server(Shared(upper), tmp_path, **spoiled) as server,
            opening.opened(sftp_target(server)) as carrier,
        ):
            answer = carrier.send(one_package(made.profile("province-drop")))

        assert (answer.kind, answer.oddities) == (
            Kind.MALFORMED,
            ("MANIFEST_MISMATCH",),
        )

    @loops.apart
    def test_has_its_package_refused_where_the_manifest_does_not_match(self, tmp_path):
        upper = platform("province-drop")
        package = one_package(made.profile("province-drop"))

        class Torn(sftp.SftpCarrier):
            async def _write(self, path, data):
                part = data if path.endswith(".json") else data[:-9]
                await super()._write(path, part)

        with sftp_face.Server(Shared(upper), tmp_path) as server:
            carrier = Torn(sftp_target(server))
            answer = carrier.send(package)
            carrier.close()

        assert (answer.kind, answer.code) == (Kind.REFUSED, "MANIFEST")
        assert not upper.held


class TestFeedbackOverSftp:
    def drop(self, folder, name, data, *, checksum=None):
        place = folder / "drop" / "feedback"
        place.mkdir(exist_ok=True)
        (place / name).write_bytes(data)
        said = checksum or sha256(data).hexdigest()
        (place / f"{name}.sha256").write_text(said, "ascii")

    @loops.apart
    def test_is_told_until_it_was_taken(self, tmp_path):
        with (
            sftp_face.Server(Shared(platform("province-drop")), tmp_path) as server,
            opening.opened(sftp_target(server)) as carrier,
        ):
            assert list(carrier.feedback()) == []
            self.drop(tmp_path, "a.csv", b"one")
            self.drop(tmp_path, "b.csv", b"two", checksum="0" * 64)

            found = list(carrier.feedback())
            carrier.feedback_taken("a.csv")

            assert found == [("a.csv", b"one"), ("b.csv", None)]
            assert list(carrier.feedback()) == [("b.csv", None)]

    @loops.apart
    def test_is_not_asked_of_a_server_with_another_key(self, tmp_path):
        with sftp_face.Server(Shared(platform("province-drop")), tmp_path) as server:
            target = sftp_target(server)
            other = asyncssh.generate_private_key("ssh-ed25519")
            other.write_public_key(server.host_key)

            with pytest.raises(CarrierError), opening.opened(target) as carrier:
                list(carrier.feedback())


@pytest.fixture(params=["postgresql", "mariadb"])
def front_end(request, tmp_path):
    """Return the address of an empty database, in a file as the operator has it."""
    url = POSTGRESQL if request.param == "postgresql" else MARIADB
    try:
        _make(request.param)
    except (psycopg.OperationalError, pymysql.OperationalError):
        pytest.skip("no such server here")
    (tmp_path / "url").write_text(url, "utf-8")
    yield url, str(tmp_path / "url")
    with suppress(psycopg.Error, pymysql.MySQLError):
        _make(request.param, last="DROP")


def _make(driver, last="CREATE"):
    if driver == "postgresql":
        with psycopg.connect(POSTGRESQL.rpartition("/")[0], autocommit=True) as server:
            server.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
            if last == "CREATE":
                server.execute(f"CREATE DATABASE {NAME}")
        return
    server = pymysql.connect(host="127.0.0.1", user="root")
    with server, server.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {NAME}")
        if last == "CREATE":
            cursor.execute(f"CREATE DATABASE {NAME} CHARACTER SET utf8mb4")


class TestDatabase:
    def test_tells_everything_once_and_learns(self, front_end):
        url, file = front_end
        upper = platform(
            "province-front-end",
            rows=7,
            mismatch_of=6,
            date_format="%Y%m%d",
            telling=Telling.EXPLICIT,
        )
        target = Target(name="front", profile="province-front-end", url_file=file)

        with database_face.Server(Shared(upper), url):
            done = run(target)
            again = run(target)

        assert len(done.accepted) + len(done.refused) == 20
        assert len(upper.held) == len(done.accepted)
        assert {each.key for each in done.changes} == {"limits.rows", "date_format"}
        assert upper.twice == 0
        assert again.accepted <= done.accepted

    def test_leads_nowhere_that_is_not_allowed(self, front_end, settings):
        settings.EXCHANGE_NETWORKS = []
        target = Target(
            name="front", profile="province-front-end", url_file=front_end[1]
        )

        with pytest.raises(CarrierError) as refused:
            run(target)

        assert refused.value.code == "ADDRESS_INNER_ADDRESS"
