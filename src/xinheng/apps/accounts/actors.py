"""Who acts: a plain value that operations and queries take instead of a user."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Actor:
    """An account with the mandates it holds today.

    `account_id` is opaque and goes into the history. `units` are the codes of the units
    that the actor may hand in for and see; `districts` are the units under them, which
    it may see and not hand in for. `lists_for` are the units in whose name it may list
    organizations. `organizations` are those that it acts for as an agent, by the
    register's keys. `sees_all_units` is the credit office's and the administrator's
    view. `may_decide` and `lists_for` are never true of a service key, nor before the
    second factor was given.
    """

    account_id: str
    units: frozenset[str] = field(default_factory=frozenset)
    districts: frozenset[str] = field(default_factory=frozenset)
    lists_for: frozenset[str] = field(default_factory=frozenset)
    organizations: frozenset[str] = field(default_factory=frozenset)
    sees_all_units: bool = False
    may_decide: bool = False
    may_administer: bool = False

    def may_submit_for(self, unit: str) -> bool:
        """Return whether the actor may hand in rows in this unit's name."""
        return unit in self.units

    def may_list_for(self, unit: str) -> bool:
        """Return whether the actor may run listings in this unit's name."""
        return unit in self.lists_for

    def may_see(self, unit: str) -> bool:
        """Return whether the actor may see what this unit handed in."""
        return self.sees_all_units or unit in self.visible_units

    @property
    def visible_units(self) -> frozenset[str]:
        """Codes of its units and their districts; `sees_all_units` adds the others."""
        return self.units | self.districts


# Whoever runs a command on the server: holds the database and the keys already.
OPERATOR = Actor(account_id="operator", sees_all_units=True, may_administer=True)
