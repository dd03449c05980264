"""Mails to a unit's office address: handed to the mail server, or tried again later."""

from __future__ import annotations

import smtplib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

logger = structlog.get_logger("xinheng.mails")
RETRY_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Mails that were handed over, and those that could not be."""

    sent: int = 0
    failed: int = 0

    def __add__(self, other: Outcome) -> Outcome:
        """Return both together."""
        return Outcome(self.sent + other.sent, self.failed + other.failed)


def hand_over(
    kind: str, *, unit: str, address: str, context: Mapping[str, object]
) -> bool:
    """Write a mail from the templates of a kind and hand it to the mail server.

    Returns whether the server took it; a failure is logged, without the address.
    """
    told = {**context, "link": settings.SITE_URL, "demo": settings.DEMO}
    subject = render_to_string(f"duties/{kind}_subject.txt", told)
    try:
        send_mail(
            " ".join(subject.split()),
            render_to_string(f"duties/{kind}.txt", told),
            settings.DEFAULT_FROM_EMAIL,
            [address],
        )
    except (smtplib.SMTPException, OSError) as failure:
        logger.warning(f"{kind}.failed", unit=unit, failure=type(failure).__name__)
        return False
    logger.info(f"{kind}.sent", unit=unit)
    return True
