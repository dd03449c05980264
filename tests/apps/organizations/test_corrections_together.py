"""A decision is taken back while a register file is taken in: neither is lost."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from tests.factories.issues import FIRST, NEW, answer, by, claimed, decide, take
from xinheng.apps.organizations import corrections, corrections_states
from xinheng.apps.organizations.models import Organization
from xinheng.core.organizations.corrections import Flag

pytestmark = pytest.mark.django_db(transaction=True)


class TestTogether:
    def test_an_import_is_not_undone_with_the_decision(self, tmp_path, monkeypatch):
        if connection.vendor == "sqlite":
            pytest.skip("the tests' database in memory has no second writer")
        issue = claimed(tmp_path).id
        decide(issue, answer(Flag.NEW_CODE))
        importer = threading.Thread(target=_rename, args=(tmp_path,))
        put_back = corrections_states.put_back

        def slowly(text: str) -> int:
            importer.start()
            importer.join(timeout=5)
            return put_back(text)

        monkeypatch.setattr(corrections_states, "put_back", slowly)

        corrections.undo(issue=issue, by=by(FIRST))
        importer.join(timeout=30)

        assert Organization.objects.filter(name="示例市改名有限公司").exists()


def _rename(path) -> None:
    try:
        take(path, ("示例市改名有限公司", NEW), day=5)
    finally:
        connection.close()
