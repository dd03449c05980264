"""Canonical JSON: one value, one sequence of bytes, on every machine.

A digest over JSON can be recomputed only if the text is the same everywhere: keys
sorted by UTF-16 code units, no blanks, the shortest escapes, UTF-8. Fractions are left
out on purpose: money is a string in this house, and floats are where implementations
differ.

Source: RFC 8785 (JSON Canonicalization Scheme), 3.2; integers as I-JSON (RFC 7493,
2.2).
"""

from __future__ import annotations

from collections.abc import Mapping
from json.encoder import encode_basestring

LARGEST_INTEGER = 2**53 - 1


def encode(value: object) -> bytes:
    """Return the canonical UTF-8 bytes of a value.

    Takes null, booleans, integers within ±(2^53 - 1), text, lists, tuples and mappings
    with text keys, nested.

    Raises:
        TypeError: for floats, other types, and keys that are not text.
        ValueError: for integers out of bounds and text that is not Unicode (lone
            surrogates).
    """
    return text(value).encode()


def text(value: object) -> str:
    """Return the canonical text of a value; takes and raises the same as `encode`."""
    parts: list[str] = []
    _write(value, parts)
    return "".join(parts)


def _write(value: object, parts: list[str]) -> None:
    if isinstance(value, str):
        parts.append(_string(value))
    elif value is None or isinstance(value, bool):
        parts.append({None: "null", True: "true", False: "false"}[value])
    elif isinstance(value, int):
        parts.append(_integer(value))
    elif isinstance(value, list | tuple):
        _write_array(value, parts)
    elif isinstance(value, Mapping):
        _write_object(value, parts)
    else:
        raise TypeError(f"canonical JSON has no {type(value).__name__}")


def _string(value: str) -> str:
    # A StrEnum's own text, and a ValueError (UnicodeEncodeError) for lone surrogates.
    plain = str(value)
    plain.encode()
    return encode_basestring(plain)


def _integer(value: int) -> str:
    if abs(value) > LARGEST_INTEGER:
        raise ValueError("integers must lie within ±(2^53 - 1)")
    return int.__repr__(value)


def _write_array(values: list[object] | tuple[object, ...], parts: list[str]) -> None:
    before = "["
    for value in values:
        parts.append(before)
        _write(value, parts)
        before = ","
    parts.append("]" if values else "[]")


def _write_object(mapping: Mapping[object, object], parts: list[str]) -> None:
    before = "{"
    for key in sorted(mapping, key=_utf16):
        parts += (before, _string(str(key)), ":")
        _write(mapping[key], parts)
        before = ","
    parts.append("}" if mapping else "{}")


def _utf16(key: object) -> bytes:
    if not isinstance(key, str):
        raise TypeError(f"canonical JSON has no {type(key).__name__} keys")
    return key.encode("utf-16-be")
