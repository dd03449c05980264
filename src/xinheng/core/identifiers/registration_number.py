"""Numbers that organizations bore before the unified code of October 2015.

    15 digits               business registration: division (6), serial (8), check digit
    15 with two letters     farmers' cooperatives: division (6), NA, serial (6), check
    13 digits               business registration before 2007: division, serial
    企合苏锡总字第0001号     enterprises with foreign investment

None of them is a unified code, but each tells that the organization is an old one whose
code has to be looked up.

Source: the 15-digit check is ISO/IEC 7064 MOD 11,10; domain notes, section 2.2.
"""

from __future__ import annotations

import re

from xinheng.core.check_digits import passes_mod_11_10

# Patterns of a whole number, in the dialect that all engines share.
BUSINESS = "[0-9]{15}"
COOPERATIVE = "[0-9]{6}[A-Z]{2}[0-9]{6}[0-9A-Z]"
LEGACY_13 = "[0-9]{13}"
FOREIGN_INVESTED = "(?:工商)?[企国][一-鿿]{0,10}字第?[0-9]{3,7}号?(?:-[0-9]{1,3})?"


def is_valid_15(text: str) -> bool:
    """Tell whether the text is 15 digits of which the last checks the first 14."""
    return re.fullmatch(BUSINESS, text) is not None and passes_mod_11_10(text)


def is_legacy_15(text: str) -> bool:
    """Tell whether the text is a 15-character number, of a business or cooperative."""
    return is_valid_15(text) or re.fullmatch(COOPERATIVE, text) is not None


def is_legacy_13(text: str) -> bool:
    """Tell whether the text is a 13-digit number; such a number checks nothing."""
    return re.fullmatch(LEGACY_13, text) is not None


def is_foreign_invested(text: str) -> bool:
    """Tell whether the text is the number of an enterprise with foreign investment."""
    return re.fullmatch(FOREIGN_INVESTED, text) is not None
