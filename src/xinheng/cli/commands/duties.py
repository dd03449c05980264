"""`xinheng duties`: which unit owes which dataset, run by whoever has the server."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory, with_json

# Those of `xinheng.core.catalog.datasets.Frequency`, in the order of their length.
FREQUENCIES = ("working_days", "monthly", "quarterly", "yearly")
day = click.DateTime(["%Y-%m-%d"])
with_unit = click.option("--unit", required=True, help="Code or name of the unit.")
with_dataset = click.option("--dataset", required=True, help="Name of the dataset.")


@click.group("duties")
def command() -> None:
    """Duties to report: unit, dataset, frequency, since when."""


@command.command()
@with_unit
@with_dataset
@click.option("--effective-on", type=day, required=True, help="First day.")
@click.option(
    "--frequency",
    type=click.Choice(FREQUENCIES),
    help="How often (default: as the catalog says).",
)
@with_directory
@with_json
def assign(
    unit: str,
    dataset: str,
    effective_on: datetime,
    frequency: str | None,
    directory: Path | None,
    as_json: bool,
) -> None:
    """Give a unit the duty to hand a dataset in."""
    prepare(directory, as_json=as_json)
    from xinheng.cli import duties

    answer = duties.assign(
        unit=unit,
        dataset=dataset,
        effective_on=effective_on.date(),
        frequency=frequency,
        as_json=as_json,
    )
    _print(answer, as_json=as_json)


@command.command()
@with_unit
@with_dataset
@click.option("--expires-on", type=day, required=True, help="First day without it.")
@with_directory
@with_json
def end(
    unit: str,
    dataset: str,
    expires_on: datetime,
    directory: Path | None,
    as_json: bool,
) -> None:
    """End a unit's duty."""
    prepare(directory, as_json=as_json)
    from xinheng.cli import duties

    answer = duties.end(
        unit=unit, dataset=dataset, expires_on=expires_on.date(), as_json=as_json
    )
    _print(answer, as_json=as_json)


@command.command("list")
@click.option("--unit", help="Code or name of the unit (default: all).")
@click.option("--period", help="Month to tell the standing of, YYYY-MM.")
@click.option("--on", "on", type=day, help="Day to tell it for (default: today).")
@with_directory
@with_json
def list_(
    unit: str | None,
    period: str | None,
    on: datetime | None,
    directory: Path | None,
    as_json: bool,
) -> None:
    """List duties; with --period, where the units stand with them."""
    prepare(directory, as_json=as_json)
    from xinheng.cli import duties

    answer = duties.list_duties(unit=unit, period=period, on=_date(on), as_json=as_json)
    if as_json:
        failures.print_json(answer)
    else:
        for each in answer["duties"]:
            click.echo("\t".join(_text(value) for value in each.values()))


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@with_directory
@with_json
def import_(file: Path, directory: Path | None, as_json: bool) -> None:
    """Assign the duties of a CSV FILE: unit,dataset,frequency,effective_on."""
    prepare(directory, as_json=as_json)
    from xinheng.cli import duties

    answer = duties.import_list(file, as_json=as_json)
    _print(answer, as_json=as_json)
    if answer["rejected"]:
        raise SystemExit(failures.NOT_ACCEPTED)


@command.command()
@with_unit
@click.option(
    "--address", required=True, help="The unit's office address; empty ends the mails."
)
@with_directory
@with_json
def contact(unit: str, address: str, directory: Path | None, as_json: bool) -> None:
    """Set the address that a unit's reminders go to."""
    prepare(directory, as_json=as_json)
    from xinheng.cli import duties

    answer = duties.set_contact(unit=unit, address=address, as_json=as_json)
    _print(answer, as_json=as_json)


def _date(moment: datetime | None) -> date | None:
    return moment.date() if moment is not None else None


def _print(answer: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        failures.print_json(answer)
        return
    for key, value in answer.items():
        if isinstance(value, list):
            for each in value:
                click.echo("  " + "\t".join(_text(part) for part in each.values()))
        else:
            click.echo(f"{key}\t{_text(value)}")


def _text(value: object) -> str:
    return "" if value is None else str(value)
