"""What went wrong with a text where a unified code should stand, told by its shape.

    CODE_NAME           words of Chinese: the columns were exchanged
    CODE_SEVERAL        more than one code in one cell
    CODE_ORGANIZATION   only the organization code, nine characters (GB 11714)
    CODE_TRUNCATED      the beginning of a code
    CODE_PRINTED_Y      Y at the end, where the standard gives 1; registries print it so
    CODE_INVENTED       1234567, 0000000, QWER: nobody was given such a code

Codes that are right may look invented by chance, so more is asked of them: seven equal
or successive characters, which one in a hundred thousand real codes has; of wrong ones,
five, or four letters.

The patterns are in the dialect that all engines share; `xinheng.pipeline.linkage`
applies them to columns.
"""

from __future__ import annotations

import re

from xinheng.core.identifiers import document_number, organization_code, uscc
from xinheng.core.identifiers.codes import CodeClass
from xinheng.core.linkage import repair

NAME = "CODE_NAME"
SEVERAL = "CODE_SEVERAL"
ORGANIZATION = "CODE_ORGANIZATION"
TRUNCATED = "CODE_TRUNCATED"
PRINTED_Y = "CODE_PRINTED_Y"
INVENTED = "CODE_INVENTED"
RULES = (NAME, SEVERAL, ORGANIZATION, TRUNCATED, PRINTED_Y, INVENTED)

_DIGITS = "0123456789"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_KEYS = ("QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM")


def _runs(signs: str, length: int) -> set[str]:
    """Return the runs of that many successive signs, upwards and downwards."""
    up = {signs[at : at + length] for at in range(len(signs) - length + 1)}
    return up | {run[::-1] for run in up}


def _invented(length: int, letters: int, keys: int) -> str:
    runs = {sign * length for sign in _DIGITS} | {sign * letters for sign in _LETTERS}
    runs |= _runs(_DIGITS, length) | _runs(_LETTERS, length)
    for row in _KEYS:
        runs |= _runs(row, keys)
    return "|".join(sorted(runs))


NAME_PATTERN = "[一-鿿].*[一-鿿]"
SEVERAL_PATTERN = "[0-9A-Z]{18}.*[0-9A-Z]{18}"
TRUNCATED_PATTERN = "^[1-9ANY][1-59][0-9]{6}[0-9A-Z]{1,9}$"
# Of a valid code's last ten characters, and of a wrong one's.
INVENTED_VALID = _invented(7, 7, 7)
INVENTED_WRONG = _invented(5, 4, 4)
IDENTIFIER = slice(8, 17)

_WRONG = frozenset({CodeClass.WRONG_CHECK, CodeClass.MALFORMED})


def findings(text: str, code_class: CodeClass) -> tuple[str, ...]:
    """Return what the shape of a text tells, in the order of RULES.

    `text` as `uscc.normalize` gives it, `code_class` its class.
    """
    if code_class is CodeClass.VALID:
        return (INVENTED,) if _is_invented(text, INVENTED_VALID) else ()
    if code_class not in _WRONG:
        return ()
    narrow, code = document_number.normalize(text), repair.folded(text)
    is_malformed = code_class is CodeClass.MALFORMED
    is_organization = is_malformed and organization_code.is_valid(code)
    told = {
        NAME: is_malformed and _found(NAME_PATTERN, narrow),
        SEVERAL: is_malformed and _found(SEVERAL_PATTERN, narrow),
        ORGANIZATION: is_organization,
        TRUNCATED: is_malformed
        and not is_organization
        and _found(TRUNCATED_PATTERN, code),
        PRINTED_Y: is_printed_y(code),
        INVENTED: len(code) == uscc.LENGTH and _is_invented(code, INVENTED_WRONG),
    }
    return tuple(rule for rule in RULES if told[rule])


def is_printed_y(code: str) -> bool:
    """Tell whether only the last character is wrong, Y where the standard gives 1."""
    return code.endswith("Y") and uscc.reason(f"{code[:-1]}1") is None


def _is_invented(code: str, pattern: str) -> bool:
    return _found(pattern, code[IDENTIFIER])


def _found(pattern: str, text: str) -> bool:
    return re.search(pattern, text, re.DOTALL) is not None
