"""A register of organizations as a file: what each code stands for, and by which names.

Registers come from many hands, so the columns are known by many headers
(`register_fields`). Name and code must be there; kind, state, industry, authority,
division, parent, former names and codes may be absent, and what is absent is not
stated. A wrong code is a finding on its row, never a failure of the file, and the row
is kept aside so that somebody can mend it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from xinheng.core.catalog.datasets import Dataset
from xinheng.core.organizations import issues
from xinheng.core.organizations.deltas import Action
from xinheng.core.organizations.issues import IssueKind
from xinheng.core.submissions.findings import Severity
from xinheng.pipeline import context, register_fields, register_values, whole_table
from xinheng.pipeline.checks import personal_id
from xinheng.pipeline.context import Context
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.linking import fold_name
from xinheng.pipeline.matching import Matcher
from xinheng.pipeline.reading.table import ROW
from xinheng.pipeline.register_fields import Return
from xinheng.pipeline.register_values import finding

ROWS = {
    "row": pl.UInt32,
    "code": pl.String,
    "name": pl.String,
    "name_key": pl.String,
    "action": pl.String,
    "changed_on": pl.Date,
    "registered_on": pl.Date,
    "kind": pl.String,
    "status": pl.String,
    "status_on": pl.Date,
    "division": pl.String,
    "industry": pl.String,
    "authority": pl.String,
    "parent_code": pl.String,
    "unit": pl.String,
    "former_name": pl.String,
    "former_code": pl.String,
    "business_reg_no": pl.String,
    "org_code": pl.String,
    "nonconforming": pl.Boolean,
}
_CONFIRMABLE = ("USCC_CHECK", "ORG_CODE_CHECK", "CODE_PRINTED_Y", "CODE_INVENTED")
# Findings that say nothing against the row itself.
_HARMLESS = (Severity.NOTICE.value,)
_CODE_RULES = (
    *("USCC_FORMAT", "USCC_CHECK", "ORG_CODE_CHECK", "USCC_WIDTH", "LEGACY_CODE"),
    *("CODE_PLACEHOLDER", "EXCEL_NUMBER", "REQUIRED"),
)
_FEWEST_TO_JUDGE = 10  # rows, before a whole column is called wrong
_HAN = r"\p{Han}{2}"
_CODE_FORM = "^[0-9]{2}[0-9A-Z]{16}$"
_LONGEST = {"code": 64, "name": 300}
LONGEST_KEY = 600  # characters of a name as it is compared
# What a person would read otherwise than it is must not stand in the workbench.
_READ = ("code", "name", "kind", "authority")


@dataclass(frozen=True, slots=True)
class RegisterRows:
    """What a register file holds.

    `rows` has the columns of ROWS, ordered by `row`; a code may stand in several, with
    one name or many, and of a delta in one for each change. `wrong` are the rows whose
    code can't be taken: `row`, `issue` (an `IssueKind`), `code` (null where there is
    none, or where it may be a person's number), `name`, `kind`, `authority`,
    `registered_on`. `details` has `row`,
    `field`, `rule` and `severity`. `stated` are the columns that the file has.
    `digest` is the SHA-256 of the file in hex.
    """

    rows: pl.DataFrame
    wrong: pl.DataFrame
    rows_read: int
    details: pl.DataFrame
    stated: frozenset[str]
    digest: str


class FileRegister:
    """A register that knows what stands in a file; its key is the code itself."""

    def __init__(self, rows: pl.DataFrame) -> None:
        self._rows = rows.select("code", "name", "nonconforming").with_columns(
            organization="code"
        )

    @property
    def rows(self) -> pl.DataFrame:
        """All that it holds: `code`, `name`, `nonconforming`, a row for each name."""
        return self._rows.drop("organization")

    def lookup(self, codes: pl.Series) -> pl.DataFrame:
        """Return what the register holds for these codes (see `context.Register`)."""
        wanted = codes.alias("code").to_frame()
        return self._rows.join(wanted, on="code", how="semi", maintain_order="left")


@dataclass(frozen=True, slots=True)
class Source:
    """How a file is to be read: whose return, and as of which day.

    `divisions` are those known besides the list of all that were ever in use,
    `confirmed` the codes that the register holds as issued although a check is wrong.
    """

    kind: Return = Return.PLAIN
    is_delta: bool = False
    on: date = date.max
    divisions: frozenset[str] = frozenset()
    confirmed: frozenset[str] = frozenset()

    def context(self) -> Context:
        """Return the rules in force, without a register."""
        standard = context.standard(self.on)
        return replace(standard, divisions=standard.divisions | self.divisions)


def read(path: Path) -> FileRegister:
    """Return the register in a file; a code may stand there under several names.

    Raises:
        UnreadableFileError: the file is no register.
    """
    rows = read_rows(path).rows
    return FileRegister(rows.unique(["code", "name"], maintain_order=True))


def read_rows(path: Path, source: Source | None = None) -> RegisterRows:
    """Return the organizations of a register file with what is wrong in it.

    Raises:
        UnreadableFileError: the file is no register, or its codes are names.
    """
    asked = source or Source()
    item = register_fields.dataset(asked.kind)
    table = whole_table.read(path, item, asked.context())
    raw = _named(table.rows, item)
    _refuse_names_as_codes(raw["code"])
    names = register_fields.names(item)
    found = table.findings.with_columns(pl.col("field").replace(names))
    rows, findings = _understood(raw, found, asked)
    return RegisterRows(
        rows=_sound(rows, findings).select(ROWS.keys()).cast(ROWS),  # type: ignore[arg-type]
        wrong=_wrong(rows, findings),
        rows_read=table.rows_read,
        details=findings,
        stated=frozenset(names.get(name, name) for name in table.names),
        digest=table.digest,
    )


def _named(rows: pl.DataFrame, item: Dataset) -> pl.DataFrame:
    """Return the rows under the register's names; what the item lacks is not stated."""
    kept = rows.select(
        ROW,
        *(pl.col(old).alias(new) for old, new in register_fields.names(item).items()),
    )
    absent = [field.name for field in register_fields.PLAIN.fields]
    return kept.with_columns(
        pl.lit(None, dtype=pl.String).alias(name)
        for name in absent
        if name not in kept.columns
    )


