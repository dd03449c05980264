"""How often a duty falls due, in the words of the pages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from xinheng.core.catalog.datasets import Frequency

FREQUENCIES: dict[str, Any] = {
    Frequency.WORKING_DAYS: _("some working days after each decision"),
    Frequency.MONTHLY: _("every month"),
    Frequency.QUARTERLY: _("every quarter"),
    Frequency.YEARLY: _("every year"),
}
