"""Pulling from real servers: read-only, nothing lost or doubled, no SQL let in."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

import psycopg
import pymysql
import pytest

from tests.factories import files
from xinheng.apps.intake import (
    databases,
    draining,
    operations,
    source_connections,
    sources,
    staging,
)
from xinheng.apps.intake.models import SourceState, Submission
from xinheng.apps.records.models import Record

pytestmark = pytest.mark.usefixtures("city")
AT = datetime(2019, 6, 3, 2, 0, tzinfo=UTC)
NAME = "xinheng_pull_test"
POSTGRESQL = os.environ.get(
    "PULL_POSTGRES_URL",
    os.environ.get("POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres"),
)
MARIADB = os.environ.get("PULL_MARIADB_URL", "mariadb://root@127.0.0.1:3306/test")


@dataclass(frozen=True)
class Server:
    """A server of one kind with a database of the test's own."""

    driver: str
    url: str
    run: Callable[..., None]


def _postgresql():
    try:
        connection = psycopg.connect(POSTGRESQL, autocommit=True, connect_timeout=3)
    except psycopg.Error:
        pytest.skip("no PostgreSQL answers at PULL_POSTGRES_URL")
    name = f"{NAME}_{os.getpid()}"
    with connection:
        connection.execute(f"CREATE DATABASE {name}")
        own = urlsplit(POSTGRESQL)._replace(path=f"/{name}").geturl()
        with psycopg.connect(own, autocommit=True) as inside:
            yield Server("postgresql", own, inside.execute)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _mariadb():
    parts = urlsplit(MARIADB)
    name = f"{NAME}_{os.getpid()}"
    try:
        connection = pymysql.connect(
            host=parts.hostname,
            port=parts.port or 3306,
            user=parts.username,
            password=parts.password or "",
            autocommit=True,
        )
    except pymysql.MySQLError:
        pytest.skip("no MariaDB answers at PULL_MARIADB_URL")
    with connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        cursor.execute(f"USE {name}")
        yield Server(
            "mariadb", parts._replace(path=f"/{name}").geturl(), cursor.execute
        )
        cursor.execute(f"DROP DATABASE {name}")


@pytest.fixture(params=[_postgresql, _mariadb], ids=["postgresql", "mariadb"])
def server(request):
    yield from request.param()


TITLES = tuple(files.permit_rows(1)[0])


@pytest.fixture
def source(server, tmp_path):
    """A table of permits with a serial number and a real date."""
    url_file = tmp_path / "url"
    url_file.write_text(server.url)
    url_file.chmod(0o600)
    quote = '"' if server.driver == "postgresql" else "`"
    columns = ", ".join(
        f"{quote}c{number}{quote} {'timestamp(0)' if _is_day(title) else 'text'} NULL"
        for number, title in enumerate(TITLES)
    )
    server.run(f"CREATE TABLE permits (serial bigint NULL, {columns})")
    return sources.Database(
        name="archive",
        driver=server.driver,
        url_file=url_file,
        table="permits",
        cursor="serial",
        unit="U01",
        dataset="permit",
        columns={f"c{number}": title for number, title in enumerate(TITLES)},
    )


def _is_day(title):
    return title == "许可决定日期"


def fill(server, rows, *, first=1, step=1):
    for offset, row in enumerate(rows):
        marks = ", ".join(["%s"] * (len(row) + 1))
        serial = first + offset // step
        server.run(
            f"INSERT INTO permits VALUES ({marks})",
            (serial, *(value or None for value in row.values())),
        )


def cursor():
    return SourceState.objects.get().cursor


