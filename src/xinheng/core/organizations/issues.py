"""What is wrong with the codes of the register (重错码), by kind.

| kind | what it is |
|---|---|
| DUP_CODE | one code, or one 9-character identifier, on several organizations |
| MULTI_CODE | several codes for one organization |
| BAD_CHECK_18, BAD_CHECK_ORG, BAD_CHECK_BOTH | wrong outer, inner, both check signs |
| PRINTED_Y | the last sign is Y where the standard gives 1: often issued so |
| BAD_FORMAT | length, alphabet or division can't be those of a code |
| BAD_AUTH_TYPE | authority and kind unknown, or another kind than was reported |
| BAD_REGION | no division that was ever in use: a notice, zones stand in no list |
| LEGACY_ONLY | an older number, not converted |
| PLACEHOLDER | no code, or a word in its place |
| INVENTED | looks made up: runs of one sign or of neighbors on a keyboard |
| TRANSMISSION | damaged on the way: widths, blanks, cut short, lost digits or signs |
| NAME_MISMATCH | a unit reports the code under a name that the register doesn't hold |

The national definitions behind 重错码率 were not found; these are ours (domain notes,
section 2.4). One text has one kind: the first in the order in which `of_code` asks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from xinheng.core.identifiers import (
    codes,
    document_number,
    organization_code,
    registration_number,
    uscc,
)
from xinheng.core.linkage import shapes


class IssueKind(StrEnum):
    """Kind of an issue, by the codes that the register stores."""

    DUP_CODE = "DUP_CODE"
    MULTI_CODE = "MULTI_CODE"
    BAD_CHECK_18 = "BAD_CHECK_18"
    BAD_CHECK_ORG = "BAD_CHECK_ORG"
    BAD_CHECK_BOTH = "BAD_CHECK_BOTH"
    PRINTED_Y = "PRINTED_Y"
    BAD_FORMAT = "BAD_FORMAT"
    BAD_AUTH_TYPE = "BAD_AUTH_TYPE"
    BAD_REGION = "BAD_REGION"
    LEGACY_ONLY = "LEGACY_ONLY"
    PLACEHOLDER = "PLACEHOLDER"
    INVENTED = "INVENTED"
    TRANSMISSION = "TRANSMISSION"
    NAME_MISMATCH = "NAME_MISMATCH"


class IssueState(StrEnum):
    """Where an issue stands; only what was found again after a correction reopens."""

    OPEN = "OPEN"
    CORRECTED = "CORRECTED"  # the code was replaced, deleted or written right
    CONFIRMED = "CONFIRMED"  # the registrar confirmed that it was issued so
    DISMISSED = "DISMISSED"  # there was nothing wrong


# Worth a look, but no error: they count in no rate.
NOTICES = frozenset({IssueKind.BAD_REGION})
# May be what the registrar really issued, and stay with evidence of that.
CONFIRMABLE = frozenset(
    {
        IssueKind.PRINTED_Y,
        IssueKind.BAD_CHECK_18,
        IssueKind.BAD_CHECK_ORG,
        IssueKind.BAD_CHECK_BOTH,
    }
)

# A spreadsheet's number, or one whose last digits it has rounded off.
_NUMBER = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]{1,2}|[0-9]{14,}0{3}")
# What stands where a character was lost.
_LOST = re.compile("[\ufffd?？*＊#]")
_IDENTIFIER = slice(8, 17)


def of_code(text: str) -> IssueKind | None:
    """Return what is wrong with a text in a column of codes, null where nothing is.

    The text must have been screened: a person's number has no kind, it is refused.
    """
    code = uscc.normalize(text)
    if codes.is_placeholder(code):
        return IssueKind.PLACEHOLDER
    failed = uscc.reason(code)
    if failed is None:
        return None
    told = shapes.findings(code, codes.classify(code))
    if failed in ("length", "alphabet") and _is_damaged(code, told):
        return IssueKind.TRANSMISSION
    if _is_older(code):
        return IssueKind.LEGACY_ONLY
    if shapes.PRINTED_Y in told:
        return IssueKind.PRINTED_Y
    if shapes.INVENTED in told:
        return IssueKind.INVENTED
    if failed in ("length", "alphabet", "division"):
        return IssueKind.BAD_FORMAT
    return _of_checks(code)


def _is_damaged(code: str, told: Sequence[str]) -> bool:
    has_lost = _LOST.search(code) is not None and len(code) == uscc.LENGTH
    if shapes.TRUNCATED in told or _NUMBER.fullmatch(code) or has_lost:
        return True
    return uscc.reason(document_number.normalize(code)) is None


def _is_older(code: str) -> bool:
    return (
        registration_number.is_legacy_15(code)
        or registration_number.is_legacy_13(code)
        or registration_number.is_foreign_invested(code)
        or organization_code.is_valid(code)
    )


def _of_checks(code: str) -> IssueKind:
    is_inner_right = organization_code.is_valid(code[_IDENTIFIER])
    due = uscc.check_character(code[:-1])
    if is_inner_right:
        return IssueKind.BAD_CHECK_18
    is_outer_right = code[-1] == due
    return IssueKind.BAD_CHECK_ORG if is_outer_right else IssueKind.BAD_CHECK_BOTH
