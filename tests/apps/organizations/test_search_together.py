"""Searching while the register is being imported: no error, and nothing half done."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from tests.factories import register
from xinheng.apps.organizations.search import search

pytestmark = pytest.mark.django_db(transaction=True)


class TestTogether:
    def test_finds_what_was_there_until_the_import_is_done(self):
        if connection.vendor == "sqlite":
            pytest.skip("the tests' database in memory has no second reader")
        register.add("示例旧厂")
        seen: list[int] = []

        def look() -> None:
            try:
                seen.append(search(text="示例").total)
            finally:
                connection.close()

        with transaction.atomic():
            register.add("示例新厂", "示例另厂")
            reader = threading.Thread(target=look)
            reader.start()
            reader.join(timeout=30)
        look()

        assert seen == [1, 3]