def _understood(
    raw: pl.DataFrame, found: pl.DataFrame, source: Source
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows with values read, and every finding on them, by row."""
    rows, unread = register_values.stated(raw)
    findings = [
        _unconfirmed(found, rows, source.confirmed),
        unread,
        _headers_again(raw),
    ]
    if source.is_delta:
        rows, missing = register_values.happened(rows, raw, on=source.on)
        findings.append(missing)
    else:
        rows = rows.with_columns(
            action=pl.lit(Action.STATE.value), changed_on=pl.lit(None, dtype=pl.Date)
        )
    rows = rows.with_columns(name_key=fold_name("name"))
    findings.append(_too_long_folded(rows, found))
    told = pl.concat(findings).sort(ROW, maintain_order=True)
    return rows, told


def _too_long_folded(rows: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Find the names that only folding makes too long: a sign may stand for many."""
    told = found.filter((pl.col("field") == "name") & (pl.col("rule") == "LENGTH"))
    is_long = pl.col("name_key").str.len_chars() > LONGEST_KEY
    odd = rows.filter(is_long).join(told, on=ROW, how="anti")
    return finding(odd[ROW], "name", "LENGTH", Severity.ERROR)


def _unconfirmed(
    findings: pl.DataFrame, rows: pl.DataFrame, known: frozenset[str]
) -> pl.DataFrame:
    """Leave out the wrong check characters that were confirmed as issued.

    The file says so, or the register holds the code so.
    """
    is_known = pl.col("code").is_in(sorted(known)).fill_null(value=False)
    confirmed = rows.filter(pl.col("nonconforming") | is_known)[ROW]
    is_confirmed = pl.col(ROW).is_in(confirmed.implode())
    return findings.filter(~(is_confirmed & pl.col("rule").is_in(_CONFIRMABLE)))


def _headers_again(rows: pl.DataFrame) -> pl.DataFrame:
    """Find the rows that repeat the header, as where two files were put together."""
    matcher = Matcher(register_fields.PLAIN)
    # What has the form of a code is no header, and that is nearly every row.
    rest = rows.filter(~pl.col("code").str.contains(_CODE_FORM))
    texts = pl.concat([rest["name"], rest["code"]]).drop_nulls().unique()
    is_header = [matcher.count([text]) > 0 for text in texts.str.head(40)]
    headers = texts.filter(pl.Series(is_header, dtype=pl.Boolean))
    again = pl.col("name").is_in(headers.implode()) & pl.col("code").is_in(
        headers.implode()
    )
    return finding(rest.filter(again)[ROW], "code", "HEADER_ROW", Severity.ERROR)


def _sound(rows: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that fail nothing."""
    wrong = findings.filter(~pl.col("severity").is_in(_HARMLESS))
    return rows.join(wrong, on=ROW, how="anti", maintain_order="left")


def _wrong(rows: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that fail for their code and hold nothing about a person."""
    is_code = (pl.col("field") == "code") & pl.col("rule").is_in(_CODE_RULES)
    barred = findings.filter(
        pl.col("rule").is_in(["HEADER_ROW", "PERSONAL_ID", "PERSONAL_ID_SUSPECTED"])
        | ((pl.col("rule") == "CONTROL_CHARACTER") & pl.col("field").is_in(_READ))
    )
    kept = (
        rows.join(findings.filter(is_code), on=ROW, how="semi", maintain_order="left")
        .join(barred, on=ROW, how="anti", maintain_order="left")
        .filter(pl.col("name").is_not_null())
    )
    code = pl.col("code").fill_null("")
    # Older numbers stand in this column, too; what may be a person's is not kept.
    is_personal = personal_id.kind_embedded(code) == personal_id.CERTAIN
    may_be = personal_id.kind_in_registration_number(code) != personal_id.NONE
    is_told = may_be | (pl.col("issue") == IssueKind.PLACEHOLDER.value)
    kept = kept.filter(~is_personal)
    told = kept.with_columns(issue=_kinds(kept["code"]))
    return told.with_columns(code=pl.when(~is_told).then("code")).select(
        ROW,
        "issue",
        *(pl.col(name).str.slice(0, length) for name, length in _LONGEST.items()),
        "name_key",
        "kind",
        "authority",
        "registered_on",
    )


def _kinds(codes: pl.Series) -> pl.Series:
    """Return what is wrong with each code."""
    texts = codes.fill_null("")
    known = {text: issues.of_code(text) for text in texts.unique()}
    named = {text: kind.value for text, kind in known.items() if kind is not None}
    bad = IssueKind.BAD_FORMAT.value
    return texts.replace_strict(named, default=bad, return_dtype=pl.String)


def _refuse_names_as_codes(codes: pl.Series) -> None:
    """Refuse a file whose column of codes holds names, before anything is made of it.

    Raises:
        UnreadableFileError: more than half of the codes are Chinese text.
    """
    filled = codes.drop_nulls()
    if len(filled) < _FEWEST_TO_JUDGE:
        return
    # Numbers of foreign-invested enterprises are Chinese text, too, and end in digits.
    is_text = filled.str.contains(_HAN) & ~filled.str.contains("[0-9]{3}")
    if is_text.sum() * 2 > len(filled):
        raise UnreadableFileError(
            "CODES_ARE_NAMES",
            "“统一社会信用代码”一列多半是名称，请核对表头与列是否对应。",
            "The column of codes mostly holds names: compare header and columns.",
        )
