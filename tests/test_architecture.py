"""What the contracts of import-linter can't state, and the sizes of the rooms."""

from __future__ import annotations

import ast
import re
import statistics
import sys
from collections.abc import Iterator
from functools import cache

import grimp
import pytest

from tests.committed import ROOT, contracts

SOURCE = ROOT / "src" / "xinheng"
LONGEST_FUNCTION_LINES = 50
LONGEST_FILE_LINES = 400
# Who verifies gets one file, so this one can't be split (decisions 28, 63).
LONGEST_OF_ONE_PIECE = {"src/xinheng/verifier.py": 800}
MEDIAN_FUNCTION_LINES = 8
NAMES_OF_NOTHING = {"common", "helpers", "misc", "tools", "util", "utils"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("xinheng", include_external_packages=True, cache_dir=None)


@cache
def trees() -> dict[str, ast.Module]:
    """Every module of the package but the migrations, by its path from the root."""
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8"))
        for path in sorted(SOURCE.rglob("*.py"))
        if "migrations" not in path.parts
    }


def functions() -> Iterator[tuple[str, Function]]:
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, Function):
                yield f"{path}:{node.lineno} {node.name}", node


class TestImports:
    def test_core_imports_only_the_standard_library(self):
        outside = {
            imported.split(".")[0]
            for module in graph().modules
            if module == "xinheng.core" or module.startswith("xinheng.core.")
            for imported in graph().find_modules_directly_imported_by(module)
        }

        assert outside <= sys.stdlib_module_names | {"xinheng"}

    def test_models_are_imported_only_by_their_own_app(self):
        strangers = {
            (importer, models)
            for models in graph().find_matching_modules("xinheng.apps.*.models")
            for importer in graph().find_modules_that_directly_import(models)
            if not importer.startswith(models.removesuffix("models"))
        }

        assert strangers == set()

    def test_nobody_imports_signals(self):
        signals = {
            f"{path}:{node.lineno}"
            for path, tree in trees().items()
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            and "signals" in ast.unparse(node)
        }

        assert signals == set()


WITHOUT_DATABASE = ("core", "pipeline", "rulebook")
MEETS_A_DATABASE = re.compile(
    r"^\s*(?:from|import) (?:django|xinheng\.(?:apps|web|api|cli|project))\b",
    re.MULTILINE,
)


def run_once() -> list[str]:
    """Return what `make test-postgres` leaves out."""
    text = (ROOT / "Makefile").read_text("utf-8").replace("\\\n", " ")
    found = re.search(r"^ON_ONE_DATABASE := (.*)$", text, re.MULTILINE)
    assert found is not None
    return found[1].split()


class TestSuite:
    @pytest.mark.parametrize("directory", WITHOUT_DATABASE)
    def test_what_runs_once_meets_no_database(self, directory: str):
        """`make test-postgres` leaves these directories out."""
        met = {
            path.relative_to(ROOT).as_posix()
            for path in (ROOT / "tests" / directory).rglob("*.py")
            if MEETS_A_DATABASE.search(path.read_text("utf-8"))
        }

        assert met == set()
        assert f"tests/{directory}" in run_once()

    def test_what_runs_once_asks_for_no_test_database(self):
        asks = re.compile(r"django_db|transactional_db")
        ours = [ROOT / name for name in run_once() if name.endswith(".py")]

        assert ours
        assert [
            path.name
            for path in ours
            if path != ROOT / "tests/test_architecture.py"
            if asks.search(path.read_text("utf-8"))
        ] == []


