"""A second installation in a process of its own: it serves, and does what it is told.

    python -m tests.factories.second_city DIRECTORY PORT

It answers each line of its input with a line of JSON:

    hand-in N TEXT      hand in N permits with this content
    follow FILE         follow the neighbors of a file of targets
    count               how many records of others it holds
"""

from __future__ import annotations

import io
import json
import sys
import threading
import time
from pathlib import Path

import uvicorn


def main(directory: str, port: int) -> None:
    """Found the installation, serve it, and follow the lines of the input."""
    from xinheng.cli import environment

    environment.prepare(Path(directory))
    from tests.factories import files
    from xinheng.apps.organizations import operations

    path = files.write_register(Path(directory) / "register.csv")
    operations.import_register(path=path, actor="test", at=_now())
    server = uvicorn.Server(
        uvicorn.Config(
            "xinheng.project.asgi:application",
            host="127.0.0.1",
            port=port,
            log_config=None,
            access_log=False,
            lifespan="off",
        )
    )
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    _say({"ready": True})
    for line in sys.stdin:
        _say(_do(line.split()))


def _do(words: list[str]) -> object:
    if words[0] == "hand-in":
        return _hand_in(int(words[1]), words[2])
    if words[0] == "follow":
        from django.conf import settings

        from xinheng.cli import neighboring

        settings.TARGETS = words[1]
        return neighboring.follow(None, as_json=False)
    from xinheng.apps.exchange.models import Received

    return {"received": Received.objects.count()}


def _hand_in(count: int, text: str) -> object:
    from tests.factories import files
    from xinheng.apps.accounts.actors import Actor
    from xinheng.apps.intake import operations as intake

    rows = files.permit_rows(count)
    for row in rows:
        row["许可内容"] = text
    clerk = Actor("clerk", units=frozenset({"U01"}))
    content = io.BytesIO(files.as_csv(rows))
    waiting = intake.receive(
        intake.HandIn(clerk, "U01", "permit", "2019-05", "permits.csv", content),
        at=_now(),
    )
    done = intake.process(submission=waiting, at=_now())
    return {"new": done.counts.new, "changed": done.counts.changed}


def _now():
    from django.utils import timezone

    return timezone.now()


def _say(what: object) -> None:
    print(json.dumps(what, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
