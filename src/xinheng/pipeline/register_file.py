"""A register of organizations as a file: what each code stands for, and by which names.

Registers come from many hands, so the columns are known by many headers:

    name            机构名称 企业名称 主体名称 org_name ...
    code            统一社会信用代码 uscc ...
    registered_on   成立日期 登记日期 reg_date ...          (may be absent)
    kind            机构类型 企业类型 org_type ...          (may be absent)
    nonconforming   不合规已确认: 是 where a code fails a check character and the
                    registry has confirmed that it was issued so  (may be absent)

A wrong code is a finding on its row, never a failure of the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from xinheng.core.catalog.datasets import (
    Dataset,
    DisclosureClass,
    Frequency,
    SubjectKind,
    Verification,
)
from xinheng.core.catalog.fields import Field, FieldType
from xinheng.core.submissions.findings import Severity
from xinheng.pipeline import context, refusals
from xinheng.pipeline.batches import Checker
from xinheng.pipeline.cells import dates, screening
from xinheng.pipeline.linking import fold_name
from xinheng.pipeline.matching import Matcher
from xinheng.pipeline.reading import files
from xinheng.pipeline.reading.encodings import Encoding, WrongEncodingError
from xinheng.pipeline.reading.table import ROW

NAME = Field(
    name="name",
    title="机构名称",
    title_en="Name",
    aliases=(
        "名称",
        "企业名称",
        "单位名称",
        "主体名称",
        "组织名称",
        "信用主体名称",
        "行政相对人名称",
        "org_name",
        "subject_name",
        "organization_name",
    ),
    required=True,
    max_length=300,
)
CODE = Field(
    name="code",
    title="统一社会信用代码",
    title_en="Unified social credit code",
    type=FieldType.USCC,
    aliases=("社会信用代码", "信用代码", "统一代码", "机构代码", "uscc", "credit_code"),
    required=True,
)
REGISTERED_ON = Field(
    name="registered_on",
    title="成立日期",
    title_en="Date of registration",
    aliases=("登记日期", "注册日期", "成立时间", "注册时间", "reg_date"),
)
KIND = Field(
    name="kind",
    title="机构类型",
    title_en="Kind",
    aliases=("企业类型", "主体类型", "单位类型", "类型", "org_type"),
)
NONCONFORMING = Field(
    name="nonconforming",
    title="不合规已确认",
    title_en="Confirmed as issued although not conforming",
    aliases=("确认按此发放", "确认不合规", "赋码不合规已确认"),
)
_REGISTER = Dataset(
    name="register",
    edition="1",
    title="机构名录",
    title_en="Register of organizations",
    subject=SubjectKind.ORGANIZATION,
    fields=(NAME, CODE, REGISTERED_ON, KIND, NONCONFORMING),
    natural_key=("code", "name"),
    legal_basis=(),
    verification=Verification.COMPUTED,
    disclosure=DisclosureClass.PUBLIC,
    frequency=Frequency.YEARLY,
    effective_on=date.min,
)
_YES = ("是", "已确认", "Y", "YES", "TRUE", "1")
_NOT_STATED = ("N/A", "NULL", "无")
_CONFIRMABLE = ("USCC_CHECK", "ORG_CODE_CHECK")

ROWS = {
    "row": pl.UInt32,
    "code": pl.String,
    "name": pl.String,
    "registered_on": pl.Date,
    "kind": pl.String,
    "nonconforming": pl.Boolean,
}


@dataclass(frozen=True, slots=True)
class RegisterRows:
    """What a register file holds.

    `rows` has the columns of ROWS, each code once, ordered by `row`. `repeated` rows
    say what an earlier row says; `rejected` rows are wrong, or give another name to a
    code that an earlier row has named. So `len(rows) + repeated + rejected =
    rows_read`. `findings` counts by rule, `details` has `row`, `field`, `rule` and
    `severity`. `digest` is the SHA-256 of the file in hex.
    """

    rows: pl.DataFrame
    rows_read: int
    repeated: int
    rejected: int
    findings: Mapping[str, int]
    details: pl.DataFrame
    digest: str


class FileRegister:
    """A register that knows what stands in a file; its key is the code itself."""

    def __init__(self, rows: pl.DataFrame) -> None:
        self._rows = rows.select("code", "name", "nonconforming").with_columns(
            organization="code"
        )

    def lookup(self, codes: pl.Series) -> pl.DataFrame:
        """Return what the register holds for these codes (see `context.Register`)."""
        wanted = codes.alias("code").to_frame()
        return self._rows.join(wanted, on="code", how="semi", maintain_order="left")


def read(path: Path) -> FileRegister:
    """Return the register in a file; a code may stand there under several names.

    Raises:
        UnreadableFileError: the file is no register.
    """
    content = _load(path)
    return FileRegister(content.sound().unique(["code", "name"], maintain_order=True))


def read_rows(path: Path) -> RegisterRows:
    """Return the organizations of a register file with what is wrong in it.

    Raises:
        UnreadableFileError: the file is no register.
    """
    content = _load(path)
    sound = content.sound().with_columns(folded=fold_name("name"))
    first = sound.unique("code", keep="first", maintain_order=True)
    others = sound.join(first.select(ROW), on=ROW, how="anti")
    named = first.select("code", "folded")
    repeated = others.join(named, on=["code", "folded"], how="semi")
    contradicting = others.join(repeated.select(ROW), on=ROW, how="anti")
    details = content.told(contradicting[ROW])
    return RegisterRows(
        rows=first.select(ROWS.keys()).cast(ROWS),  # type: ignore[arg-type]
        rows_read=content.rows_read,
        repeated=repeated.height,
        rejected=content.rows_read - first.height - repeated.height,
        findings=dict(details["rule"].value_counts(sort=True).iter_rows()),
        details=details,
        digest=_digest(path),
    )


@dataclass(frozen=True, slots=True)
class _Content:
    """Rows as read, without those that hold a person's number, and their findings."""

    rows: pl.DataFrame
    findings: pl.DataFrame
    rows_read: int

    def sound(self) -> pl.DataFrame:
        """Return the rows that fail nothing."""
        wrong = self.findings.filter(pl.col("severity") == Severity.ERROR.value)
        return self.rows.join(wrong, on=ROW, how="anti", maintain_order="left")

    def told(self, contradicting: pl.Series) -> pl.DataFrame:
        """Return the findings with those on codes that stand for two names."""
        added = pl.DataFrame(
            {ROW: contradicting.cast(pl.UInt32)}, schema={ROW: pl.UInt32}
        ).with_columns(
            field=pl.lit("code"),
            rule=pl.lit("DUPLICATE_KEY"),
            severity=pl.lit(Severity.ERROR.value),
        )
        return pl.concat([self.findings, added]).sort(ROW, maintain_order=True)


