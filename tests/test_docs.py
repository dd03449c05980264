"""Documentation is tested: what a page names exists, what is generated is current."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tests.committed import ROOT, contracts, files, pyproject
from xinheng.cli import reference
from xinheng.cli.main import cli
from xinheng.project import settings
from xinheng.rulebook import samples

ADR_SECTIONS = [
    "Context",
    "Decision",
    "Consequences",
    "Rejected alternatives",
    "Enforced by",
]
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(#[^)\s]+)?\)")
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(
    r"(?:^|(?<=[\s(/]))xinheng ((?:[a-z][a-z-]*)[^\n|]*)", re.MULTILINE
)
MAKE = re.compile(r"(?:^|(?<=\s))make ([a-z][a-z-]*)", re.MULTILINE)
MODULE = re.compile(r"-m ((?:xinheng|benches)[\w.]*)")
REPOSITORY_PATH = re.compile(r"(?:src|tests|docs|benches|\.ci)/[\w./-]+")
OPERATION = re.compile(r"(GET|POST|PUT|PATCH|DELETE) (/api/v1/[^\s?`]*)")
VARIABLE = re.compile(r"XINHENG_[A-Z_]+|DATABASE_URL")


@cache
def pages() -> dict[str, str]:
    """Every Markdown page by its path."""
    return {
        path: content.decode()
        for path, content in files().items()
        if path.endswith(".md")
    }


def code(text: str) -> str:
    """Return what stands in code spans and blocks, continued lines joined."""
    blocks = FENCE.findall(text)
    spans = SPAN.findall(FENCE.sub("", text))
    return "\n".join([*blocks, *spans]).replace("\\\n", " ")


def named(pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    """Return (page, first group or match) for code on any page."""
    return [
        (page, found[found.re.groups and 1])
        for page, text in pages().items()
        for found in pattern.finditer(code(text))
    ]


def adrs() -> dict[str, str]:
    found = {
        page: text
        for page, text in pages().items()
        if re.fullmatch(r"docs/adr/\d{4}-[a-z0-9-]+\.md", page)
    }
    assert found
    return found


def section(text: str, title: str) -> str:
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", heading.strip().lower()) for heading in headings]
    marks = re.findall(r'<a id="([^"]+)">', text)
    return {f"#{each.replace(' ', '-')}" for each in [*plain, *marks]}


def links(page: str) -> Iterator[tuple[Path, str]]:
    for path, anchor in LINK.findall(FENCE.sub("", pages()[page])):
        here = ROOT / page
        yield (here.parent / path).resolve() if path else here, anchor


class TestLinks:
    def test_every_link_within_the_repository_resolves(self):
        broken = [
            (page, str(target))
            for page in pages()
            for target, _ in links(page)
            if not target.exists()
        ]

        assert broken == []

    def test_every_anchor_is_a_heading_of_its_page(self):
        broken = [
            (page, target.name, anchor)
            for page in pages()
            for target, anchor in links(page)
            if anchor and anchor not in anchors(target.read_text("utf-8"))
        ]

        assert broken == []

    def test_every_page_can_be_reached_from_the_readme(self):
        reached, waiting = set(), ["README.md"]
        while waiting:
            page = waiting.pop()
            if page in reached or page not in pages():
                continue
            reached.add(page)
            waiting += [
                target.relative_to(ROOT).as_posix()
                for target, _ in links(page)
                if target.is_relative_to(ROOT)
            ]

        assert pages().keys() - reached == set()


class TestNames:
    def test_every_command_that_a_page_names_is_there(self):
        strangers = [
            (page, line)
            for page, line in named(COMMAND)
            if find_command(line.split()) is None
        ]

        assert strangers == []

    def test_every_option_that_a_page_names_is_there(self):
        strangers = [
            (page, line, word)
            for page, line in named(COMMAND)
            for word in re.findall(r"(?<=\s)--[a-z-]+", line)
            if word not in options(find_command(line.split()))
        ]

        assert strangers == []

    def test_every_make_target_that_a_page_names_is_there(self):
        makefile = (ROOT / "Makefile").read_text("utf-8")
        targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))

        assert [each for each in named(MAKE) if each[1] not in targets] == []

    def test_every_module_that_a_page_runs_is_there(self):
        strangers = [
            (page, name)
            for page, name in named(MODULE)
            if importlib.util.find_spec(name) is None
        ]

        assert strangers == []

    def test_every_path_that_a_page_names_is_there(self):
        strangers = [
            (page, path)
            for page, path in named(REPOSITORY_PATH)
            if not (ROOT / path.rstrip(".")).exists()
        ]

        assert strangers == []

    def test_every_setting_that_a_page_names_is_read(self):
        known = {each.name for each in settings.env.variables}
        strangers = [
            (page, name)
            for page, name in named(VARIABLE)
            if name.removesuffix("_FILE") not in known
        ]

        assert strangers == []

    def test_every_operation_of_the_api_that_a_page_names_is_there(self):
        document = json.loads(files()["docs/reference/openapi.json"])
        strangers = [
            (page, method, path)
            for page, text in pages().items()
            for method, path in OPERATION.findall(code(text))
            if method.lower() not in document["paths"].get(path, {})
        ]

        assert strangers == []

    def test_every_bench_has_its_promise(self):
        benches = {path.stem for path in (ROOT / "benches").glob("[!_]*.py")}
        told = re.findall(
            r"^\| `(\w+)`", pages()["docs/reference/performance.md"], re.MULTILINE
        )

        assert benches == set(told)

    def test_both_readmes_name_the_same_commands(self):
        english, chinese = (
            set(
                COMMAND.findall(code(pages()[page])) + MAKE.findall(code(pages()[page]))
            )
            for page in ("README.md", "README.zh-CN.md")
        )

        assert english == chinese


class TestReference:
    @pytest.mark.parametrize("name", reference.PAGES)
    def test_a_generated_page_is_what_the_code_says(self, name):
        assert pages()[f"docs/reference/{name}"] == reference.PAGES[name](), (
            "run: python -m xinheng.cli.reference docs/reference"
        )

    def test_every_command_and_option_explains_itself(self):
        root = click.Context(cli, info_name="xinheng")
        mute = [
            f"{context.command_path} {option.name}"
            for command, context in reference.leaves(cli, root)
            for option in [command, *command.params]
            if not isinstance(option, click.Argument) and not option.help
        ]

        assert mute == []


class TestDecisions:
    def test_bear_each_number_once(self):
        numbers = [Path(page).name[:4] for page in adrs()]

        assert len(set(numbers)) == len(numbers)

    def test_have_the_same_sections(self):
        headings = {
            page: re.findall(r"^## (.+)$", text, re.MULTILINE)
            for page, text in adrs().items()
        }

        assert {p: each for p, each in headings.items() if each != ADR_SECTIONS} == {}

    def test_fit_on_one_page(self):
        lengths = {page: len(text.splitlines()) for page, text in adrs().items()}

        assert {page: n for page, n in lengths.items() if n > 90} == {}

    def test_name_what_enforces_them(self):
        unenforced = [
            page
            for page, text in adrs().items()
            if not SPAN.findall(section(text, "Enforced by"))
        ]

        assert unenforced == []

    def test_are_enforced_by_things_that_exist(self):
        strangers = [
            (page, name)
            for page, text in adrs().items()
            for name in SPAN.findall(section(text, "Enforced by"))
            if not _enforces(name)
        ]

        assert strangers == []


def test_the_files_of_the_tutorial_get_the_verdict_that_it_shows(tmp_path):
    """Checked against the demo's register without and with the organization it adds."""
    blocks = re.findall(
        r"^```csv\n(.*?)^```",
        pages()["docs/tutorial/first-month.md"],
        re.MULTILINE | re.DOTALL,
    )
    register, corrected = blocks[1], blocks[0].replace("9072", "9027")
    known = [(each.name, each.code) for each in samples.organizations(samples.POOL)]

    first = _check(tmp_path, blocks[0], known)
    second = _check(tmp_path, corrected, known)
    third = _check(tmp_path, corrected, [*known, tuple(register.split()[1].split(","))])

    assert first == {"accepted": 1, "rejected": 1, "unlinked": 1}
    assert second == {"accepted": 2, "rejected": 0, "unlinked": 1}
    assert third == {"accepted": 3, "rejected": 0, "unlinked": 0}


