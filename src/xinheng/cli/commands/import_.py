"""`xinheng import`: a register of organizations, a reference list, or listings."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory, with_json

# Those of `xinheng.pipeline.register_fields.Return`, which is not loaded for `--help`.
RETURNS = ("plain", "market", "civil_affairs", "staffing")
# And those of `xinheng.pipeline.reference_list.Kind`.
LISTS = ("industries", "divisions")
LISTINGS = "listings"


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@click.option(
    "--kind",
    type=click.Choice((*RETURNS, *LISTS, LISTINGS)),
    default="plain",
    show_default=True,
    help="Whose return it is, which list of codes and titles, or listings.",
)
@click.option("--delta", is_flag=True, help="The file tells changes, not all there is.")
@click.option("--list", "scheme", help="With listings: the list's name.")
@click.option("--authority", help="With listings: the unit that answers for it here.")
@click.option("--origin", default="", help="With listings: who decided, if another.")
@click.option(
    "--whole",
    help="With listings: the file is the whole list, by this document; what it no"
    " longer holds ends.",
)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="With --whole: the day of that list (default: today).",
)
@with_directory
@with_json
def command(
    file: Path,
    kind: str,
    delta: bool,
    scheme: str | None,
    authority: str | None,
    origin: str,
    whole: str | None,
    as_of: datetime | None,
    directory: Path | None,
    as_json: bool,
) -> None:
    """Take the organizations of FILE (names and codes) into the register.

    Of a list of industries (GB/T 4754) or divisions (GB/T 2260), take the codes and
    their titles. Listings that were decided elsewhere wait until a second person
    accepts them; one that lacks something is questionable and never in force.
    """
    if kind == LISTINGS:
        if delta or not (scheme and authority):
            raise click.UsageError("listings need --list and --authority, no --delta.")
        failures.refuse_unreadable(file, as_json=as_json)
        prepare(directory, as_json=as_json)
        from xinheng.cli import importing_lists

        importing_lists.take(
            importing_lists.Asked(file, scheme, authority, origin, whole, as_of),
            as_json=as_json,
        )
        return
    if delta and kind in LISTS:
        raise click.UsageError("--delta tells changes of organizations, not of a list.")
    failures.refuse_unreadable(file, as_json=as_json)
    prepare(directory, as_json=as_json)
    from xinheng.cli import importing

    if kind in LISTS:
        answer = importing.import_list(file, kind=kind, as_json=as_json)
    else:
        answer = importing.import_register(
            file, kind=kind, is_delta=delta, as_json=as_json
        )
    if as_json:
        failures.print_json(answer)
    else:
        importing.print_report(answer)
    if answer["rejected"]:
        raise SystemExit(failures.NOT_ACCEPTED)
