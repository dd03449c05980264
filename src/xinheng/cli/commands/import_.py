"""`xinheng import`: a register of organizations, or a reference list."""

from __future__ import annotations

from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory, with_json

# Those of `xinheng.pipeline.register_fields.Return`, which is not loaded for `--help`.
RETURNS = ("plain", "market", "civil_affairs", "staffing")
# And those of `xinheng.pipeline.reference_list.Kind`.
LISTS = ("industries", "divisions")


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@click.option(
    "--kind",
    type=click.Choice((*RETURNS, *LISTS)),
    default="plain",
    show_default=True,
    help="Whose return it is, or which list of codes and titles.",
)
@click.option("--delta", is_flag=True, help="The file tells changes, not all there is.")
@with_directory
@with_json
def command(
    file: Path, kind: str, delta: bool, directory: Path | None, as_json: bool
) -> None:
    """Take the organizations of FILE (names and codes) into the register.

    Of a list of industries (GB/T 4754) or divisions (GB/T 2260), take the codes and
    their titles.
    """
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
