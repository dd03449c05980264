"""How the header of a column is compared with the names of a field.

Units write the same header in many ways: `XK_XDR_MC`, `xk_xdr_mc`, `xkXdrMc`,
full-width letters, brackets of either width, a blank before the bracket. All that
carries no meaning is left out before the comparison; nothing is guessed.
"""

from __future__ import annotations

import unicodedata


def normalize(header: str) -> str:
    """Return the header's letters and digits alone: half width, upper case.

    >>> normalize(" 罚款金额 (万元)") == normalize("罚款金额（万元）")
    True
    >>> normalize("xkXdrMc") == normalize("XK_XDR_MC")
    True
    """
    folded = unicodedata.normalize("NFKC", header).upper()
    return "".join(character for character in folded if character.isalnum())
