"""Valid codes of fictional organizations, without Django."""

from __future__ import annotations

from xinheng.core.identifiers import organization_code, uscc


def valid_code(prefix: str, number: int) -> str:
    """Return the valid code with this number after eight characters."""
    identifier = f"{number:08d}"
    body = f"{prefix}{identifier}{organization_code.check_character(identifier)}"
    return body + uscc.check_character(body)
