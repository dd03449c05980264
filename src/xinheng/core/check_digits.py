"""Check digits of ISO/IEC 7064 that more than one kind of number carries."""

from __future__ import annotations


def passes_mod_11_10(digits: str) -> bool:
    """Tell whether the last of these digits (0-9 only, at least one) checks the others.

    Used by 15-digit business registration numbers; one number in ten passes by chance.
    """
    product = 10
    for digit in digits[:-1]:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return (product + int(digits[-1])) % 10 == 1