def _load(path: Path) -> _Content:
    readings = files.readings(path, file_name=path.name)
    if screening.holds_personal_number([path.name]):
        raise refusals.personal_name()
    for reading in readings:
        try:
            return _read(path, reading)
        except WrongEncodingError:
            continue
    raise refusals.encoding()


def _read(path: Path, reading: Encoding | None) -> _Content:
    surroundings = context.standard(date.max)
    matcher = Matcher(_REGISTER)
    table = files.open_table(
        path, reading, matcher.count, batch_rows=surroundings.batch_rows
    )
    match = matcher.match(table.header)
    checker = Checker(_REGISTER, match, surroundings, is_workbook=table.is_workbook)
    checked = [checker.check(batch) for batch in table.batches]
    rows_read = sum(batch.read for batch in checked)
    if not rows_read:
        raise refusals.no_rows()
    rows = _typed(pl.concat([batch.rows for batch in checked]))
    found = pl.concat([batch.findings for batch in checked])
    findings = checker.masks.named(found)
    return _Content(rows, _unconfirmed(findings, rows), rows_read)


def _typed(rows: pl.DataFrame) -> pl.DataFrame:
    """Read what a register may leave open; a date that is none is not stated."""
    read = dates.read_dates(rows["registered_on"], is_workbook=True)
    is_stated = ~pl.col("kind").str.to_uppercase().is_in(_NOT_STATED)
    is_confirmed = pl.col("nonconforming").str.to_uppercase().is_in(_YES)
    return rows.with_columns(
        read.values.alias("registered_on"),
        kind=pl.when(is_stated).then("kind"),
        nonconforming=is_confirmed.fill_null(value=False),
    )


def _unconfirmed(findings: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Leave out the wrong check characters that the register confirms as issued."""
    confirmed = rows.filter("nonconforming")[ROW]
    is_confirmed = pl.col(ROW).is_in(confirmed.implode())
    return findings.filter(~(is_confirmed & pl.col("rule").is_in(_CONFIRMABLE)))


def _digest(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
