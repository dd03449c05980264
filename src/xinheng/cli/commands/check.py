"""xinheng check: what the register would say to a file, with no register at all."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from xinheng.cli import failures, left_out
from xinheng.cli.environment import with_json

if TYPE_CHECKING:
    from xinheng.core.catalog.datasets import Dataset
    from xinheng.pipeline.context import Context
    from xinheng.pipeline.report import Report

_SHOWN_RULES = 10
_WORKBOOKS = ("rejects.xlsx", "questions.xlsx")  # rejected rows, questionable ones
_ORDER = ("error", "question", "notice")
CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")  # as the register counts days


@click.command("check")
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@click.option("--dataset", required=True, help="Name of the dataset, such as permit.")
@click.option(
    "--register",
    "register_path",
    type=click.Path(path_type=Path),
    help="A register of organizations (CSV, XLSX) to link the rows with.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write accepted.parquet, rejects.csv, rejects.xlsx and questions.xlsx here.",
)
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day of intake, YYYY-MM-DD (default: today).",
)
@with_json
def command(
    file: Path,
    dataset: str,
    register_path: Path | None,
    out: Path | None,
    on: datetime | None,
    *,
    as_json: bool,
) -> None:
    """Check FILE (XLSX, XLS, CSV or ZIP) row by row; nothing is stored.

    Exit code 0: every row would be accepted; 1: some would not; 2: wrong call, or a
    file that can't be read.
    """
    day = (on or datetime.now(CHINA)).date()
    started = time.perf_counter()
    known = _find_dataset(dataset, as_json=as_json)
    surroundings = _surroundings(day, register_path, as_json=as_json)
    report = _check(file, known, surroundings, out, as_json=as_json)
    seconds = time.perf_counter() - started
    if as_json:
        failures.print_json(_answer(report, out, seconds))
    else:
        _print(report, surroundings, out, seconds)
    if report.accepted != report.rows_read:
        raise SystemExit(failures.NOT_ACCEPTED)


def _find_dataset(name: str, *, as_json: bool) -> Dataset:
    from xinheng.rulebook import catalog

    try:
        return catalog.dataset(name)
    except KeyError:
        known = ", ".join(dataset.name for dataset in catalog.datasets())
        failures.fail(
            "UNKNOWN_DATASET",
            f"目录中没有“{name}”；可用：{known}。",
            f"The catalog has no {name}; there are: {known}.",
            as_json=as_json,
        )


def _surroundings(on: date, register_path: Path | None, *, as_json: bool) -> Context:
    from xinheng.pipeline import context, register_file
    from xinheng.pipeline.failures import UnreadableFileError

    if register_path is None:
        return context.standard(on)
    try:
        return context.standard(on, register=register_file.read(register_path))
    except UnreadableFileError as refused:
        failures.fail(
            refused.code,
            f"登记名录：{refused.message_zh}",
            f"The register: {refused.message_en}",
            as_json=as_json,
        )


def _check(
    file: Path,
    dataset: Dataset,
    surroundings: Context,
    out: Path | None,
    *,
    as_json: bool,
) -> Report:
    """Check the file; with `out`, leave the accepted rows and the rejects there."""
    from xinheng.pipeline import run
    from xinheng.pipeline.failures import UnreadableFileError

    try:
        _make(out)
        with TemporaryDirectory(prefix=".xinheng-", dir=out) as workplace:
            report = run.check(
                file,
                dataset=dataset,
                context=surroundings,
                out=Path(workplace),
                file_name=file.name.encode(errors="replace").decode(),
            )
            if out is not None:
                _write_workbooks(file, report, dataset, surroundings, out)
                _keep(report, dataset, surroundings, out)
        return report
    except UnreadableFileError as refused:
        failures.fail(
            refused.code, refused.message_zh, refused.message_en, as_json=as_json
        )
    except OSError as refused:
        failures.fail(
            "OUT",
            f"结果无法写入：{refused.strerror}。",
            f"The results can't be written: {refused.strerror}.",
            as_json=as_json,
        )


def _make(out: Path | None) -> None:
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)


def _write_workbooks(
    file: Path, report: Report, dataset: Dataset, surroundings: Context, out: Path
) -> None:
    """Write the rows that were not taken as workbooks to mend, where there are any."""
    from xinheng.pipeline import rejected_rows, rejects_workbook
    from xinheng.pipeline.rejects_workbook import Kind

    for name in _WORKBOOKS:
        (out / name).unlink(missing_ok=True)
    rows = report.findings_path.with_name("rejects.parquet")
    if not rejected_rows.keep(file, report, rows, dataset=dataset):
        return
    counts = (report.rejected, report.questionable)
    for name, kind, count in zip(_WORKBOOKS, Kind, counts, strict=True):
        if count:
            content = rejects_workbook.as_xlsx(
                rejects_workbook.Source(
                    rows=rows,
                    findings=report.findings_path,
                    headers=report.matched_columns,
                    parts=report.parts,
                    count=count,
                    kind=kind,
                ),
                dataset=dataset,
                rules=surroundings.rules,
                code_lists=surroundings.code_lists,
                language="zh-hans",
            )
            (out / name).write_bytes(content)


def _keep(report: Report, dataset: Dataset, surroundings: Context, out: Path) -> None:
    from xinheng.pipeline import rejects

    report.accepted_path.replace(out / "accepted.parquet")
    rejects.write_csv(
        report,
        dataset,
        surroundings.rules,
        out / "rejects.csv",
        code_lists=surroundings.code_lists,
    )


def _answer(report: Report, out: Path | None, seconds: float) -> dict[str, Any]:
    from xinheng.pipeline import parts

    return {
        "dataset": report.dataset,
        "edition": report.edition,
        "rows_read": report.rows_read,
        "accepted": report.accepted,
        "rejected": report.rejected,
        "questionable": report.questionable,
        "unlinked": report.unlinked,
        "findings": dict(report.findings),
        "seconds": round(seconds, 3),
        "matched_columns": dict(report.matched_columns),
        "ignored_columns": list(report.ignored_columns),
        "skipped": [parts.told(each) for each in report.skipped],
        "notes": report.notes,
        "personal_data": report.personal_data,
        "out": None if out is None else str(out),
    }


def _print(
    report: Report, surroundings: Context, out: Path | None, seconds: float
) -> None:
    unlinked = "" if report.unlinked is None else f"，未关联 {report.unlinked}"
    click.echo(
        f"共 {report.rows_read} 行：可接收 {report.accepted}，退回 {report.rejected}，"
        f"存疑 {report.questionable}{unlinked}（{seconds:.1f} 秒）"
    )
    for line in _findings(report, surroundings):
        click.echo(line)
    if report.ignored_columns:
        click.echo(f"未识别的列（不收）：{'、'.join(report.ignored_columns)}")
    for line in _left_out(report):
        click.echo(line)
    if out is not None:
        click.echo(f"可接收的行：{out / 'accepted.parquet'}")
        click.echo(f"问题清单：{out / 'rejects.csv'}")
        for name, rows in zip(_WORKBOOKS, ("退回", "存疑"), strict=True):
            if (out / name).is_file():
                click.echo(f"{rows}的行（可直接改正重报）：{out / name}")
    elif report.accepted != report.rows_read:
        click.echo("加 --out 目录，可得到逐行的问题清单 rejects.csv。")


def _left_out(report: Report) -> Iterator[str]:
    from xinheng.pipeline import parts

    return left_out.lines([parts.told(each) for each in report.skipped], report.notes)


def _findings(report: Report, surroundings: Context) -> list[str]:
    """Return the most frequent findings, those that reject a row first."""

    def weight(rule: str) -> tuple[int, int, str]:
        severity = surroundings.severity(rule).value
        return (_ORDER.index(severity), -report.findings[rule], rule)

    return [
        f"  {rule}  {_text(surroundings, rule)}：{report.findings[rule]}"
        for rule in sorted(report.findings, key=weight)[:_SHOWN_RULES]
    ]


def _text(surroundings: Context, rule: str) -> str:
    """Return what a rule says, of no column in particular."""
    message = surroundings.rules[rule].message_zh.format(title="该列", limit="规定")
    return message.removesuffix("。")
