"""`xinheng bench`: the promises of performance, as ratios measured in the same run."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import click

from xinheng.cli import failures

BENCHES = Path("benches")


@click.command("bench", context_settings={"ignore_unknown_options": True})
@click.argument("name", required=False)
@click.option("--small", is_flag=True, help="Few rows: does it run, not how fast.")
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def command(name: str | None, small: bool, options: tuple[str, ...]) -> None:
    """Run the bench NAME, or every bench, from a checkout of the project."""
    known = sorted(
        path.stem for path in BENCHES.glob("*.py") if not path.stem.startswith("_")
    )
    if not known or (name is not None and name not in known):
        failures.fail(
            "UNKNOWN_BENCH",
            f"没有这个基准测试。可用：{'、'.join(known) or '无，请在源码目录中运行'}。",
            f"No such bench; there are: {', '.join(known) or 'none here'}.",
            as_json=False,
        )
    sys.path.insert(0, str(Path.cwd()))
    for each in [name] if name else known:
        importlib.import_module(f"benches.{each}").main(
            [*(["--small"] if small else []), *options]
        )
