"""One key, one submission."""

from __future__ import annotations

import io
import threading
from dataclasses import replace

import pytest
from django.db import connection

from tests.factories import files, hand_ins
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.intake import operations, repeats, staging
from xinheng.apps.intake.models import Submission


def keyed(clerk, rows=2, key="k", **change):
    given = hand_ins.hand_in(clerk, files.permit_rows(rows), **change)
    return replace(given, idempotency_key=key)


@pytest.mark.usefixtures("city")
class TestReceive:
    def test_answers_the_same_file_with_the_same_submission(self, clerk, received_at):
        first = operations.receive(keyed(clerk), at=received_at)
        operations.process_next(at=received_at)

        again = operations.receive(keyed(clerk), at=received_at)

        assert again == first
        assert Submission.objects.count() == 1
        assert staging.list_directories() == []

    @pytest.mark.parametrize("change", [{"rows": 3}, {"period": "2019-04"}])
    def test_refuses_other_content(self, clerk, received_at, change):
        operations.receive(keyed(clerk), at=received_at)

        with pytest.raises(repeats.KeyReusedError):
            operations.receive(keyed(clerk, **change), at=received_at)

        assert Submission.objects.count() == 1

    def test_knows_the_keys_of_each_sender_apart(self, clerk, received_at):
        other = Actor("another", units=clerk.units)

        first = operations.receive(keyed(clerk), at=received_at)
        second = operations.receive(keyed(other), at=received_at)

        assert first != second

    def test_refuses_while_the_first_is_on_its_way(self, clerk, received_at):
        class Asking(io.BytesIO):
            def read(self, size):
                with pytest.raises(repeats.KeyInFlightError):
                    operations.receive(keyed(clerk), at=received_at)
                return super().read(size)

        content = Asking(files.as_csv(files.permit_rows(2)))
        first = replace(keyed(clerk), content=content)

        operations.receive(first, at=received_at)

        assert Submission.objects.count() == 1

    def test_frees_the_key_of_a_file_that_the_machine_failed_on(
        self, clerk, received_at
    ):
        first = operations.receive(keyed(clerk), at=received_at)
        Submission.objects.update(state=Submission.State.FAILED)

        repeats.forget_failed(account=clerk.account_id, key="k")

        assert operations.receive(keyed(clerk), at=received_at) != first


@pytest.mark.django_db(transaction=True)
class TestTogether:
    def test_the_database_decides_where_no_lock_does(
        self, city, clerk, received_at, monkeypatch
    ):
        """Two machines with staging directories of their own share no lock."""
        both = threading.Barrier(2)
        earlier = repeats._earlier
        asked = threading.local()

        def wait(submission):
            found = earlier(submission)
            if not getattr(asked, "once", False):
                asked.once = True
                both.wait(10)
            return found

        monkeypatch.setattr(repeats, "_earlier", wait)
        monkeypatch.setattr(repeats, "alone", lambda _: threading.Lock())
        answers = []

        def receive():
            try:
                answers.append(operations.receive(keyed(clerk), at=received_at))
            finally:
                connection.close()

        threads = [threading.Thread(target=receive) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)

        assert len(answers) == 2
        assert len(set(answers)) == 1
        assert Submission.objects.count() == 1
