"""Environment variables, each with its type, its default and a line that explains it.

`docs/reference/settings.md` is made from what is declared here, so a variable without
an explanation can't be read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"0", "false", "no", "off", ""})


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable as the reference page shows it."""

    name: str
    default: str
    meaning: str


class Environment:
    """Reads variables by name; `NAME_FILE` names a file that holds the value."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.variables: list[Variable] = []

    def text(self, name: str, default: str, meaning: str, *, shown: str = "") -> str:
        """Return the value without blanks around it; `shown` documents the default."""
        self.variables.append(Variable(name, shown or default, meaning))
        given = self._given(name)
        return default if given is None else given

    def flag(self, name: str, meaning: str) -> bool:
        """Return whether the variable says yes; it is off by default.

        Raises:
            ImproperlyConfigured: where the value is neither yes nor no.
        """
        given = self.text(name, "0", meaning).lower()
        if given not in YES | NO:
            raise ImproperlyConfigured(f"{name} is 1 or 0, not {given!r}.")
        return given in YES

    def number(self, name: str, default: int, meaning: str) -> int:
        """Return a whole number.

        Raises:
            ImproperlyConfigured: where the value is none.
        """
        given = self.text(name, str(default), meaning)
        try:
            return int(given)
        except ValueError:
            raise ImproperlyConfigured(f"{name} is not a whole number.") from None

    def words(self, name: str, default: Sequence[str], meaning: str) -> list[str]:
        """Return the words of a list that commas separate."""
        given = self.text(name, ",".join(default), meaning)
        return [word.strip() for word in given.split(",") if word.strip()]

    def choice(self, name: str, among: Sequence[str], meaning: str) -> str:
        """Return one of the words in `among`, by default the first.

        Raises:
            ImproperlyConfigured: where it is none of them.
        """
        given = self.text(name, among[0], f"{meaning} One of {', '.join(among)}.")
        if given.lower() not in among:
            raise ImproperlyConfigured(f"{name} is one of {', '.join(among)}.")
        return given.lower()

    def _given(self, name: str) -> str | None:
        file = self._values.get(f"{name}_FILE")
        if not file:
            given = self._values.get(name)
            return None if given is None else given.strip()
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as refused:
            reason = f"{name}_FILE can't be read: {refused.strerror}."
            raise ImproperlyConfigured(reason) from None
