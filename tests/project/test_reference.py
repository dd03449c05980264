from __future__ import annotations

import re
from pathlib import Path

from xinheng.project import checks, reference

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "xinheng"
VARIABLE = re.compile(r"\b(?:XINHENG_[A-Z_]+|DATABASE_URL)\b")
# Shorthands of the text for a variable's file, and what Django itself reads.
SUFFIX = "_FILE"


class TestPage:
    def test_is_the_one_in_docs(self):
        committed = (ROOT / "docs" / "reference" / "settings.md").read_text("utf-8")

        assert committed == reference.page(), (
            "run: python -m xinheng.project.reference > docs/reference/settings.md"
        )

    def test_lists_every_variable_that_the_code_names(self):
        named = {
            name.removesuffix(SUFFIX)
            for path in SOURCE.rglob("*.py")
            for name in VARIABLE.findall(path.read_text("utf-8"))
        }

        listed = set(VARIABLE.findall(reference.page()))

        assert named <= {name.removesuffix(SUFFIX) for name in listed}

    def test_lists_every_check(self):
        assert all(fault.id in reference.page() for fault in checks.FAULTS)

    def test_shows_no_path_of_this_machine(self):
        assert str(ROOT) not in reference.page()
