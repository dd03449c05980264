"""No file that we hand out holds a cell which a spreadsheet would run."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core import formulas
from xinheng.rulebook import catalog

SOURCE = Path("src/xinheng")
WRITERS = frozenset({"writer", "DictWriter", "write_csv", "sink_csv", "Workbook"})
# What disarms a cell: the function, or a workbook's mark of text on every cell.
GUARDS = ("formulas.", '"quote_prefix": True')
# Files in which no cell comes from a stranger, and why.
OWN_TEXTS = {
    "cli/demo/building.py": "fictional rows",
    "cli/demo/unit_files.py": "fictional rows",
    "cli/demo/penalties.py": "fictional rows",
    "cli/commands/check.py": "calls pipeline/rejects.py",
    "rulebook/exports.py": "the catalog's texts and fictional rows",
    "rulebook/workbooks.py": "the catalog's texts",
    "pipeline/rejects.py": "the catalog's texts",
    # Read by a platform's program, which wants each text as it is.
    "core/exchange/encoding.py": "packages in the form that a profile prescribes",
    "pipeline/exchange_packages.py": "the same, on columns",
    # Read by ourselves and given to nobody.
    "apps/bulk.py": "rows on their way to the database",
    "apps/intake/databases.py": "what a database gave, on its way to the check",
    "web/desk/forms_record.py": "what was typed, on its way to the check",
}


def writers() -> list[str]:
    """Return the modules that write CSV or workbooks."""
    return sorted(
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if any(map(_writes, ast.walk(ast.parse(path.read_text("utf-8")))))
    )


def _writes(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITERS
    )


class TestDisarmed:
    @given(st.one_of(st.text(), st.integers(), st.none()))
    def test_begins_like_no_formula_and_keeps_the_text(self, cell):
        told = formulas.disarmed(cell)

        assert not told.startswith(formulas.STARTS)
        assert told.endswith("" if cell is None else str(cell))

    @pytest.mark.parametrize("start", formulas.STARTS)
    def test_marks_every_start(self, start):
        assert formulas.disarmed(f"{start}1+1") == f"'{start}1+1"


class TestWriters:
    @pytest.mark.parametrize("module", writers())
    def test_disarm_or_have_no_text_of_a_stranger(self, module):
        code = (SOURCE / module).read_text("utf-8")

        uses_guard = any(guard in code for guard in GUARDS)

        assert uses_guard != (module in OWN_TEXTS)

    def test_that_need_no_guard_are_still_there(self):
        assert set(OWN_TEXTS) <= set(writers())

    def test_of_findings_have_texts_that_begin_like_no_formula(self):
        for rule in catalog.rules().values():
            texts = [rule.message_zh, rule.message_en, rule.advice_zh, rule.advice_en]
            assert not any(text.startswith(formulas.STARTS) for text in texts)

    def test_of_templates_have_titles_that_begin_like_no_formula(self):
        for dataset in catalog.datasets():
            titles = [field.title for field in dataset.fields]
            assert not any(title.startswith(formulas.STARTS) for title in titles)
