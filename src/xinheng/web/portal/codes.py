"""What to tell a reader whose code is not in the register: the check that it fails.

A code that fails a check says nothing about any organization, so a page never answers
it with an empty, clean-looking record.
"""

from __future__ import annotations

from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from xinheng.core.identifiers import codes, uscc
from xinheng.core.screening import personal_id

SHORTEST_CODE = 13
FEWEST_DIGITS = 6

REASONS: dict[str, Promise] = {
    "length": _("A unified social credit code has exactly 18 characters."),
    "alphabet": _(
        "Characters stand in it that no code has: only digits and capital letters"
        " without I, O, S, V and Z occur."
    ),
    "division": _("Characters 3 to 8 must be the six digits of a division."),
    "organization_code": _(
        "The check character of the organization code inside (character 17) is wrong."
    ),
    "check_character": _("The check character at its end (character 18) is wrong."),
}
OLDER = {
    codes.CodeClass.LEGACY_15: _(
        "This is a registration number of 15 digits as used before 2015, not a unified"
        " social credit code. Look on the present license for the 18 characters."
    ),
    codes.CodeClass.LEGACY_13: _(
        "This is a registration number of 13 digits as used before 2008, not a unified"
        " social credit code. Look on the present license for the 18 characters."
    ),
    codes.CodeClass.LEGACY_OTHER: _(
        "This is a number of the kind once given to enterprises with foreign"
        " investment, not a unified social credit code."
    ),
}


def is_personal(text: str) -> bool:
    """Return whether a personal identity number stands in the text."""
    return personal_id.find(text) is not None


def refusal() -> HttpResponseRedirect:
    """Lead away from the address that holds the number, so that nothing repeats it."""
    return HttpResponseRedirect(f"{reverse('portal:search')}?refused=1")


def is_meant_as_code(text: str) -> bool:
    """Return whether somebody who typed this had a code in mind, not a name."""
    code = uscc.normalize(text)
    digits = sum(character.isdigit() for character in code)
    return (
        len(code) >= SHORTEST_CODE
        and code.isascii()
        and code.isalnum()
        and digits >= FEWEST_DIGITS
    )


def fault(text: str) -> Promise | None:
    """Return why the text is no valid code, null where it is one."""
    reason = uscc.reason(text)
    if reason is None:
        return None
    return OLDER.get(codes.classify(text)) or REASONS[reason]
