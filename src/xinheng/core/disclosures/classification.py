"""The class of a penalty by its kinds, where the unit that decided gives none.

The gravest kind that a list knows counts: another one could only make it graver, and
longer public. Where no list knows any, the class is unknown.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from xinheng.core.disclosures.facts import Severity, Trait


@dataclass(frozen=True, slots=True)
class Classification:
    """Which kinds of penalty make which class, by their Chinese names."""

    serious: tuple[str, ...]
    ordinary: tuple[str, ...]
    warning: tuple[str, ...]
    criticism: tuple[str, ...]

    def severity(self, kinds: Collection[str]) -> Severity | None:
        """Return the class of the gravest known kind, null where none is known."""
        if any(kind in self.serious for kind in kinds):
            return Severity.SERIOUS
        if any(kind in self.ordinary for kind in kinds):
            return Severity.ORDINARY
        mild = (*self.warning, *self.criticism)
        is_mild = bool(kinds) and all(kind in mild for kind in kinds)
        return Severity.MINOR if is_mild else None

    def traits(self, kinds: Collection[str]) -> frozenset[Trait]:
        """Return that there is a mere warning, or mere criticism, where so."""
        if not kinds:
            return frozenset()
        if all(kind in self.warning for kind in kinds):
            return frozenset({Trait.WARNING_ONLY})
        if all(kind in (*self.warning, *self.criticism) for kind in kinds):
            return frozenset({Trait.CRITICISM_ONLY})
        return frozenset()
