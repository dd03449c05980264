"""Failures of a command: one line in both languages and an exit code.

0   done
1   some row or request was not accepted
2   wrong call, or a file that can't be read
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import click

NOT_ACCEPTED = 1
WRONG_CALL = 2


def fail(code: str, message_zh: str, message_en: str, *, as_json: bool) -> NoReturn:
    """Tell what was wrong with the call or the file and leave with exit code 2."""
    _tell(code, message_zh, message_en, as_json=as_json)
    raise SystemExit(WRONG_CALL)


def refuse(code: str, message_zh: str, message_en: str, *, as_json: bool) -> NoReturn:
    """Tell why a well-formed request was not accepted and leave with exit code 1."""
    _tell(code, message_zh, message_en, as_json=as_json)
    raise SystemExit(NOT_ACCEPTED)


def _tell(code: str, message_zh: str, message_en: str, *, as_json: bool) -> None:
    """Print one JSON object on standard output, or one line on standard error."""
    message_zh, message_en = " ".join(message_zh.split()), " ".join(message_en.split())
    if as_json:
        error = {"code": code, "message_zh": message_zh, "message_en": message_en}
        print_json({"error": error})
    else:
        click.echo(_printable(f"xinheng: {message_zh} {message_en}"), err=True)


def print_json(answer: Mapping[str, object]) -> None:
    """Print the one JSON object of a `--json` answer."""
    click.echo(_printable(as_text(answer)))


def as_text(value: Mapping[str, object]) -> str:
    """Return a value as one line of JSON."""
    return json.dumps(value, ensure_ascii=False)


def _printable(text: str) -> str:
    """Return the text with a mark for what is no character, as in some file names."""
    return text.encode(errors="replace").decode()


def refuse_unreadable(file: Path, *, as_json: bool) -> None:
    """Leave with exit code 2 where the path is no file that may hold a table."""
    from xinheng.pipeline.failures import UnreadableFileError
    from xinheng.pipeline.reading import files

    try:
        files.readings(file, file_name=_printable(file.name))
    except UnreadableFileError as why:
        fail(why.code, why.message_zh, why.message_en, as_json=as_json)
