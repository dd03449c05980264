"""The header `Idempotency-Key`: the sender's own name for an act.

A string after RFC 8941 stands in quotation marks (`"8e03978e-40d5"`); without them it
is taken as well. Source: IETF draft-ietf-httpapi-idempotency-key-header, section 2.1.
"""

from __future__ import annotations

import re

from xinheng.apps.intake.repeats import LONGEST_KEY
from xinheng.core.screening import personal_id

_BARE = re.compile(r"[!#-\[\]-~]+", re.ASCII)  # visible signs but quotes and backslash


class InvalidKeyError(ValueError):
    """The header holds no key of 1 to 100 visible ASCII signs, or a person's number."""


def read(header: str | None) -> str | None:
    """Return the key, null where there is no header.

    Raises:
        InvalidKeyError: the header is there and holds no key.
    """
    if header is None:
        return None
    given = header.strip()
    if len(given) > 1 and given[0] == given[-1] == '"':
        given = given[1:-1]
    if not _BARE.fullmatch(given) or len(given) > LONGEST_KEY:
        raise InvalidKeyError
    if personal_id.find(given) is not None:
        raise InvalidKeyError
    return given
