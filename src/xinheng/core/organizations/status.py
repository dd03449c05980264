"""States of an organization in the register, and which may follow which.

    REGISTERED      存续      exists
    REVOKED         吊销      its license was taken; it exists until it is deregistered
    DEREGISTERED    注销      ended by deregistration
    MERGED          合并消灭  ended by merger into another
    CODE_WITHDRAWN  代码停用  the code is out of use

What ended may only come back whole, because its ending was annulled: an organization
that was deregistered can't be revoked or merged afterwards. The table is ours; the
registrars' own rules were not read.
"""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """State of an organization, by the codes that the register stores."""

    REGISTERED = "REGISTERED"
    REVOKED = "REVOKED"
    DEREGISTERED = "DEREGISTERED"
    MERGED = "MERGED"
    CODE_WITHDRAWN = "CODE_WITHDRAWN"


# Their codes count: an organization whose license was revoked exists all the same.
ACTIVE = frozenset({Status.REGISTERED, Status.REVOKED})


def is_active(status: Status) -> bool:
    """Tell whether an organization in this state exists."""
    return status in ACTIVE


def may_follow(before: Status, after: Status) -> bool:
    """Tell whether the second state may come after the first; any may stay as it is."""
    if before == after or is_active(before):
        return True
    return after is Status.REGISTERED
