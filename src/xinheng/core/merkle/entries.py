"""An entry of the ledger, and the digest that stands for it in the tree.

    digest = SHA-256(salt || canonical JSON of all other columns)

The other columns are seq, recorded_at, kind, subject, actor and body.

The salt keeps the digest from being guessed, so that it may stay for ever: once body
and salt are erased, the tree still proves that something was recorded there, and
nothing more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from xinheng.core.merkle import canonical

SALT_BYTES = 32


@dataclass(frozen=True, slots=True)
class Entry:
    """One act. `seq` counts from 0; `body` is canonical JSON text of an object."""

    seq: int
    recorded_at: datetime
    kind: str
    subject: str
    actor: str
    body: str

    def digest(self, salt: bytes) -> bytes:
        """Return the digest, 32 bytes.

        Raises:
            ValueError: where `recorded_at` has no time zone.
        """
        return sha256(salt + self._canonical().encode()).digest()

    def _canonical(self) -> str:
        # The body is put in as it stands, so that a change of even one blank shows. It
        # sorts between `actor` and `kind`, and canonical text nests as it is.
        before = canonical.text({"actor": self.actor})
        after = canonical.text(
            {
                "kind": self.kind,
                "recorded_at": timestamp(self.recorded_at),
                "seq": self.seq,
                "subject": self.subject,
            }
        )
        return f'{before[:-1]},"body":{self.body},{after[1:]}'


def timestamp(at: datetime) -> str:
    """Return a moment as RFC 3339 in UTC with microseconds, always 27 characters.

    Raises:
        ValueError: where `at` has no time zone.
    """
    if at.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
