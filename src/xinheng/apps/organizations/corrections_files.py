"""Which files of evidence corrections of codes name."""

from __future__ import annotations

from xinheng.apps.organizations.models import CorrectionFile


def names_file(digest: str) -> bool:
    """Tell whether a correction names a file."""
    return CorrectionFile.objects.filter(file=digest).exists()
