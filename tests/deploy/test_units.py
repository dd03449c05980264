"""Units of systemd and the container file: what they start exists, nothing is loose."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from tests.committed import ROOT
from tests.deploy.conftest import directives
from xinheng.cli.main import cli
from xinheng.project import settings

UNITS = sorted((ROOT / "deploy" / "systemd").glob("xinheng*"))
SERVICES = [path for path in UNITS if path.suffix == ".service"]
CONTAINER = (ROOT / "deploy" / "container" / "Containerfile").read_text("utf-8")
PROGRAM = "/opt/xinheng/.venv/bin/xinheng"
HARD = {
    "CapabilityBoundingSet": "",
    "NoNewPrivileges": "yes",
    "PrivateTmp": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "SystemCallFilter": "@system-service",
    "UMask": "0077",
    "User": "xinheng",
}


def named(units: list[Path]) -> list[str]:
    return [path.name for path in units]


@pytest.mark.parametrize("unit", SERVICES, ids=named(SERVICES))
class TestServices:
    def test_start_a_command_that_is_there_with_its_options(self, unit):
        (start,) = [v for k, v in directives(unit.read_text()) if k == "ExecStart"]
        words = shlex.split(start.replace("%%", "%"))
        if words[:2] == ["/bin/sh", "-c"]:
            words = shlex.split(words[2])[1:]
        assert words[0] == PROGRAM

        context, command = click.Context(cli), cli
        for word in words[1:]:
            if isinstance(command, click.Group):
                command = command.get_command(context, word)
                assert command is not None, start
        options = {each for each in words if each.startswith("--")}
        assert options <= {name for each in command.params for name in each.opts}

    def test_may_write_nothing_and_gain_nothing(self, unit):
        found = dict(directives(unit.read_text()))

        assert found.items() >= HARD.items()
        assert "/var/lib/xinheng" in unit.read_text()


class TestUnits:
    def test_a_timer_stands_beside_each_job_that_runs_by_itself(self):
        once = {p.stem for p in SERVICES if "Type=oneshot" in p.read_text()}

        assert {p.stem for p in UNITS if p.suffix == ".timer"} == once
        assert once

    def test_servers_take_the_socket_that_nginx_asks(self):
        socket = dict(directives((UNITS[0].parent / "xinheng.socket").read_text()))
        server = dict(
            directives((UNITS[0].parent / "xinheng-serve@.service").read_text())
        )
        conf = (ROOT / "deploy" / "nginx" / "xinheng.conf").read_text()

        assert f"server {socket['ListenStream']} max_fails=0;" in conf
        assert server["Sockets"] == "xinheng.socket"

    def test_the_example_names_only_settings_that_are_there(self):
        text = (UNITS[0].parent / "environment.example").read_text()
        names = {name.removesuffix("_FILE") for name, _ in directives(text)}

        assert names <= {each.name for each in settings.env.variables}

    @pytest.mark.skipif(
        shutil.which("systemd-analyze") is None, reason="needs systemd-analyze"
    )
    def test_systemd_itself_finds_nothing_wrong(self, tmp_path):
        for unit in UNITS:
            if unit.suffix == ".example":
                continue
            text = unit.read_text().replace(PROGRAM, "/bin/true")
            (tmp_path / unit.name).write_text(text)
        units = [str(p).replace("@.", "@1.") for p in sorted(tmp_path.iterdir())]

        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", *units],
            capture_output=True,
            text=True,
            env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:", "PATH": "/usr/bin:/bin"},
        )

        complaints = [line for line in done.stderr.splitlines() if "xinheng" in line]
        assert complaints == []


class TestContainer:
    """A lint of our own: what is loose in a container file, line by line."""

    def test_has_named_versions_and_none_that_moves(self):
        bases = re.findall(r"^ARG \w+=(\S+)$", CONTAINER, re.MULTILINE)

        assert bases
        assert all(":" in base and not base.endswith(":latest") for base in bases)
        froms = re.findall(r"^FROM (\S+)", CONTAINER, re.MULTILINE)
        assert set(froms) <= {"${PYTHON}", "${NODE}"}

    def test_installs_by_digest_and_nothing_from_an_address(self):
        assert "--require-hashes -r requirements.lock" in CONTAINER
        assert not re.search(
            r"^ADD |curl|wget|apt-get upgrade", CONTAINER, re.MULTILINE
        )
        installs = re.findall(r"pip install [^\\\n]+", CONTAINER)
        assert all(
            "--no-deps" in each and "--no-cache-dir" in each for each in installs
        )

    def test_runs_as_nobody_special_and_holds_no_secret(self):
        last = CONTAINER.rpartition("FROM ")[2]

        assert re.search(r"^USER 10001:10001$", last, re.MULTILINE)
        assert last.index("USER") < last.index("ENTRYPOINT")
        assert not re.search(r"^(?:ENV|ARG) .*(?:SECRET|TOKEN|PASSWORD|KEY)", CONTAINER)

    def test_copies_only_what_is_there_and_starts_what_is_there(self):
        sources = [
            source
            for line in re.findall(r"^COPY (?!--from)(.+)$", CONTAINER, re.MULTILINE)
            for source in line.split()[:-1]
        ]

        assert sources
        assert [each for each in sources if not (ROOT / each).exists()] == []
        assert 'ENTRYPOINT ["xinheng"]' in CONTAINER
        assert 'CMD ["serve", "--host", "0.0.0.0"]' in CONTAINER
        assert "HEALTHCHECK" in CONTAINER
