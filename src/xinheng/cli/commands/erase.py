"""`xinheng erase`: what records or ledger entries said goes, the proof stays."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory, with_json

BASES = ("TERM_ENDED", "COURT_ORDER", "AUTHORITY_ORDER", "UNLAWFUL")


@click.command("erase")
@click.option(
    "--record",
    "records",
    multiple=True,
    help="A version by its place in the feed, such as 1024.17: all of its versions go.",
)
@click.option("--dataset", help="With --decided-before: records of this dataset.")
@click.option(
    "--decided-before",
    type=click.DateTime(["%Y-%m-%d"]),
    help="With --dataset: those decided before this day.",
)
@click.option(
    "--entry", "entries", multiple=True, type=int, help="A ledger entry's number."
)
@click.option(
    "--subject",
    "subjects",
    multiple=True,
    help="listing:12, case:5, organization:CODE, look-ups:CODE and others: what people"
    " wrote about it goes, files too.",
)
@click.option(
    "--basis", required=True, type=click.Choice(BASES), help="Why it has to go."
)
@click.option(
    "--citation", required=True, help="The text: a judgment's number, an article."
)
@click.option("--dry-run", is_flag=True, help="Say what would go, and leave it.")
@with_directory
@with_json
def command(
    records: tuple[str, ...],
    dataset: str | None,
    decided_before: datetime | None,
    entries: tuple[int, ...],
    subjects: tuple[str, ...],
    basis: str,
    citation: str,
    dry_run: bool,
    directory: Path | None,
    as_json: bool,
) -> None:
    """Erase content from tables, archive and ledger; this can't be undone.

    Digests, counts and the erasure itself stay, so receipts and frozen tables still
    hold. Exit code 1 where nothing was found or an entry is part of the evidence.
    """
    if not (records or entries or subjects or (dataset and decided_before)):
        failures.fail(
            "NOTHING_NAMED",
            "请用 --record、--entry、--subject，或 --dataset 与 --decided-before"
            "指明删除对象。",
            "Name what is to go: --record, --entry, --subject, or --dataset and"
            " --decided-before.",
            as_json=as_json,
        )
    prepare(directory, as_json=as_json, must_exist=True)
    from xinheng.cli import erasing

    erasing.erase(
        erasing.Asked(
            records,
            dataset,
            decided_before.date() if decided_before else None,
            entries,
            subjects,
            basis,
            citation,
        ),
        dry_run=dry_run,
        as_json=as_json,
    )
