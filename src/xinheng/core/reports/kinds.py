"""The kinds of credit report, and what may stand in each.

| kind | for whom | what it holds |
|---|---|---|
| `PUBLIC` | everyone | what the portal shows |
| `OWN` | the organization itself | all that is held, and what is public |
| `AUTHORIZED` | whom the organization named | also what is for the authorized |
| `ADMINISTRATIVE` | a body in its own matter | also what is shared among bodies |

Source: domain notes 5.2 (structure of 2021 and 2022; the kinds of a system in use).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from xinheng.core.disclosures.visibility import Audience

LONGEST_CONSENT_DAYS = 90


class Kind(StrEnum):
    """For whom a report is made."""

    PUBLIC = "PUBLIC"
    OWN = "OWN"
    AUTHORIZED = "AUTHORIZED"
    ADMINISTRATIVE = "ADMINISTRATIVE"


AUDIENCES: Mapping[Kind, Audience] = {
    Kind.PUBLIC: Audience.PUBLIC,
    Kind.OWN: Audience.OWN,
    Kind.AUTHORIZED: Audience.AUTHORIZED,
    Kind.ADMINISTRATIVE: Audience.BODY,
}


def is_consent_term(*, given_on: date, expires_on: date) -> bool:
    """Tell whether a consent may run `[given_on, expires_on)`: 1 to 90 days."""
    longest = given_on + timedelta(days=LONGEST_CONSENT_DAYS)
    return given_on < expires_on <= longest
