"""Constraints from the table of the procedure: what a state demands of its row."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from xinheng.core.listings import filling
from xinheng.core.listings.procedure import State

_DAYS = ("_on", "_until")


def constraints() -> list[models.CheckConstraint]:
    """Return one constraint for each column that some state demands."""
    return [
        models.CheckConstraint(
            name=f"listing_has_{column}",
            condition=~Q(state__in=states_with(column)) | _is_filled(column),
        )
        for column in columns()
    ]


def columns() -> list[str]:
    """Return every column that some state demands, by name."""
    return sorted({str(name) for state in State for name in filling.filled_in(state)})


def states_with(column: str) -> list[str]:
    """Return the states that demand a column, in the table's order."""
    return [state.value for state in State if column in filling.filled_in(state)]


def _is_filled(column: str) -> Q:
    if column.endswith(_DAYS):
        return Q(**{f"{column}__isnull": False})
    return ~Q(**{column: ""})
