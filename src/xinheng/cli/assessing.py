"""What `assess` does with a scheme's file, without a database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xinheng.cli import failures
from xinheng.core.assessments.schemes import Scheme, faults
from xinheng.rulebook import assessments
from xinheng.rulebook.failures import RulebookError


def read(file: Path, *, as_json: bool) -> Scheme:
    """Return the one scheme of a file; leaves with 2 where it can't be read."""
    try:
        found = assessments.load(file)
    except RulebookError as wrong:
        failures.fail(
            "SCHEME",
            f"考核方案文件无法读取：{wrong}。",
            f"The scheme's file can't be read: {wrong}.",
            as_json=as_json,
        )
    except UnicodeDecodeError:
        failures.fail(
            "SCHEME",
            "考核方案文件必须是 UTF-8 编码的 TOML 文件。",
            "The scheme's file must be TOML in UTF-8.",
            as_json=as_json,
        )
    if len(found) != 1:
        failures.fail(
            "SCHEME",
            "一个文件只能有一个考核方案。",
            "A file holds one scheme.",
            as_json=as_json,
        )
    return found[0]


def asked(name: str | None, file: Path | None, *, as_json: bool) -> Scheme:
    """Return the scheme of a file, or a shipped one; leaves where it can't be used."""
    if file is not None:
        found = read(file, as_json=as_json)
    else:
        shipped = assessments.schemes()
        known = [each for each in shipped if name in (None, each.name)]
        if not known:
            names = ", ".join(each.name for each in shipped)
            failures.fail(
                "SCHEME",
                f"没有这个考核方案，可用：{names}。",
                f"There is no such scheme; there are {names}.",
                as_json=as_json,
            )
        found = known[0]
    refuse_faulty(found, as_json=as_json)
    return found


def refuse_faulty(scheme: Scheme, *, as_json: bool) -> None:
    """Leave with 1 where something is wrong with a scheme, saying what."""
    told = [assessments.told(each) for each in faults(scheme)]
    if told:
        failures.refuse(
            "SCHEME_FAULTY",
            "".join(zh for zh, _ in told),
            " ".join(en for _, en in told),
            as_json=as_json,
        )


def check(scheme: Scheme) -> dict[str, Any]:
    """Return what is wrong with a scheme."""
    found = [(each, *assessments.told(each)) for each in faults(scheme)]
    return {
        "ok": not found,
        "scheme": scheme.name,
        "points": f"{scheme.points:f}",
        "bonus": f"{scheme.bonus:f}",
        "items": len(scheme.items),
        "faults": [
            {
                "code": each.code.value,
                "where": each.where,
                "message_zh": zh,
                "message_en": en,
            }
            for each, zh, en in found
        ],
    }
