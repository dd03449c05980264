"""Special campaigns that were announced: `campaigns.toml` as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from xinheng.core.campaigns.campaigns import Topic
from xinheng.core.catalog.datasets import Verification
from xinheng.rulebook.reading import Place, build, read


@dataclass(frozen=True, slots=True)
class Campaigns:
    """How many campaigns were announced, and those whose titles are known."""

    announced: int
    announced_verification: Verification
    announced_source: str
    topics: tuple[Topic, ...]

    @property
    def by_name(self) -> Mapping[str, Topic]:
        """The topics by name."""
        return {topic.name: topic for topic in self.topics}


@cache
def campaigns() -> Campaigns:
    """Return the campaigns of this release."""
    return load(files("xinheng.rulebook") / "campaigns.toml")


def load(file: Traversable) -> Campaigns:
    """Return the campaigns of a file.

    Raises:
        RulebookError: a key is missing or misspelled, a name stands twice, or more are
            known than were announced.
    """
    loaded = build(Campaigns, read(file), Place(file.name))
    if len(loaded.by_name) != len(loaded.topics):
        raise Place(file.name, "topics").error("has a name twice")
    if len(loaded.topics) > loaded.announced:
        raise Place(file.name, "announced").error("is less than the topics known")
    return loaded
