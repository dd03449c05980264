"""The sweep over listings whose term is over, against the bare update of their rows.

    python -m benches.expiry_sweep --rows 100000

Every listing is over. Ours is the whole sweep: state, event and message of each, the
entries in the ledger, the question whether measures have to be recalled. No measure is
in force behind these listings, so recalls are not measured here. The floor is one
UPDATE of the same rows. PostgreSQL is measured where POSTGRES_URL names a server.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from benches import _databases

SMALL_ROWS = 2_000
PROMISE_SECONDS = 10.0
AT = datetime(2021, 7, 1, 2, 0, tzinfo=UTC)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; leave with 1 where the promise is broken."""
    options = _options(arguments)
    rows = SMALL_ROWS if options.small else options.rows
    if options.child:
        print(json.dumps(_child(rows)))
        return
    print(f"expiry_sweep: {rows:,} listings whose term is over")
    broken = False
    with tempfile.TemporaryDirectory(prefix="xinheng-bench-") as place:
        for vendor, url in _databases.databases(Path(place), "sweep"):
            found = _run(url, place, rows)
            _print(vendor, found)
            broken |= found["ours"] > PROMISE_SECONDS
    print(f"  on {platform.machine()}, {os.cpu_count()} cores, {platform.platform()}")
    print(f"  load {os.getloadavg()[0]:.1f}")
    if broken and not options.small:
        raise SystemExit(1)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benches.expiry_sweep", description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--small", action="store_true", help="does it run at all")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _run(url: str, place: str, rows: int) -> dict:
    command = [sys.executable, "-m", "benches.expiry_sweep", "--child"]
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "XINHENG_DIR": place,
        "XINHENG_DEMO": "1",
        "XINHENG_SECRET_KEY": "b" * 60,
        "DJANGO_SETTINGS_MODULE": "xinheng.project.settings",
    }
    done = subprocess.run(
        [*command, "--rows", str(rows)],
        stdout=subprocess.PIPE,
        check=True,
        env=environment,
    )
    return json.loads(done.stdout.splitlines()[-1])


def _child(rows: int) -> dict[str, float]:
    import django

    django.setup()
    from django.core.management import call_command

    from xinheng.apps.listings import sweeping
    from xinheng.apps.listings.models import Listing

    call_command("migrate", verbosity=0)
    _fill(rows)

    def bare() -> int:
        over = Listing.objects.filter(expires_on__lte=date(2021, 7, 1))
        changed = over.update(state="EXPIRED", ended_on=date(2021, 6, 12), ended_at=AT)
        over.update(state="IN_FORCE", ended_on=None, ended_at=None)
        return changed

    floor, floor_cpu = _timed(bare, rows)
    ours, cpu = _timed(lambda: sweeping.expire_due(at=AT), rows)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    # The floor wrote every row twice, to put it back.
    return {
        "floor": floor / 2,
        "floor_cpu": floor_cpu / 2,
        "ours": ours,
        "cpu": cpu,
        "peak": peak,
    }


def _timed(act: Callable[[], int], rows: int) -> tuple[float, float]:
    begun, cpu = time.perf_counter(), time.process_time()
    if act() != rows:
        raise SystemExit("not every row was swept")
    return time.perf_counter() - begun, time.process_time() - cpu


def _fill(rows: int) -> None:
    from xinheng.apps.listings.models import Listing
    from xinheng.apps.organizations.models import Organization
    from xinheng.apps.units import operations as units
    from xinheng.core.catalog.datasets import SourceUnit
    from xinheng.rulebook import samples

    unit = SourceUnit(code="U16", position=16, name="示例局", name_en="Sample bureau")
    units.add_unit(unit=unit, effective_on=date(2019, 1, 1), actor="bench", at=AT)
    wanted = [
        each
        for each in samples.organizations(rows * 2)
        if each.kind is not samples.Kind.SOLE_PROPRIETOR
    ][:rows]
    Organization.objects.bulk_create(
        [
            Organization(
                uscc=each.code,
                name=each.name,
                division=each.division,
                is_sole_proprietor=False,
                recorded_at=AT,
            )
            for each in wanted
        ],
        batch_size=2_000,
    )
    keys = Organization.objects.order_by("id").values_list("id", "uscc", "name")
    Listing.objects.bulk_create(
        [Listing(organization_id=k, uscc=u, name=n, **_COMMON) for k, u, n in keys],
        batch_size=2_000,
    )


_COMMON = {
    "scheme": "sample-wage-exclusion",
    "kind": "EXCLUSION",
    "authority_id": "U16",
    "state": "IN_FORCE",
    "basis": "《示例市信用条例》第二十一条",
    "facts": "示例",
    "proposed_by": "first",
    "proposed_at": AT,
    "notice_proof": "示例送达回证",
    "notice_served_on": date(2019, 6, 3),
    "window_closes_on": date(2019, 6, 11),
    "decision_no": "示列入〔2019〕1号",
    "decided_by": "second",
    "decided_on": date(2019, 6, 12),
    "decided_at": AT,
    "expires_on": date(2021, 6, 12),
}


def _print(vendor: str, found: dict) -> None:
    ratio = found["ours"] / max(found["floor"], 1e-9)
    print(
        f"  {vendor}: floor {found['floor']:.2f} s ({found['floor_cpu']:.2f} s cpu),"
        f" ours {found['ours']:.2f} s ({found['cpu']:.2f} s cpu), {ratio:.1f} x,"
        f" peak {found['peak']:.0f} MB, promise {PROMISE_SECONDS:.0f} s"
    )


if __name__ == "__main__":
    main()
