"""A listing is decided only together with its entry: without a key, not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.factories import listings
from tests.factories.listings import SECOND, notified, record
from xinheng.apps.ledger.keys import SigningKeyError
from xinheng.apps.ledger.models import Entry
from xinheng.apps.listings.models import Listing, ListingEvent
from xinheng.apps.outbox.models import Delivery
from xinheng.core.listings.procedure import Event

pytestmark = pytest.mark.django_db


def standing() -> tuple[object, ...]:
    rows = Listing.objects.order_by("id").values_list()
    counts = (model.objects.count() for model in (ListingEvent, Entry, Delivery))
    return [*rows], [*counts]


class TestDecide:
    def test_changes_nothing_where_the_ledger_cant_be_signed(self, settings, tmp_path):
        settings.KEYS_DIR, settings.SIGNING_KEY = tmp_path / "keys", ""
        listing = notified(listings.found(settings))
        before = standing()
        (Path(settings.KEYS_DIR) / "ledger.key").unlink()

        with pytest.raises(SigningKeyError):
            record(listing, Event.DECIDE, actor=SECOND)

        assert standing() == before
