"""What may be seen: the one function that every page, API, export and push asks.

Until the disclosure rules are worked out (periods, withholding, disputes), only what no
rule withholds is public: records that are not adverse, of a dataset whose class is
public, whose decision date has come. Everything adverse stays withheld, because nothing
adverse may be published before a named lawyer has adopted the rulebook.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from xinheng.core.catalog.datasets import Dataset, DisclosureClass, SubjectKind


class Reason(StrEnum):
    """Why something is not shown."""

    CLASS = "class"  # the catalog does not make the dataset public
    ADVERSE = "adverse"  # no lawyer has adopted the rulebook
    NOT_YET = "not_yet"  # its date lies ahead
    WITHHELD = "withheld"  # its unit's counts jumped, and nobody has let them pass


@dataclass(frozen=True, slots=True)
class VisibleState:
    """Whether the public may see a record; `reason` is null where it may."""

    public: bool
    reason: Reason | None


def visible_state(
    dataset: Dataset,
    *,
    decided_on: date | None,
    on: date,
    is_withheld: bool = False,
) -> VisibleState:
    """Return whether a record of this dataset is public on a day.

    `decided_on` is null for records without a date of decision. `is_withheld` says that
    the record landed under a publication hold that is still open.
    """
    reason = _find_reason(dataset, decided_on=decided_on, on=on)
    if reason is None and is_withheld:
        reason = Reason.WITHHELD
    return VisibleState(public=reason is None, reason=reason)


def _find_reason(
    dataset: Dataset, *, decided_on: date | None, on: date
) -> Reason | None:
    if dataset.disclosure is not DisclosureClass.PUBLIC:
        return Reason.CLASS
    if dataset.subject is SubjectKind.COUNT:
        return Reason.CLASS
    if dataset.adverse:
        return Reason.ADVERSE
    if decided_on is not None and decided_on > on:
        return Reason.NOT_YET
    return None
