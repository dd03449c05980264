"""Long proofs: a seeded tenth runs with the suite, the whole under `make prove`."""

from __future__ import annotations

import os

WHOLE = os.environ.get("XINHENG_PROVE") == "whole"


def share(examples: int) -> int:
    """Return how many of a proof's examples to try in this run."""
    return examples if WHOLE else examples // 10
