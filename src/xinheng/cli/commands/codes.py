"""xinheng codes: what stands in a column of unified codes, row by row."""

from __future__ import annotations

from datetime import UTC, datetime
from os.path import realpath
from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.environment import with_json
from xinheng.core.identifiers.codes import CodeClass
from xinheng.core.submissions.findings import describe
from xinheng.pipeline import codes, context
from xinheng.pipeline.codes import Examination
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.linkage import repairs
from xinheng.pipeline.linkage.code_columns import CodeColumns
from xinheng.pipeline.register_file import FileRegister
from xinheng.rulebook import catalog

CLASS_NAMES = {
    CodeClass.VALID: "有效",
    CodeClass.WRONG_CHECK: "校验码不对",
    CodeClass.NONCONFORMING: "不合规则但登记确认如此发放",
    CodeClass.LEGACY_15: "15位旧注册号",
    CodeClass.LEGACY_13: "13位旧注册号",
    CodeClass.LEGACY_OTHER: "其他旧编号",
    CodeClass.PLACEHOLDER: "占位内容",
    CodeClass.PERSONAL_ID: "个人身份证号码（不显示）",
    CodeClass.MALFORMED: "格式不对",
}


@click.command("codes")
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@click.option("--column", required=True, help="Header of the column to examine.")
@click.option(
    "--name-column",
    help="Header of the names beside the codes; a usual one is found by itself.",
)
@click.option(
    "--register",
    "register_path",
    type=click.Path(path_type=Path),
    help="A register of organizations (CSV, XLSX, Parquet) that knows which codes were"
    " issued, and to whom.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write class, findings and a suggestion with its reasons for each row to this"
    " CSV.",
)
@with_json
def command(
    file: Path,
    column: str,
    name_column: str | None,
    register_path: Path | None,
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    """Examine the unified codes in a column of FILE (CSV or XLSX).

    Codes are read trimmed and in capitals; nothing else is repaired, and a suggestion
    is never applied. Exit code 0: every code is valid or confirmed as issued; 1: some
    are not; 2: no such file or column.
    """
    if name_column is not None and name_column.strip() == column.strip() != "":
        raise click.UsageError("--name-column and --column name the same column.")
    if out is not None:
        out = _place(out, {file, register_path}, as_json=as_json)
    columns = CodeColumns(column, name_column)
    register = _read_register(register_path, as_json=as_json)
    examined = _examine(file, columns, register, out, as_json=as_json)
    if as_json:
        failures.print_json(
            {
                "rows": examined.rows,
                "classes": examined.classes,
                "findings": examined.findings,
            }
        )
    else:
        _print(examined)
    raise SystemExit(0 if examined.is_clean else failures.NOT_ACCEPTED)


def _place(out: Path, read: set[Path | None], *, as_json: bool) -> Path:
    """Return where the result goes: never over what is read, nor over a device."""
    place = Path(realpath(out))
    if place in {Path(realpath(each)) for each in read if each is not None}:
        failures.fail(
            "OUT_IS_FILE",
            "结果不能写回被检查的文件或登记名录，请另给一个文件名。",
            "The result can't replace the file that is examined, nor the register;"
            " give another name.",
            as_json=as_json,
        )
    if place.exists() and not place.is_file():
        failures.fail(
            "OUT",
            "--out给出的不是普通文件，请另给一个文件名。",
            "--out names no plain file; give the name of a file.",
            as_json=as_json,
        )
    return place


def _read_register(path: Path | None, *, as_json: bool) -> FileRegister | None:
    if path is None:
        return None
    try:
        return repairs.read_register(path)
    except UnreadableFileError as refused:
        failures.fail(
            refused.code,
            f"登记名录：{refused.message_zh}",
            f"The register: {refused.message_en}",
            as_json=as_json,
        )


def _examine(
    file: Path,
    columns: CodeColumns,
    register: FileRegister | None,
    out: Path | None,
    *,
    as_json: bool,
) -> Examination:
    today = datetime.now(UTC).astimezone().date()
    surroundings = context.standard(today, register=register)
    suggesting = None
    if out is not None:  # only there are suggestions shown
        rows = None if register is None else register.rows
        suggesting = repairs.Repairs(rows, divisions=surroundings.divisions)
    try:
        return codes.examine_file(
            file, columns=columns, context=surroundings, repairs=suggesting, out=out
        )
    except UnreadableFileError as refused:
        failures.fail(
            refused.code, refused.message_zh, refused.message_en, as_json=as_json
        )
    except OSError as refused:
        failures.fail(
            "OUT",
            f"结果文件无法写入：{refused.strerror}。",
            f"The file given with --out can't be written: {refused.strerror}.",
            as_json=as_json,
        )


def _print(examined: Examination) -> None:
    click.echo(f"共 {examined.rows:,} 行。")
    for name, title in CLASS_NAMES.items():
        if name in examined.classes:
            click.echo(f"{name}  {title}：{examined.classes[name]:,}")
    for rule, count in sorted(examined.findings.items()):
        text = describe(
            catalog.rules()[rule], title="代码", title_en="The code", limit=""
        )
        click.echo(f"{rule}：{count:,}  {text.message_zh}{text.advice_zh}")