class TestDrain:
    def test_takes_what_lies_beyond_the_cursor(self, server, source):
        rows = files.permit_rows(7)
        fill(server, rows[:5])
        first = draining.run(source, at=AT)
        fill(server, rows[5:], first=6)
        second = draining.run(source, at=AT.replace(hour=3))
        third = draining.run(source, at=AT.replace(hour=4))

        assert [len(run.submissions) for run in (first, second, third)] == [1, 1, 0]
        assert [run.error for run in (first, second, third)] == ["", "", ""]
        taken = Submission.objects.order_by("received_at")
        assert list(taken.values_list("rows_read", "new", "origin")) == [
            (5, 5, "DATABASE"),
            (2, 2, "DATABASE"),
        ]
        assert cursor() == "7"
        assert staging.list_directories() == []

    def test_never_cuts_through_rows_that_share_a_value(self, server, source):
        fill(server, files.permit_rows(10), step=3)

        draining.run(replace(source, batch_rows=4), at=AT)

        assert list(
            Submission.objects.order_by("-rows_read").values_list(
                "rows_read", flat=True
            )
        ) == [6, 4]
        assert Record.objects.count() == 10

    def test_reads_the_tail_again_where_transactions_end_late(self, server, source):
        late = replace(source, overlap=3)
        rows = files.permit_rows(5)
        fill(server, rows[:3])
        fill(server, rows[3:4], first=5)
        draining.run(late, at=AT)
        fill(server, rows[4:], first=4)

        again = [draining.run(late, at=AT.replace(hour=hour)) for hour in (3, 4, 5)]

        assert [len(run.submissions) for run in again] == [1, 0, 0]
        assert Record.objects.count() == 5

    def test_renders_times_as_the_catalog_s_days(self, server, source):
        fill(server, files.permit_rows(2))

        draining.run(source, at=AT)

        assert "DATE_FORMAT" not in Submission.objects.get().findings

    def test_goes_by_a_time_of_change(self, server, source):
        fill(server, files.permit_rows(3))
        server.run("ALTER TABLE permits ADD changed_at timestamp(6) NULL")
        server.run("UPDATE permits SET changed_at = '2019-06-01 10:00:00.123456'")
        timed = replace(source, cursor="changed_at")

        runs = [draining.run(timed, at=AT.replace(hour=hour)) for hour in (2, 3)]

        assert [len(run.submissions) for run in runs] == [1, 0]
        assert cursor() == "2019-06-01T10:00:00.123456"
        assert SourceState.objects.get().cursor_kind == "time"

    def test_keeps_the_cursor_where_the_file_is_refused(self, server, source):
        fill(server, files.permit_rows(2))
        wrong = replace(source, columns={"c0": "没有这一列", "c1": "也没有"})

        run = draining.run(wrong, at=AT)

        assert run.error == "NO_COLUMNS"
        assert cursor() is None
        assert draining.run(source, at=AT).error == ""

    def test_stores_no_personal_number(self, server, source):
        rows = files.permit_rows(2)
        rows[0]["备注"] = "210899199001010012"
        fill(server, rows)

        draining.run(source, at=AT)

        row = Submission.objects.get()
        assert (row.new, row.rejected, row.personal_data) == (1, 1, True)
        assert staging.list_directories() == []

    def test_refuses_rows_that_no_cursor_would_reach(self, server, source):
        fill(server, files.permit_rows(1))
        server.run("UPDATE permits SET serial = NULL")

        assert draining.run(source, at=AT).error == "CURSOR_NULL"

    @pytest.mark.parametrize("where", ["receive", "process", "move"])
    def test_loses_and_doubles_nothing_where_it_is_killed(
        self, server, source, monkeypatch, where
    ):
        fill(server, files.permit_rows(4))
        module, name = {
            "receive": (operations, "receive"),
            "process": (operations, "process"),
            "move": (databases, "_move"),
        }[where]
        with monkeypatch.context() as patch:
            patch.setattr(module, name, die)
            with pytest.raises(KeyboardInterrupt):
                draining.run(source, at=AT)

        operations.sweep()
        assert draining.run(source, at=AT.replace(hour=3)).error == ""

        assert Record.objects.count() == 4
        assert cursor() == "4"


def die(*_, **__):
    raise KeyboardInterrupt


class TestSession:
    def test_can_not_write_whatever_the_account_may(self, server, source):
        with (
            pytest.raises(sources.SourceFailedError),
            source_connections.connect(source) as session,
        ):
            session.fetch("DELETE FROM permits RETURNING 1")

    def test_warns_where_the_account_may_write(self, source):
        reach = draining.check(source)

        assert (reach.error, reach.warnings) == ("", ("WRITABLE",))

    def test_warns_of_a_secret_that_others_may_read(self, source):
        source.url_file.chmod(0o644)

        assert "URL_FILE_OPEN" in draining.check(source).warnings

    def test_does_not_warn_of_an_account_that_only_reads(self, server, source):
        user = f"xinheng_reader_{os.getpid()}"
        name = urlsplit(server.url).path[1:]
        if server.driver == "postgresql":
            create = [f"CREATE ROLE {user} LOGIN", f"GRANT SELECT ON permits TO {user}"]
            drop = [f"DROP OWNED BY {user}", f"DROP ROLE {user}"]
        else:
            who = f"'{user}'@'127.0.0.1'"
            create = [
                f"CREATE USER {who} IDENTIFIED BY 'only-a-test'",
                f"GRANT SELECT ON {name}.* TO {who}",
            ]
            drop = [f"DROP USER {who}"]
        for statement in create:
            server.run(statement)
        secret = f"{user}:only-a-test@"
        source.url_file.write_text(re.sub(r"//[^/]*@", f"//{secret}", server.url))
        try:
            assert draining.check(source).warnings == ()
        finally:
            for statement in drop:
                server.run(statement)

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"table": "nothing"}, "NO_TABLE"),
            ({"cursor": "nothing"}, "NO_TABLE"),
            ({"columns": {"nothing": "x"}}, "NO_TABLE"),
        ],
    )
    def test_tells_a_failure_by_a_code(self, server, source, change, code):
        fill(server, files.permit_rows(1))

        assert draining.run(replace(source, **change), at=AT).error == code

    def test_tells_neither_host_nor_password(self, server, source):
        scheme = urlsplit(server.url).scheme
        source.url_file.write_text(f"{scheme}://someone:hunter2@127.0.0.1:1/nothing")

        run = draining.run(source, at=AT)

        assert run.error == "UNREACHABLE"
        assert SourceState.objects.get().last_error == "UNREACHABLE"

    @pytest.mark.parametrize("url", ["", "file:///etc/passwd", "http://[", "x://y"])
    def test_takes_no_other_address(self, source, url):
        source.url_file.write_text(url)

        assert draining.check(source).error == "URL_FILE"

    def test_quotes_what_stands_in_a_name(self, source):
        session = source_connections.connect(source)
        with session as opened:
            quoted = opened.quoted(f"a{opened.quote}; DROP TABLE permits; --")

            assert quoted.count(opened.quote) == 4

    def test_reads_all_columns_where_none_is_named(self, server, source):
        fill(server, files.permit_rows(1))
        with source_connections.connect(replace(source, columns={})) as session:
            assert len(session.names()) == len(TITLES) + 1
            assert len(next(session.rows(None, 1))) == len(TITLES) + 1