class TestContracts:
    def test_every_layer_of_the_house_stands_in_the_first_contract(self):
        layers = " ".join(contracts()["rings"]["layers"]).replace("|", "").split()
        rooms = {
            f"xinheng.{path.name}"
            for path in SOURCE.iterdir()
            if (path / "__init__.py").exists()
        }

        # In brackets stands a layer that has its place and no module yet.
        assert {layer for layer in layers if layer[0] != "("} <= rooms
        assert rooms <= {layer.strip("()") for layer in layers}

    def test_every_app_has_its_place_in_the_order_of_the_apps(self):
        contract = contracts()["app-order"]
        placed = set(" ".join(contract["layers"]).replace("|", "").split())
        apps = {path.name for path in (SOURCE / "apps").iterdir() if path.is_dir()}

        assert contract["exhaustive"] is True
        assert apps - {"__pycache__"} <= placed

    def test_the_order_waits_only_for_apps_that_are_not_there(self):
        layers = " ".join(contracts()["app-order"]["layers"]).replace("|", "").split()
        awaited = {name.strip("()") for name in layers if name.startswith("(")}

        assert not [name for name in awaited if (SOURCE / "apps" / name).exists()]

    @pytest.mark.parametrize("file", ["models", "queries", "apps"])
    def test_every_app_has_the_same_anatomy(self, file):
        apps = [path.parent for path in (SOURCE / "apps").glob("*/__init__.py")]

        lacking = [
            app.name
            for app in apps
            if not (app / f"{file}.py").exists() and not (app / file).is_dir()
        ]

        assert apps
        assert lacking == []


class TestSizes:
    def test_no_function_is_longer_than_a_page(self):
        long = {
            name: node.end_lineno - node.lineno + 1
            for name, node in functions()
            if node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION_LINES
        }

        assert long == {}

    def test_the_median_function_is_a_glance(self):
        lengths = [_lines_without_docstring(node) for _, node in functions()]

        assert statistics.median(lengths) < MEDIAN_FUNCTION_LINES

    def test_no_file_is_longer_than_a_room(self):
        paths = [
            path
            for room in ("src", "tests", "benches")
            for path in (ROOT / room).rglob("*.py")
            if "migrations" not in path.parts
        ]
        lengths = {
            path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines())
            for path in paths
        }

        long = {
            path: lines
            for path, lines in lengths.items()
            if lines > LONGEST_OF_ONE_PIECE.get(path, LONGEST_FILE_LINES)
        }

        assert long == {}


class TestHabits:
    def test_no_module_has_a_name_that_says_nothing(self):
        parts = {
            part.removesuffix(".py") for path in trees() for part in path.split("/")
        }

        assert parts & NAMES_OF_NOTHING == set()

    def test_no_error_is_swallowed_by_a_broad_except(self):
        broad = {
            f"{path}:{node.lineno}"
            for path, tree in trees().items()
            for node in ast.walk(tree)
            if isinstance(node, ast.ExceptHandler) and _is_broad(node)
        }

        assert broad == set()

    def test_no_function_is_a_stub(self):
        assert [name for name, node in functions() if _is_stub(node)] == []

    def test_no_model_saves_in_its_own_way(self):
        overrides = [
            name
            for name, node in functions()
            if node.name in {"save", "delete"}
            and name.split(":")[0].endswith("models.py")
        ]

        assert overrides == []

    def test_every_module_says_what_it_is(self):
        mute = [
            path
            for path, tree in trees().items()
            if ast.get_docstring(tree) is None and not path.endswith("/apps.py")
        ]

        assert mute == []


def _lines_without_docstring(node: Function) -> int:
    lines = node.end_lineno - node.lineno + 1
    if ast.get_docstring(node) is None:
        return lines
    docstring = node.body[0]
    return lines - (docstring.end_lineno - docstring.lineno + 1)


def _is_broad(handler: ast.ExceptHandler) -> bool:
    caught = "" if handler.type is None else ast.unparse(handler.type)
    return not caught or bool({"Exception", "BaseException"} & _names(handler.type))


def _names(node: ast.expr) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _is_stub(node: Function) -> bool:
    body = [
        statement
        for statement in node.body
        if not (
            isinstance(statement, ast.Expr)
            and isinstance(statement.value, ast.Constant)
        )
    ]
    raises = len(body) == 1 and isinstance(body[0], ast.Raise)
    return raises and "NotImplemented" in ast.unparse(body[0])
