"""The look-up without threads: a test's transaction is seen by its own thread alone."""

from __future__ import annotations

import pytest

from xinheng.apps.ledger import queries as ledger
from xinheng.apps.standing import snapshot, uses
from xinheng.apps.standing.snapshot import View
from xinheng.apps.standing.uses import Use


class Direct:
    """A snapshot that catches up whenever it is asked, and a log written at once."""

    def __init__(self) -> None:
        self.current: View | None = None

    def view(self) -> View:
        if self.current is None:
            self.current = snapshot.load()
        self.current = snapshot.advance(self.current, ledger.size())
        return self.current

    def record(self, use: Use) -> None:
        uses.keep([use])


def without_threads(patch: pytest.MonkeyPatch) -> Direct:
    direct = Direct()
    patch.setattr(snapshot, "snapshot", direct)
    patch.setattr(uses, "recorder", direct)
    return direct