def _check(directory: Path, file: str, known: list[tuple[str, str]]) -> dict[str, int]:
    source, register = directory / "file.csv", directory / "register.csv"
    source.write_text(file, "utf-8")
    rows = ["机构名称,统一社会信用代码", *(",".join(each) for each in known)]
    register.write_text("\n".join(rows), "utf-8")
    arguments = ["check", str(source), "--dataset", "reminder_interview", "--json"]
    done = CliRunner().invoke(cli, [*arguments, "--register", str(register)])
    answer = json.loads(done.stdout)
    return {each: answer[each] for each in ("accepted", "rejected", "unlinked")}


def test_every_name_of_the_glossary_is_in_the_source():
    rows = re.findall(r"^\|.*\|.*\|(.*)\|$", pages()["docs/glossary.md"], re.MULTILINE)
    names = {name for row in rows for name in SPAN.findall(row)}
    source = "\n".join(
        path.read_text("utf-8")
        for path in (ROOT / "src" / "xinheng").rglob("*")
        if path.suffix in {".py", ".toml"}
    )

    assert names
    assert [n for n in sorted(names) if not re.search(rf"\b{n}\b", source)] == []


def test_every_dependency_has_its_reason():
    decided = section(pages()["docs/adr/0002-dependencies.md"], "Decision")
    listed = {
        name.lower() for name in re.findall(r"^\| `([^`]+)`", decided, re.MULTILINE)
    }
    needed = {
        re.match(r"[\w-]+", each)[0].lower()
        for each in pyproject()["project"]["dependencies"]
    }

    assert listed == needed


