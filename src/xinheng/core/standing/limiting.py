"""How fast a key may ask: a bucket that fills steadily and holds a burst."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Bucket:
    """What is left to a key; `rate` per second flow in, at most `burst` stay."""

    rate: float
    burst: float
    left: float
    filled_at: float

    def take(self, amount: float, *, now: float) -> bool:
        """Take so much at `now` (seconds of any steady clock); false where it lacks.

        What is larger than the burst passes when the bucket is full, and empties it.
        """
        elapsed = max(0.0, now - self.filled_at)
        self.left = min(self.burst, self.left + elapsed * self.rate)
        self.filled_at = max(now, self.filled_at)
        if self.left < min(amount, self.burst):
            return False
        self.left -= min(amount, self.burst)
        return True
