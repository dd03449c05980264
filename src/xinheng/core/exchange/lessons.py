"""What a run learns from its target: the profile as it is tried now.

Learning is bounded: a target that contradicts itself stops being followed, not us.
"""

from __future__ import annotations

from collections.abc import Iterator

from xinheng.core.exchange import learning
from xinheng.core.exchange.answers import Answer
from xinheng.core.exchange.packaging import Package
from xinheng.core.exchange.profiles import Meaning, Profile
from xinheng.core.exchange.sending import Channel, StoppedError

MOST_LESSONS = 40
FORM = frozenset(
    {
        Meaning.ROWS,
        Meaning.BYTES,
        Meaning.TEMPLATE,
        Meaning.DATE,
        Meaning.CHARACTERS,
    }
)


class Lessons:
    """The profile under trial, and what was tried for one dataset."""

    def __init__(self, profile: Profile, dataset: str, channel: Channel) -> None:
        self.profile = profile
        self._dataset, self._channel = dataset, channel
        self._taken = 0
        self._tried: set[str] = set()

    def may_go_on(self) -> bool:
        """Count a lesson; false once there were too many."""
        self._taken += 1
        return self._taken <= MOST_LESSONS

    def learn(self, answer: Answer, package: Package | None) -> bool:
        """Change the profile by what an answer says; false where it says nothing.

        `package` is null where the answer came too late to tell of which it speaks.

        Raises:
            StoppedError: where the target wants other columns than the profile has.
        """
        meaning = self.profile.meaning(answer.code)
        if meaning not in FORM:
            return False
        wanted = self._wanted(meaning, answer.message, package)
        if wanted is None or wanted == self.profile or not self.may_go_on():
            return False
        self.profile = wanted
        return True

    def limit_rows(self, most: int) -> None:
        """Take that many rows as the most that are accepted."""
        if self.may_go_on():
            self.profile = learning.with_rows(self.profile, most)

    def slow_down(self, per_minute: int) -> None:
        """Take that many packages a minute as the most that are looked at."""
        self.profile = learning.with_rate(self.profile, per_minute)

    def other_forms(self) -> Iterator[Profile]:
        """Yield what to try where nothing says what is wrong with the form."""
        sheet = self.profile.sheet(self._dataset)
        header = self._channel.describe(self._dataset)
        moved = learning.with_order(self.profile, sheet, header or ())
        base = moved or self.profile
        if moved is not None:
            yield moved
        for wanted in learning.date_formats(base):
            yield learning.with_date_format(base, wanted)

    def _wanted(
        self, meaning: Meaning, message: str, package: Package | None
    ) -> Profile | None:
        if package is not None and meaning in (Meaning.ROWS, Meaning.BYTES):
            return self._smaller(meaning, message, package)
        if meaning is Meaning.TEMPLATE:
            return self._reordered()
        return self._rewritten(meaning, message)

    def _smaller(self, meaning: Meaning, message: str, package: Package) -> Profile:
        if meaning is Meaning.ROWS:
            most = len(package.rows)
            named = learning.number_in(message, below=most)
            return learning.with_rows(self.profile, max(named or most // 2, 1))
        size = len(package.data)
        named = learning.number_in(message, below=size)
        return learning.with_bytes(self.profile, named or size // 2)

    def _reordered(self) -> Profile:
        sheet = self.profile.sheet(self._dataset)
        header = self._channel.describe(self._dataset)
        moved = learning.with_order(self.profile, sheet, header or ())
        if moved is None:
            raise StoppedError("TEMPLATE_DIFFERS")
        return moved

    def _rewritten(self, meaning: Meaning, message: str) -> Profile | None:
        if meaning is Meaning.CHARACTERS:
            found = learning.characters_in(message)
            return learning.with_forbidden(self.profile, found)
        return self._redated(message) if meaning is Meaning.DATE else None

    def _redated(self, message: str) -> Profile | None:
        self._tried.add(self.profile.date_format)
        named = learning.date_format_in(message)
        others = [named] if named else learning.date_formats(self.profile)
        for wanted in others:
            if wanted not in self._tried:
                return learning.with_date_format(self.profile, wanted)
        return None
