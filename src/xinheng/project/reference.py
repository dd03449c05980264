"""The reference page of the settings, made from the settings themselves.

`python -m xinheng.project.reference > docs/reference/settings.md` writes it.
"""

from __future__ import annotations

from xinheng.project import checks, settings

HEAD = """\
# Settings

Xinheng reads its settings from the environment only. Every variable may also be given
as `NAME_FILE`, the path of a file that holds the value: use that for secrets. Yes is
`1`, `true`, `yes` or `on`.

This page is made from the code: `python -m xinheng.project.reference`.

## Variables

| variable | default | meaning |
|---|---|---|
"""

CHECKS_HEAD = """
## System checks

An error (E) keeps `xinheng serve` from starting; a warning (W) is printed.
`python manage.py check --database default` prints both.

| id | what is wrong | what to do |
|---|---|---|
"""


def page() -> str:
    """Return the page in Markdown."""
    variables = "".join(
        f"| `{each.name}` | {_default(each.default)} | {each.meaning} |\n"
        for each in settings.env.variables
    )
    faults = "".join(
        f"| {each.id} | {each.message} | {each.hint} |\n" for each in checks.FAULTS
    )
    return HEAD + variables + CHECKS_HEAD + faults


def _default(text: str) -> str:
    if not text:
        return "none"
    return text if " " in text or text == "none" else f"`{text}`"


if __name__ == "__main__":
    print(page(), end="")