def find_command(words: list[str]) -> click.Command | None:
    """Return the command that the words name, as far as they are no arguments."""
    command: click.Command | None = cli
    context = click.Context(cli, info_name="xinheng")
    for word in words:
        if word.startswith("-") or not isinstance(command, click.Group):
            return command
        command = command.get_command(context, word)
        if command is None or command.hidden:
            return None
    return command


def options(command: click.Command | None) -> set[str]:
    assert command is not None
    return {"--help", *(name for each in command.params for name in each.opts)}


def _enforces(name: str) -> bool:
    """Return whether a name is that of a contract, a file, or something defined.

    What is defined is a class, a function or a database's constraint, in one file
    (`tests/test_x.py::name`) or in any; `*` stands for the rest of a name.
    """
    place, _, inside = name.partition("::")
    if "/" not in place and "." not in place and place != "Makefile":
        return place in contracts() or _defines(_files("src") + _files("tests"), place)
    files = _files(place)
    return _defines(files, inside.rpartition("::")[2]) if inside else bool(files)


def _files(place: str) -> list[Path]:
    """Return the file of a path or of a test's bare name, or a directory's modules."""
    path = ROOT / place
    if path.is_dir():
        return list(path.rglob("*.py"))
    return [path] if path.is_file() else list((ROOT / "tests").rglob(place))


def _defines(files: list[Path], name: str) -> bool:
    wanted = re.escape(name).replace(r"\*", r"\w*")
    defined = re.compile(rf"(?:(?:def|class) |\"){wanted}\b")
    return any(defined.search(file.read_text("utf-8")) for file in files)
