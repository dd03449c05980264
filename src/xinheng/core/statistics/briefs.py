"""What may become of a brief: a text that a unit contributes to the bulletin.

| state | edit | approve, return |
|---|---|---|
| submitted | who wrote it, the credit office | the credit office, another person |
| returned | the same; it is then submitted again | - |
| approved | - | - |

Once the issue of its month is out, nothing of it moves any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from xinheng.core.screening import personal_id

LONGEST_TITLE = 100
LONGEST_TEXT = 3000


class Refusal(StrEnum):
    """Why a brief is not taken; stable codes."""

    TITLE = "BRIEF_TITLE"  # none, or too long
    TEXT = "BRIEF_TEXT"  # none, or too long
    PERSONAL_ID = "PERSONAL_ID"  # a personal identity number stands in it
    ISSUED = "BRIEF_ISSUED"  # the issue of its month is out
    FUTURE = "PERIOD_FUTURE"  # its month has not begun
    APPROVED = "BRIEF_APPROVED"  # it is approved already, or was returned
    SAME_PERSON = "BRIEF_SAME_PERSON"  # who decides wrote or edited it


@dataclass(frozen=True, slots=True)
class Text:
    """A brief's title and text, blanks around them taken off; paragraphs by line."""

    title: str
    text: str


def read(title: str, text: str) -> Text | Refusal:
    """Return the text as it is kept, or why it is not taken."""
    told = Text(title.strip(), text.strip().replace("\r\n", "\n"))
    if not 0 < len(told.title) <= LONGEST_TITLE or "\n" in told.title:
        return Refusal.TITLE
    if not 0 < len(told.text) <= LONGEST_TEXT:
        return Refusal.TEXT
    if personal_id.find(f"{told.title}\n{told.text}") is not None:
        return Refusal.PERSONAL_ID
    return told
